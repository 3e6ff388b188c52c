// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.valid;

import io.nacelle.wasm.syntax.AddrType;
import io.nacelle.wasm.syntax.Opcode;

/** The rules for instructions on whole tables, memories and segments (spec 3.4.9 to 3.4.11). */
final class BulkRules {
    private final FuncValidator v;
    private final ModuleContext context;

    BulkRules(FuncValidator v) {
        this.v = v;
        this.context = v.context;
    }

    void step(Opcode op) {
        switch (op) {
            case TABLE_GET -> {
                int table = table(v.in.x());
                v.pop(context.tableAddrs[table]);
                v.push(context.tableElems[table]);
            }
            case TABLE_SET -> {
                int table = table(v.in.x());
                v.pop(context.tableElems[table]);
                v.pop(context.tableAddrs[table]);
            }
            case TABLE_SIZE -> v.push(context.tableAddrs[table(v.in.x())]);
            case TABLE_GROW -> {
                int table = table(v.in.x());
                v.pop(context.tableAddrs[table]);
                v.pop(context.tableElems[table]);
                v.push(context.tableAddrs[table]);
            }
            case TABLE_FILL -> {
                int table = table(v.in.x());
                v.pop(context.tableAddrs[table]);
                v.pop(context.tableElems[table]);
                v.pop(context.tableAddrs[table]);
            }
            case TABLE_COPY -> tableCopy();
            case TABLE_INIT -> tableInit();
            case ELEM_DROP -> elem(v.in.x());
            default -> memoryStep(op);
        }
    }

    private void memoryStep(Opcode op) {
        switch (op) {
            case MEMORY_SIZE -> v.push(context.memoryAddrs[memory(v.in.x())]);
            case MEMORY_GROW -> {
                int address = context.memoryAddrs[memory(v.in.x())];
                v.pop(address);
                v.push(address);
            }
            case MEMORY_FILL -> {
                int address = context.memoryAddrs[memory(v.in.x())];
                v.pop(address);
                v.pop(ValueKind.I32);
                v.pop(address);
            }
            case MEMORY_COPY -> {
                int to = memory(v.in.x());
                int from = memory(v.in.y());
                v.pop(
                        ModuleContext.addrKind(
                                narrower(
                                        context.memories[to].addr(),
                                        context.memories[from].addr())));
                v.pop(context.memoryAddrs[from]);
                v.pop(context.memoryAddrs[to]);
            }
            case MEMORY_INIT -> {
                int memory = memory(v.in.y());
                data(v.in.x());
                v.pop(ValueKind.I32);
                v.pop(ValueKind.I32);
                v.pop(context.memoryAddrs[memory]);
            }
            case DATA_DROP -> data(v.in.x());
            default -> throw new AssertionError(op);
        }
    }

    private static AddrType narrower(AddrType a, AddrType b) {
        return a.min(b);
    }

    private void tableCopy() {
        int to = table(v.in.x());
        int from = table(v.in.y());
        requireMatch(context.tableElems[from], context.tableElems[to]);
        v.pop(
                ModuleContext.addrKind(
                        narrower(context.tables[to].addr(), context.tables[from].addr())));
        v.pop(context.tableAddrs[from]);
        v.pop(context.tableAddrs[to]);
    }

    private void tableInit() {
        int table = table(v.in.y());
        int elem = elem(v.in.x());
        requireMatch(context.elems[elem], context.tableElems[table]);
        v.pop(ValueKind.I32);
        v.pop(ValueKind.I32);
        v.pop(context.tableAddrs[table]);
    }

    private void requireMatch(int type, int other) {
        if (!v.types.matches(type, other)) {
            throw v.invalid(
                    "type mismatch: elements of type "
                            + v.types.name(type)
                            + " go to a table of "
                            + v.types.name(other));
        }
    }

    int table(int index) {
        if (Integer.compareUnsigned(index, context.tableElems.length) >= 0) {
            throw v.unknown("table", index);
        }
        return index;
    }

    private int memory(int index) {
        if (Integer.compareUnsigned(index, context.memoryAddrs.length) >= 0) {
            throw v.unknown("memory", index);
        }
        return index;
    }

    int elem(int index) {
        if (Integer.compareUnsigned(index, context.elems.length) >= 0) {
            throw v.unknown("elem segment", index);
        }
        return index;
    }

    /** Code comes before the data section, so the count of segments must have been announced. */
    int data(int index) {
        int count = context.module.datas().size();
        if (Integer.compareUnsigned(index, count) >= 0) {
            throw v.unknown("data segment", index);
        }
        if (context.module.dataCount().isEmpty()) {
            throw v.malformed("data count section required");
        }
        return index;
    }
}
