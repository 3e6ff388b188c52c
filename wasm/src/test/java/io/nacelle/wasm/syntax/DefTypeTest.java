// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;

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

    /** A chain of types that refer to one another goes as a whole, not link by link. */
    @Test
    void chainsOfTypesAreCollectedAtOnce() throws Exception {
        var links = chain(10_000);
        assertTrue(isCollected(links));
    }

    /** Weak references to every type of a chain in which each type refers to the one before. */
    private static List<WeakReference<DefType>> chain(int length) {
        var links = new ArrayList<WeakReference<DefType>>();
        var type = type(90);
        for (int i = 0; i < length; i++) {
            var params = List.<ValType>of(RefType.nonNull(type), NumType.F32);
            type = DefType.of(FuncType.of(params, List.of()));
            links.add(new WeakReference<>(type));
        }
        return links;
    }

    private static boolean isCollected(List<WeakReference<DefType>> links) throws Exception {
        for (int round = 0; round < 20; round++) {
            System.gc();
            if (links.stream().allMatch(link -> link.get() == null)) {
                return true;
            }
            Thread.sleep(10);
        }
        return false;
    }

    @Test
    void groupsWithoutTypesHaveNone() {
        assertEquals(List.of(), DefType.of(new RecType(List.of())));
    }

    /** Types whose lists of parameters all have the same hash code. */
    @Test
    void typesMadeToCollideAreToldApartQuickly() {
        var made =
                assertTimeoutPreemptively(
                        Duration.ofSeconds(20),
                        () ->
                                IntStream.range(0, 1 << 14)
                                        .mapToObj(i -> DefType.of(colliding(i)))
                                        .toList());
        assertEquals(1 << 14, new HashSet<>(made).size());
        assertEquals(colliding(1).hashCode(), colliding(2).hashCode());
    }

    private static FuncType colliding(int number) {
        var params = new ArrayList<ValType>();
        for (int i = 0; i < 14 * 64; i++) {
            int turn = number >> i / 64 & 1;
            params.add((Integer.bitCount(i % 64) & 1) == turn ? NumType.I32 : NumType.I64);
        }
        return FuncType.of(params, List.of());
    }
}
