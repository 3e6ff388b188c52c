// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.wasm.binary.InstrReader;
import io.nacelle.wasm.syntax.Data;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.Opcode;
import io.nacelle.wasm.syntax.Span;
import io.nacelle.wasm.syntax.WasmModule;

import java.util.OptionalLong;

/**
 * What is the same whenever a module is instantiated, made when it is instantiated again: the
 * images of its memories.
 *
 * <p>A memory has an image when nobody can tell that its segments were not copied one by one: all
 * are at places that are known beforehand and within its initial size, and no other module's table
 * can lead to an instance whose instantiation fails midway.
 */
final class InstantiationPlan {
    /** Beyond this, what is mapped could be much more than there is data: 64 MiB. */
    private static final long MOST_SPAN = 1 << 26;

    /** Up to here the span of an image does not matter: 1 MiB. */
    private static final long SMALL_SPAN = 1 << 20;

    /** How many times the bytes of its segments an image may have. */
    private static final int MOST_SPARSE = 4;

    private static final MemoryStart ZEROS = new MemoryStart(null);

    /** By memory, imports first. */
    private final MemoryStart[] memories;

    private InstantiationPlan(MemoryStart[] memories) {
        this.memories = memories;
    }

    static InstantiationPlan of(ModuleImpl module) {
        var valid = module.valid;
        var starts = new MemoryStart[valid.memoryCount()];
        for (int i = valid.importedMemories(); i < starts.length; i++) {
            if (!valid.memory(i).isShared()) {
                var image = valid.importedTables() == 0 ? image(module, i) : null;
                starts[i] = image == null ? ZEROS : new MemoryStart(image);
            }
        }
        return new InstantiationPlan(starts);
    }

    /** How a memory that the module defines is made. */
    MemoryStart memory(int index) {
        return memories[index];
    }

    /** Whether a memory begins with what its segments hold. */
    boolean hasImage(int memory) {
        return memories[memory] != null && memories[memory].image() != null;
    }

    private static MemoryImage image(ModuleImpl module, int memory) {
        var syntax = module.valid.syntax();
        MemType type = module.valid.memory(memory);
        long size = LinearMemory.initialBytes(type);
        long span = 0;
        long bytes = 0;
        for (var data : syntax.datas()) {
            if (data.mode() instanceof Data.Active active && active.memory() == memory) {
                var offset = constant(syntax, active.offset());
                if (offset.isEmpty()) {
                    return null;
                }
                long at = offset.getAsLong();
                int length = data.bytes().length();
                if (at < 0 || size < 0 || at > size || length > size - at) {
                    return null;
                }
                bytes += length;
                if (length > 0) {
                    span = Math.max(span, at + length);
                }
            }
        }
        if (span == 0 || span > MOST_SPAN || span > Math.max(SMALL_SPAN, MOST_SPARSE * bytes)) {
            return null;
        }
        var image = new byte[(int) span];
        for (var data : syntax.datas()) {
            if (data.mode() instanceof Data.Active active
                    && active.memory() == memory
                    && data.bytes().length() > 0) {
                int at = (int) constant(syntax, active.offset()).getAsLong();
                syntax.source().copy(data.bytes().offset(), image, at, data.bytes().length());
            }
        }
        return new MemoryImage(module.engine, image);
    }

    /** The value of an expression that is one constant, as an unsigned number. */
    private static OptionalLong constant(WasmModule module, Span expr) {
        var in = new InstrReader(module.source().window(expr));
        var op = in.next();
        long value;
        if (op == Opcode.I32_CONST) {
            value = in.n() & 0xFFFF_FFFFL;
        } else if (op == Opcode.I64_CONST) {
            value = in.n();
        } else {
            return OptionalLong.empty();
        }
        return in.next() == Opcode.END ? OptionalLong.of(value) : OptionalLong.empty();
    }
}
