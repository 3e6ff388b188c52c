// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Guests that reserve much and use nothing of it. */
class AddressSpaceTest {
    private static Module memories(Engine engine, String memory, int count) {
        return Module.of(engine, TextParser.parse("(module " + memory.repeat(count) + ")"));
    }

    /** Whatever the store's kind: shared memories are always off the heap. */
    @ParameterizedTest
    @EnumSource(
            value = StoreKind.class,
            names = {"HEAP", "NATIVE"})
    void aGuestCannotTakeAllAddressSpace(StoreKind kind) {
        var engine = Engine.create();
        // 256 GiB each.
        var module = memories(engine, "(memory i64 0 0x400000 shared)", 20);
        try (var store = Store.create(engine, kind)) {
            var linker = Linker.create(store);
            linker.instantiate(module);
            var thrown = assertThrows(ExhaustedException.class, () -> linker.instantiate(module));
            assertEquals(ExhaustedException.Resource.MEMORY, thrown.resource());
            // What failed has given back what it took.
            linker.instantiate(memories(engine, "(memory i64 0 0x400000 shared)", 12));
            assertThrows(
                    ExhaustedException.class,
                    () -> linker.instantiate(memories(engine, "(memory 0 1 shared)", 1)));
            // Others have their own, and threads do not.
            try (var other = Store.create(engine, kind);
                    var thread = store.newThreadStore()) {
                Linker.create(other).instantiate(module);
                assertThrows(
                        ExhaustedException.class, () -> Linker.create(thread).instantiate(module));
            }
        }
        for (int i = 0; i < 20; i++) {
            // All of it is free again when a store is closed.
            try (var store = Store.create(engine, kind)) {
                Linker.create(store).instantiate(module);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = StoreKind.class,
            names = {"HEAP", "NATIVE"})
    void aGuestCannotTakeAllMappings(StoreKind kind) {
        var engine = Engine.create();
        try (var store = Store.create(engine, kind)) {
            var linker = Linker.create(store);
            var many = memories(engine, "(memory 1 17 shared)", 3000);
            assertThrows(ExhaustedException.class, () -> linker.instantiate(many));
            linker.instantiate(memories(engine, "(memory 1 17 shared)", 2000));
        }
    }
}
