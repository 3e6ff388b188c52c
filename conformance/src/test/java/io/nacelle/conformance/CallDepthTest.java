// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.ExhaustedException;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.StoreKind;
import io.nacelle.runtime.StoreLimits;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.NumType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.stream.Stream;

/** Calls that are open at one time are limited exactly, and alike in every mode. */
class CallDepthTest {
    private static final int LIMIT = 50;

    /**
     * Functions that go down to a depth, each in another way; {@code n} is how many calls are to be
     * open. Where they get is in {@code reached}.
     */
    private static final String MODULE =
            """
            (module
              (import "host" "again" (func $again (param i32) (result i32)))
              (type $t (func (param i32) (result i32)))
              (table 2 2 funcref)
              (elem (i32.const 0) $indirect $large)
              (tag $e)
              (global $reached (export "reached") (mut i32) (i32.const 0))
              (func $direct (export "direct") (type $t)
                (global.set $reached (i32.add (global.get $reached) (i32.const 1)))
                (if (result i32) (i32.le_s (local.get 0) (i32.const 1))
                  (then (i32.const 7))
                  (else (call $direct (i32.sub (local.get 0) (i32.const 1))))))
              (func $indirect (export "indirect") (type $t)
                (global.set $reached (i32.add (global.get $reached) (i32.const 1)))
                (if (result i32) (i32.le_s (local.get 0) (i32.const 1))
                  (then (i32.const 7))
                  (else
                    (call_indirect (type $t)
                      (i32.sub (local.get 0) (i32.const 1)) (i32.and (local.get 0) (i32.const 1))))))
              (func $large (type $t)
                (local %s)
                (global.set $reached (i32.add (global.get $reached) (i32.const 1)))
                (if (result i32) (i32.le_s (local.get 0) (i32.const 1))
                  (then (i32.const 7))
                  (else (call $indirect (i32.sub (local.get 0) (i32.const 1))))))
              (func $caught (export "caught") (type $t)
                ;; What was caught counts no more, however deep it was thrown.
                (local $i i32)
                (loop $l
                  (block $h
                    (try_table (catch_all $h)
                      (call $throw (i32.sub (local.get 0) (i32.const 1)))))
                  (local.set $i (i32.add (local.get $i) (i32.const 1)))
                  (br_if $l (i32.lt_s (local.get $i) (i32.const 20))))
                (call $direct (i32.sub (local.get 0) (i32.const 1))))
              (func $throw (param i32)
                (if (i32.le_s (local.get 0) (i32.const 1)) (then (throw $e)))
                (call $throw (i32.sub (local.get 0) (i32.const 1))))
              (func $tail (export "tail") (type $t)
                (if (i32.gt_s (local.get 0) (i32.const 1000000))
                  (then (return_call $direct (i32.sub (local.get 0) (i32.const 1000000)))))
                (return_call $tail2 (i32.add (local.get 0) (i32.const 100000))))
              (func $tail2 (type $t) (return_call $tail (local.get 0)))
              (func $loops (export "loops") (type $t)
                (local $i i32)
                (loop $l
                  (drop (call $direct (i32.sub (local.get 0) (i32.const 1))))
                  (global.set $reached (i32.const 1))
                  (local.set $i (i32.add (local.get $i) (i32.const 1)))
                  (br_if $l (i32.lt_s (local.get $i) (i32.const 3000))))
                (call $direct (i32.sub (local.get 0) (i32.const 1))))
              (func $through (export "through") (type $t)
                ;; Guest, host, guest: the host's call counts nothing while it calls back.
                (global.set $reached (i32.add (global.get $reached) (i32.const 1)))
                (if (result i32) (i32.le_s (local.get 0) (i32.const 1))
                  (then (i32.const 7))
                  (else (call $again (i32.sub (local.get 0) (i32.const 1)))))))
            """
                    .formatted("i64 ".repeat(9_000));

    private static Stream<Setup> setups() {
        return Setup.all();
    }

    private static Store store(int threshold, Setup setup, int limit) {
        var tiering = new EngineConfig.Tiering(threshold, 0);
        var engine = Engine.create(EngineConfig.defaults().withTiering(tiering).withCallDepth());
        return Store.create(engine, setup.kind(), StoreLimits.defaults().withCallDepth(limit));
    }

    private static Instance instantiate(Store store, Setup setup) {
        var linker = Linker.create(store);
        var i32 = List.<io.nacelle.wasm.syntax.ValType>of(NumType.I32);
        var made = new Instance[1];
        linker.define(
                "host",
                "again",
                FuncType.of(i32, i32),
                f -> f.setI32(0, (int) made[0].func("through").call(f.i32(0))[0]));
        made[0] = Setup.instantiate(linker, MODULE, setup.first());
        return made[0];
    }

    private static void call(Instance instance, String name, int calls) {
        instance.global("reached").set(0);
        assertArrayEquals(new Object[] {7}, instance.func(name).call(calls), name);
    }

    private static void refuse(Instance instance, String name, int calls) {
        instance.global("reached").set(0);
        var e = assertThrows(ExhaustedException.class, () -> instance.func(name).call(calls), name);
        assertEquals(ExhaustedException.Resource.CALL_DEPTH, e.resource(), name);
    }

    @ParameterizedTest
    @MethodSource("setups")
    void isExactHoweverFunctionsAreCalled(Setup setup) {
        for (int threshold : new int[] {1, 60, 400}) {
            try (var store = store(threshold, setup, LIMIT)) {
                var instance = instantiate(store, setup);
                for (int round = 0; round < 30; round++) {
                    for (var name : List.of("direct", "indirect", "caught", "loops", "through")) {
                        call(instance, name, LIMIT);
                        refuse(instance, name, LIMIT + 1);
                    }
                    for (var name : List.of("direct", "indirect", "through")) {
                        refuse(instance, name, 1_000_000);
                        assertEquals(LIMIT, instance.global("reached").get(), name);
                    }
                    call(instance, "tail", LIMIT);
                    refuse(instance, "tail", LIMIT + 100_001);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void oneCallIsTheLeast(Setup setup) {
        try (var store = store(1, setup, 1)) {
            var instance = instantiate(store, setup);
            call(instance, "direct", 1);
            refuse(instance, "direct", 2);
            refuse(instance, "through", 2);
        }
    }

    @Test
    void needsAnEngineThatCounts() {
        var limits = StoreLimits.defaults().withCallDepth(5);
        assertThrows(
                IllegalArgumentException.class,
                () -> Store.create(Engine.create(), StoreKind.AUTO, limits));
        assertThrows(IllegalArgumentException.class, () -> limits.withCallDepth(0));
    }
}
