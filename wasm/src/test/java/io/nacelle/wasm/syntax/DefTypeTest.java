// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

import java.util.Collections;
import java.util.List;

final class DefTypeTest {
    private static DefType type(int params) {
        List<ValType> many = Collections.nCopies(params, NumType.I64);
        return DefType.of(FuncType.of(many, List.of()));
    }

    @Test
    void equalTypesAreTheSame() {
        assertSame(type(3), type(3));
        assertNotSame(type(3), type(4));
    }

    /** A type that the collector took and that was made again is not lost a second time. */
    @Test
    void typesStayTheSameWhenOthersLikeThemWereCollected() throws Exception {
        for (int round = 0; round < 40; round++) {
            for (int i = 50; i < 80; i++) {
                type(i);
            }
            System.gc();
            var again = new DefType[80];
            for (int i = 50; i < 80; i++) {
                again[i] = type(i);
            }
            Thread.sleep(1);
            for (int i = 50; i < 80; i++) {
                assertSame(again[i], type(i));
            }
        }
    }
}
