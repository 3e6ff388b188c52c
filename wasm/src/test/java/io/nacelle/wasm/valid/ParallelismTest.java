// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.valid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.syntax.InvalidException;
import io.nacelle.wasm.syntax.WasmModule;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.api.Test;

import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** Bodies validated by several threads. */
final class ParallelismTest {
    private static WasmModule module(int functions, int... broken) {
        var text = new StringBuilder();
        for (int i = 0; i < functions; i++) {
            boolean bad = false;
            for (int b : broken) {
                bad |= b == i;
            }
            text.append(bad ? "(func (result i32))" : "(func (result i32) i32.const 1)");
        }
        return TextParser.parse(text.toString());
    }

    @Test
    void theFirstFaultIsReported() {
        var module = module(5_000, 4_999, 3_217, 3_216, 4_000);
        try (var executor = Executors.newFixedThreadPool(3)) {
            for (int i = 0; i < 20; i++) {
                var e =
                        assertThrows(
                                InvalidException.class,
                                () -> Validator.validate(module, new Parallelism(executor, 4)));
                assertTrue(e.where().endsWith("in function 3216"), e::getMessage);
            }
            assertEquals(
                    5_000,
                    Validator.validate(module(5_000), new Parallelism(executor, 4)).funcCount());
        }
    }

    @Test
    void anExecutorThatNeverRunsItsTasksIsNotWaitedFor() {
        var tasks = new AtomicInteger();
        Validator.validate(module(1_000), new Parallelism(task -> tasks.incrementAndGet(), 4));
        assertEquals(3, tasks.get());
    }

    @Test
    void anExecutorMayRefuse() {
        var refusing =
                new Parallelism(
                        task -> {
                            throw new RejectedExecutionException();
                        },
                        4);
        assertEquals(1_000, Validator.validate(module(1_000), refusing).funcCount());
        var module = module(1_000, 17);
        assertThrows(InvalidException.class, () -> Validator.validate(module, refusing));
    }

    @Test
    void smallModulesNeedNoHelp() {
        var tasks = new AtomicInteger();
        Validator.validate(module(3), new Parallelism(task -> tasks.incrementAndGet(), 8));
        Validator.validate(module(0), new Parallelism(task -> tasks.incrementAndGet(), 8));
        assertEquals(0, tasks.get());
    }

    @Test
    void atLeastOneWorker() {
        assertThrows(IllegalArgumentException.class, () -> new Parallelism(Runnable::run, 0));
    }
}
