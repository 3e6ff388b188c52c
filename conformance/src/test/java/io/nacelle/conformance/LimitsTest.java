// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.ExhaustedException;
import io.nacelle.runtime.ExhaustedException.Resource;
import io.nacelle.runtime.StoreLimits;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.HashSet;
import java.util.stream.Stream;

/** Limits of stores hold, and leave the store usable. */
final class LimitsTest {
    private static final StoreLimits NONE = StoreLimits.defaults();
    private static final int PAGE = 65536;

    private static final String DEPTH =
            """
            (module
              (global $depth (export "depth") (mut i32) (i32.const 0))
              (func $deeper (export "deeper") (param i32 i64) (result i32) (local f64)
                (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
                (i32.add
                  (call $deeper (local.get 0) (local.get 1))
                  (i32.const 1)))
              (func (export "ok") (result i32) (i32.const 1)))
            """;

    static Stream<Setup> setups() {
        return Setup.pure();
    }

    private static void assertExhausted(Resource resource, Runnable act) {
        assertEquals(resource, assertThrows(ExhaustedException.class, act::run).resource());
    }

    @ParameterizedTest
    @MethodSource("setups")
    void memories(Setup setup) {
        var text =
                """
                (module
                  (memory (export "memory") 4)
                  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))
                """;
        try (var store = setup.store(NONE.withMemoryBytes(10 * PAGE))) {
            var first = setup.instantiate(store, text);
            var second = setup.instantiate(store, text);
            assertExhausted(Resource.MEMORY, () -> setup.instantiate(store, text));
            assertEquals(-1, first.func("grow").call(3)[0]);
            assertEquals(-1L, second.memory("memory").grow(3));
            assertEquals(4, first.func("grow").call(2)[0]);
            assertEquals(-1, second.func("grow").call(1)[0]);
            assertEquals(6, first.memory("memory").pages());
            assertEquals(4, second.memory("memory").pages());
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void tables(Setup setup) {
        var text =
                """
                (module
                  (table $t (export "table") 4 externref)
                  (func (export "grow") (param i32) (result i32)
                    (table.grow $t (ref.null extern) (local.get 0))))
                """;
        try (var store = setup.store(NONE.withTableElements(10))) {
            var first = setup.instantiate(store, text);
            setup.instantiate(store, text);
            assertExhausted(Resource.TABLE, () -> setup.instantiate(store, text));
            assertEquals(-1, first.func("grow").call(3)[0]);
            assertEquals(4, first.func("grow").call(2)[0]);
            assertEquals(6, first.table("table").size());
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void instances(Setup setup) {
        try (var store = setup.store(NONE.withInstances(2))) {
            setup.instantiate(store, "(module)");
            var second = setup.instantiate(store, DEPTH);
            assertExhausted(Resource.INSTANCES, () -> setup.instantiate(store, "(module)"));
            assertEquals(1, second.func("ok").call()[0]);
        }
    }

    /** How deep a recursion goes before the stack is exhausted. */
    private static int depth(Setup setup, int stackBytes) {
        try (var store = setup.store(NONE.withStackBytes(stackBytes))) {
            var instance = setup.instantiate(store, DEPTH);
            assertExhausted(Resource.CALL_STACK, () -> instance.func("deeper").call(1, 2L));
            int depth = (int) instance.global("depth").get();
            // Once more: nothing of the first attempt is left on the stack.
            instance.global("depth").set(0);
            assertExhausted(Resource.CALL_STACK, () -> instance.func("deeper").call(1, 2L));
            assertEquals(depth, instance.global("depth").get());
            assertEquals(1, instance.func("ok").call()[0]);
            return depth;
        }
    }

    @Test
    void stackIsAsDeepInEveryMode() {
        for (int bytes : new int[] {1 << 12, 1 << 16, 1 << 20, 1 << 24}) {
            var depths = new HashSet<Integer>();
            Setup.pure().forEach(setup -> depths.add(depth(setup, bytes)));
            assertEquals(1, depths.size(), () -> "depths " + depths);
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void stackIsAsDeepAsTheLimit(Setup setup) {
        int small = depth(setup, 1 << 16);
        int large = depth(setup, 1 << 20);
        assertTrue(small > 100, "depth " + small);
        // Less than the limit by the headroom that is left for the host.
        assertTrue(large >= 16 * small && large < 17 * small, small + " and " + large);
    }

    @ParameterizedTest
    @MethodSource("setups")
    void hugeDeclarationsAreRefused(Setup setup) {
        try (var store = setup.store(NONE.withMemoryBytes(64L * PAGE))) {
            for (var text :
                    new String[] {
                        "(module (memory 65536))",
                        "(module (memory i64 0x1_0000_0000_0000))",
                        "(module (memory 0) (memory 65))"
                    }) {
                assertExhausted(Resource.MEMORY, () -> setup.instantiate(store, text));
            }
            for (var text :
                    new String[] {
                        "(module (table 0xffff_ffff funcref))",
                        "(module (table i64 0xffff_ffff_ffff_ffff funcref))"
                    }) {
                assertExhausted(Resource.TABLE, () -> setup.instantiate(store, text));
            }
            assertEquals(1, setup.instantiate(store, DEPTH).func("ok").call()[0]);
        }
    }
}
