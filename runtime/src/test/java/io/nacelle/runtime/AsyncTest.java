// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/** Calls in tasks of their own, and what the host keeps with instances. */
@Timeout(120)
final class AsyncTest {
    private static final String TEXT =
            """
            (module
              (import "h" "begun" (func $begun))
              (func (export "add") (param i32 i32) (result i32)
                (i32.add (local.get 0) (local.get 1)))
              (func (export "fail") (unreachable))
              (func (export "spin") (call $begun) (loop br 0)))
            """;

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#every")
    void cancellingStopsThisCallAndNoOther(World.Setup setup) throws Exception {
        try (var world = setup.world();
                var threads = Executors.newSingleThreadExecutor()) {
            var begun = new CountDownLatch(1);
            world.linker.define("h", "begun", World.NOTHING, frame -> begun.countDown());
            var it = world.instance(TEXT);
            assertEquals(5, it.func("add").callAsync(threads, 2, 3).get()[0]);
            var failed =
                    assertThrows(
                            ExecutionException.class,
                            () -> it.func("fail").callAsync(threads).get());
            assertInstanceOf(Trap.class, failed.getCause());
            var wrong =
                    assertThrows(
                            ExecutionException.class,
                            () -> it.func("add").callAsync(threads, 1L).get());
            assertInstanceOf(IllegalArgumentException.class, wrong.getCause());

            var spin = it.func("spin").callAsync(threads);
            var next = it.func("add").callAsync(threads, 1, 2);
            var never = it.func("spin").callAsync(threads);
            var last = it.func("add").callAsync(threads, 4, 4);
            begun.await();
            assertTrue(never.cancel(false));
            assertFalse(next.isDone());
            assertTrue(spin.cancel(true));
            assertThrows(CancellationException.class, spin::get);
            assertEquals(3, next.get()[0]);
            assertEquals(8, last.get()[0]);
            assertFalse(next.cancel(true));
            assertEquals(3, it.func("add").call(1, 2)[0]);
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#every")
    void guestsRunOnVirtualThreads(World.Setup setup) throws Exception {
        var engine = setup.engine();
        var futures = new ArrayList<CompletableFuture<Object[]>>();
        var stores = new ArrayList<Store>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var module =
                    Module.of(
                            engine,
                            io.nacelle.wasm.text.TextParser.parse(
                                    """
                                    (module (import "h" "wait" (func $wait))
                                      (memory 1)
                                      (func (export "f") (param i32) (result i32)
                                        (i32.store (i32.const 8) (local.get 0))
                                        (call $wait)
                                        (i32.load (i32.const 8))))
                                    """));
            var all = new CountDownLatch(50);
            for (int i = 0; i < 50; i++) {
                var store = Store.create(engine, setup.kind());
                stores.add(store);
                var it =
                        Linker.create(store)
                                .define(
                                        "h",
                                        "wait",
                                        World.NOTHING,
                                        frame -> {
                                            assertTrue(Thread.currentThread().isVirtual());
                                            all.countDown();
                                            all.await();
                                        })
                                .instantiate(module, setup.mode());
                futures.add(it.func("f").callAsync(threads, i));
            }
            for (int i = 0; i < 50; i++) {
                assertEquals(i, futures.get(i).get()[0]);
            }
        }
        stores.forEach(Store::close);
    }

    private static final ContextKey<StringBuilder> LOG = ContextKey.of("log");

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#every")
    void eachInstanceHasItsOwnContext(World.Setup setup) {
        try (var world = setup.world()) {
            world.linker.define(
                    "h",
                    "begun",
                    World.NOTHING,
                    frame ->
                            HostArguments.caller(frame)
                                    .context(LOG, StringBuilder::new)
                                    .append('x'));
            var text =
                    TEXT.replace("(loop br 0)", "")
                            .replace(
                                    "(func (export \"fail\")",
                                    "(func $first (call $begun)) (start $first) (func (export \"fail\")");
            var one = world.instance(text);
            var two = world.instance(text);
            assertEquals("x", one.context(LOG).orElseThrow().toString());
            var log = new StringBuilder("two:");
            two.setContext(LOG, log);
            one.func("spin").call();
            one.func("spin").call();
            two.func("spin").call();
            assertEquals("xxx", one.context(LOG).orElseThrow().toString());
            assertEquals("two:x", log.toString());
            assertEquals(Optional.empty(), two.context(ContextKey.of("log")));
        }
    }
}
