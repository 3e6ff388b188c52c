// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli.wast;

import io.nacelle.runtime.Extern;
import io.nacelle.runtime.Store;
import io.nacelle.wasm.syntax.AddrType;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.GlobalType;
import io.nacelle.wasm.syntax.Limits;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.Mut;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.TableType;
import io.nacelle.wasm.syntax.ValType;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The module {@code spectest} that scripts can import from. What it exports is made when first
 * asked for, so that a memory that nobody wants settles nothing for its store. Its functions print
 * nothing: what they would print is no part of any test.
 */
final class Spectest {
    static final String NAME = "spectest";

    private static final long MIN_ELEMENTS = 10;
    private static final long MAX_ELEMENTS = 20;
    private static final long MAX_PAGES = 2;

    private final Store store;
    private final Map<String, Optional<Extern>> externs = new HashMap<>();

    Spectest(Store store) {
        this.store = store;
    }

    Optional<Extern> export(String name) {
        return externs.computeIfAbsent(name, this::make);
    }

    private Optional<Extern> make(String name) {
        return Optional.ofNullable(
                switch (name) {
                    case "print" -> print();
                    case "print_i32" -> print(NumType.I32);
                    case "print_i64" -> print(NumType.I64);
                    case "print_f32" -> print(NumType.F32);
                    case "print_f64" -> print(NumType.F64);
                    case "print_i32_f32" -> print(NumType.I32, NumType.F32);
                    case "print_f64_f64" -> print(NumType.F64, NumType.F64);
                    case "global_i32" -> global(NumType.I32, 666);
                    case "global_i64" -> global(NumType.I64, 666L);
                    case "global_f32" -> global(NumType.F32, 666.6f);
                    case "global_f64" -> global(NumType.F64, 666.6);
                    case "table" -> table(AddrType.I32);
                    case "table64" -> table(AddrType.I64);
                    case "memory" -> memory(MemType.Sharing.UNSHARED);
                    case "shared_memory" -> memory(MemType.Sharing.SHARED);
                    default -> null;
                });
    }

    private Extern print(ValType... params) {
        return store.newFunc(FuncType.of(List.of(params), List.of()), _ -> {});
    }

    private Extern global(ValType type, Object value) {
        return store.newGlobal(new GlobalType(Mut.CONST, type), value);
    }

    private Extern table(AddrType addr) {
        var limits = Limits.between(MIN_ELEMENTS, MAX_ELEMENTS);
        return store.newTable(new TableType(addr, limits, RefType.FUNCREF), null);
    }

    private Extern memory(MemType.Sharing sharing) {
        return store.newMemory(
                new MemType(
                        AddrType.I32,
                        Limits.between(1, MAX_PAGES),
                        sharing,
                        MemType.DEFAULT_PAGE_SIZE_LOG2));
    }
}
