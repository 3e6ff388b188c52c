// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.valid;

import io.nacelle.wasm.binary.ByteReader;
import io.nacelle.wasm.binary.InstrReader;
import io.nacelle.wasm.syntax.CustomSection;
import io.nacelle.wasm.syntax.InvalidException;
import io.nacelle.wasm.syntax.Opcode;

/**
 * Checks the custom section {@code metadata.code.branch_hint} (branch hinting, spec appendix 7.4):
 * every hint stands at an {@code if} or {@code br_if}. A module is valid whatever its custom
 * sections hold, so this is no part of {@link Validator}; tools that write or check such sections
 * ask for it.
 */
public final class BranchHints {
    /** The name of the custom section. */
    public static final String NAME = "metadata.code.branch_hint";

    private static final String FAULT = "@metadata.code.branch_hint annotation: ";

    private BranchHints() {}

    /**
     * Checks the hints of a module; one without the section passes.
     *
     * @throws InvalidException when a hint has no branch to belong to
     * @throws io.nacelle.wasm.syntax.MalformedException when the section cannot be decoded
     */
    public static void check(ValidModule module) {
        module.syntax().custom(NAME).ifPresent(section -> check(module, section));
    }

    private static void check(ValidModule module, CustomSection section) {
        var reader = new ByteReader(module.syntax().source().window(section.bytes()));
        int funcs = reader.readCount(Integer.MAX_VALUE, "functions with hints");
        for (int i = 0; i < funcs; i++) {
            int at = reader.offset();
            int func = reader.readU32();
            int defined = func - module.importedFuncs();
            if (defined < 0 || defined >= module.syntax().funcs().size()) {
                throw invalid(at, "unknown function " + Integer.toUnsignedString(func));
            }
            checkFunc(module, reader, defined);
        }
        if (!reader.atEnd()) {
            throw reader.malformed(FAULT + "bytes after the section's end");
        }
    }

    private static void checkFunc(ValidModule module, ByteReader reader, int defined) {
        var code = module.syntax().funcs().get(defined).code();
        var instructions = new InstrReader(module.syntax().source().window(code));
        instructions.readLocals((count, type) -> {});
        int hints = reader.readCount(Integer.MAX_VALUE, "hints");
        long last = -1;
        for (int i = 0; i < hints; i++) {
            int at = reader.offset();
            long offset = Integer.toUnsignedLong(reader.readU32());
            if (offset <= last) {
                throw invalid(at, "hints are not in order");
            }
            last = offset;
            if (reader.readU32() != 1 || reader.readByte() > 1) {
                throw invalid(at, "invalid value");
            }
            requireBranch(instructions, code.offset() + offset, at);
        }
    }

    /** Walks on to the instruction at an offset. */
    private static void requireBranch(InstrReader instructions, long target, int at) {
        while (!instructions.atEnd() && instructions.offset() < target) {
            instructions.next();
        }
        if (!instructions.atEnd() && instructions.offset() == target) {
            var op = instructions.next();
            if (op == Opcode.IF || op == Opcode.BR_IF) {
                return;
            }
        }
        throw invalid(at, "invalid target");
    }

    private static InvalidException invalid(int offset, String reason) {
        return InvalidException.at(offset, FAULT + reason);
    }
}
