// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.binary;

import io.nacelle.wasm.syntax.CustomSection;
import io.nacelle.wasm.syntax.ExternType;
import io.nacelle.wasm.syntax.Func;
import io.nacelle.wasm.syntax.InvalidException;
import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.syntax.Opcode;
import io.nacelle.wasm.syntax.WasmModule;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Branch hints: which way a branch mostly goes, in a custom section of their own (code metadata
 * proposal). A module is valid whatever its custom sections hold, so checking them is no part of
 * validation: tools that write, check or print hints ask for it.
 */
public final class BranchHints {
    /** The name of the custom section, and of the annotation. */
    public static final String NAME = "metadata.code.branch_hint";

    private static final String ANNOTATION = "@" + NAME + " annotation: ";

    private BranchHints() {}

    /**
     * Checks the branch hints of a module, if it has any: that they are well-formed, in order, and
     * stand at branches.
     *
     * @throws InvalidException when they are not
     * @throws MalformedException when the code of a function with hints is none
     */
    public static void check(WasmModule module) {
        var sections = sections(module);
        if (sections.isEmpty()) {
            return;
        }
        if (sections.size() > 1) {
            throw invalid("multiple sections", "in the module");
        }
        var hints = read(module, sections.getFirst());
        int imported = module.imports(ExternType.Func.class).size();
        for (var entry : hints.entrySet()) {
            int index = entry.getKey() - imported;
            if (index < 0 || index >= module.funcs().size()) {
                throw invalid("unknown function " + entry.getKey(), "in the section");
            }
            var offsets = entry.getValue().keySet();
            checkTargets(module, module.funcs().get(index), offsets, entry.getKey());
        }
    }

    private static void checkTargets(
            WasmModule module, Func func, Set<Integer> offsets, int index) {
        var in = new InstrReader(module.source().window(func.code()));
        in.readLocals((_, _) -> {});
        var left = new ArrayDeque<>(offsets);
        while (!in.atEnd() && !left.isEmpty()) {
            var op = in.next();
            int offset = in.start() - func.code().offset();
            if (offset == left.getFirst() && (op == Opcode.IF || op == Opcode.BR_IF)) {
                left.removeFirst();
            } else if (offset >= left.getFirst()) {
                break;
            }
        }
        if (!left.isEmpty()) {
            throw invalid(
                    "invalid target", "in function " + index + " at offset " + left.getFirst());
        }
    }

    private static InvalidException invalid(String reason, String where) {
        return new InvalidException(ANNOTATION + reason, where);
    }

    /** The values of hints by function and by offset in its code; none unless all are right. */
    public static Map<Integer, Map<Integer, Integer>> ofValid(WasmModule module) {
        try {
            check(module);
            var sections = sections(module);
            return sections.isEmpty() ? Map.of() : read(module, sections.getFirst());
        } catch (InvalidException | MalformedException e) {
            return Map.of();
        }
    }

    private static List<CustomSection> sections(WasmModule module) {
        return module.customs().stream().filter(c -> c.name().equals(NAME)).toList();
    }

    private static Map<Integer, Map<Integer, Integer>> read(
            WasmModule module, CustomSection section) {
        try {
            var in = new ByteReader(module.source().window(section.bytes()));
            var all = new TreeMap<Integer, Map<Integer, Integer>>();
            int funcs = in.readCount(Integer.MAX_VALUE, "functions with hints");
            for (int i = 0; i < funcs; i++) {
                int func = in.readU32();
                if (func < 0 || !all.isEmpty() && func <= all.lastEntry().getKey()) {
                    throw invalid("functions out of order", "in the section");
                }
                all.put(func, readHints(in));
            }
            if (!in.atEnd()) {
                throw invalid("unexpected content after the last hint", "in the section");
            }
            return all;
        } catch (MalformedException e) {
            throw invalid(e.reason(), e.where());
        }
    }

    private static Map<Integer, Integer> readHints(ByteReader in) {
        var hints = new TreeMap<Integer, Integer>();
        int count = in.readCount(Integer.MAX_VALUE, "hints");
        for (int i = 0; i < count; i++) {
            int offset = in.readU32();
            if (offset < 0 || !hints.isEmpty() && offset <= hints.lastKey()) {
                throw invalid("hints out of order", "in the section");
            }
            int size = in.readU32();
            int value = in.readByte();
            if (size != 1 || value > 1) {
                throw invalid("invalid value", "in the section");
            }
            hints.put(offset, value);
        }
        return hints;
    }

    /** The contents of the section for these hints. */
    public static byte[] write(Map<Integer, Map<Integer, Integer>> hints) {
        var w = new ByteWriter();
        w.writeU32(hints.size());
        hints.forEach(
                (func, some) -> {
                    w.writeU32(func);
                    w.writeU32(some.size());
                    some.forEach(
                            (offset, value) -> {
                                w.writeU32(offset);
                                w.writeU32(1);
                                w.writeByte(value);
                            });
                });
        return w.toByteArray();
    }
}
