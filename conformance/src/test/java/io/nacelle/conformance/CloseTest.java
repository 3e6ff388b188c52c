// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nacelle.runtime.ClosedException;
import io.nacelle.runtime.Linker;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.GlobalType;
import io.nacelle.wasm.syntax.Limits;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.Mut;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.TableType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.stream.Stream;

/** Whatever lived in a store fails in one way once the store is closed. */
final class CloseTest {
    private static final String ALL =
            """
            (module
              (memory (export "memory") 1 2)
              (table (export "table") 2 funcref)
              (global (export "global") (mut i32) (i32.const 5))
              (elem (i32.const 0) $f)
              (func $f (export "f") (result i32) (i32.load (i32.const 0))))
            """;

    static Stream<Setup> setups() {
        return Setup.pure();
    }

    private static void assertClosed(Runnable use) {
        assertThrows(ClosedException.class, use::run);
    }

    @ParameterizedTest
    @MethodSource("setups")
    void everyUseFailsAfterwards(Setup setup) {
        var store = setup.store();
        var instance = setup.instantiate(store, ALL);
        var func = instance.func("f");
        var memory = instance.memory("memory");
        var table = instance.table("table");
        var global = instance.global("global");
        var linker = Linker.create(store);
        var module = Setup.module(store.engine(), ALL);
        assertEquals(0, func.call()[0]);
        store.close();
        store.close();

        assertClosed(func::call);
        assertClosed(() -> func.callRaw(new long[1]));
        assertClosed(() -> memory.readI8(0));
        assertClosed(() -> memory.readI64(65528));
        assertClosed(() -> memory.writeI32(0, 1));
        assertClosed(() -> memory.read(0, new byte[8], 0, 8));
        assertClosed(() -> memory.write(0, new byte[8], 0, 8));
        assertClosed(() -> memory.fill(0, (byte) 1, 8));
        assertClosed(() -> memory.grow(1));
        assertClosed(() -> table.get(0));
        assertClosed(() -> table.set(0, null));
        assertClosed(() -> table.grow(1, null));
        assertClosed(global::get);
        assertClosed(() -> global.set(1));
        assertClosed(() -> linker.instantiate(module));
        assertClosed(() -> store.newMemory(MemType.of(Limits.atLeast(1))));
        assertClosed(() -> store.newFunc(FuncType.of(), _ -> {}));
        assertClosed(() -> store.newGlobal(new GlobalType(Mut.VAR, NumType.I32), 1));
        assertClosed(
                () ->
                        store.newTable(
                                new TableType(
                                        table.type().addr(), Limits.atLeast(1), RefType.FUNCREF),
                                null));
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aHostFunctionMayCloseTheStoreOfItsCaller(Setup setup) {
        var store = setup.store();
        var linker = Linker.create(store).define("h", "close", FuncType.of(), _ -> store.close());
        var instance =
                Setup.instantiate(
                        linker,
                        """
                        (module
                          (import "h" "close" (func $close))
                          (memory (export "memory") 1)
                          (func (export "f") (result i32)
                            (call $close)
                            (i32.store (i32.const 0) (i32.const 1))
                            (loop $l (br_if $l (i32.const 1)))
                            (i32.const 1)))
                        """,
                        setup.first());
        assertThrows(ClosedException.class, () -> instance.func("f").call());
        assertThrows(ClosedException.class, () -> instance.memory("memory").readI32(0));
    }

    @ParameterizedTest
    @MethodSource("setups")
    void storesAreApart(Setup setup) {
        try (var kept = setup.store()) {
            var closed = setup.store();
            var mine = setup.instantiate(kept, ALL);
            var other = setup.instantiate(closed, ALL);
            assertThrows(
                    IllegalArgumentException.class,
                    () -> mine.table("table").set(1, other.func("f")));
            mine.memory("memory").writeI32(0, 77);
            closed.close();
            assertEquals(77, mine.func("f").call()[0]);
            assertEquals(List.of(77), List.of(mine.func("f").call()));
        }
    }
}
