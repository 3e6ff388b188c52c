// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.Func;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.StoreKind;
import io.nacelle.runtime.Trap;
import io.nacelle.runtime.exec.HeapMemory;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.api.Test;

/**
 * Memories whose arrays get slack when they grow again and again: code that was made while there
 * was none must not let anybody reach it.
 */
class SlackTest {
    private static final String MODULE =
            """
            (module
              (memory (export "memory") 1)
              (func (export "grow") (param $rounds i32) (result i32)
                (loop $again
                  (if (i32.eq (memory.grow (i32.const 1)) (i32.const -1)) (then (unreachable)))
                  ;; The last byte there is, and in the same function, whose code runs.
                  (i32.store8
                    (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 1)) (i32.const 1))
                  (br_if $again
                    (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))
                (memory.size))
              (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))
              (func (export "next") (param i32) (result i32)
                (i32.load8_u offset=1 (local.get 0)))
              (func (export "word") (param i32) (result i32) (i32.load (local.get 0)))
              (func (export "find") (param $at i32) (result i32)
                (loop $on
                  (local.set $at (i32.add (local.get $at) (i32.const 1)))
                  (br_if $on (i32.eqz (i32.load8_u (local.get $at)))))
                (local.get $at)))
            """;

    private static final int WARM = 3_000;

    @Test
    void nobodyGetsThere() {
        var engine = Engine.create(EngineConfig.defaults().withMode(Mode.JIT));
        var module = Module.of(engine, TextParser.parse(MODULE));
        try (var store = Store.create(engine, StoreKind.HEAP)) {
            var instance = Linker.create(store).instantiate(module);
            var other = Linker.create(store).instantiate(module);
            var memory = (HeapMemory) instance.memory("memory");
            // Hot code for the exact array, and for another that stays exact.
            for (int i = 0; i < WARM; i++) {
                all(instance.func("load"), instance.func("next"), instance.func("word"), 65_536);
            }
            assertTrap(instance.func("find"), 0);
            var grow = instance.func("grow");
            for (int pages = 1; pages < 400; ) {
                pages = (int) grow.call(37)[0];
                assertEquals(pages * 65_536L, memory.limit);
                all(
                        instance.func("load"),
                        instance.func("next"),
                        instance.func("word"),
                        memory.limit);
                assertTrap(instance.func("find"), memory.limit);
                assertEquals(
                        memory.limit - 1, instance.func("find").call(memory.limit - 65_000)[0]);
            }
            assertTrue(memory.bytes.length > memory.limit, "no slack");
            all(other.func("load"), other.func("next"), other.func("word"), 65_536);
        }
    }

    private static void all(Func load, Func next, Func word, int limit) {
        load.call(limit - 1);
        assertTrap(load, limit);
        assertTrap(load, -1);
        next.call(limit - 2);
        assertTrap(next, limit - 1);
        // Not the first byte: addresses do not wrap around.
        assertTrap(next, -1);
        word.call(limit - 4);
        assertTrap(word, limit - 3);
    }

    private static void assertTrap(Func func, int address) {
        assertThrows(Trap.class, () -> func.call(address));
    }
}
