// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.debug;

import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.syntax.WasmModule;

import java.nio.charset.StandardCharsets;

/** The contents of a debugging section; empty when the module has none of that name. */
final class DwarfSection {
    private final byte[] bytes;
    private final int start;
    private final int length;

    /** Of whoever reads at the moment: readers take turns. */
    private final Reading reading;

    /** What is being read, by all sections of a module together. */
    static final class Reading {
        Effort effort;
    }

    private DwarfSection(byte[] bytes, int start, int length, Reading reading) {
        this.bytes = bytes;
        this.start = start;
        this.length = length;
        this.reading = reading;
    }

    static DwarfSection of(WasmModule module, String name, Reading reading) {
        var custom = module.custom(name);
        if (custom.isEmpty()) {
            return new DwarfSection(new byte[0], 0, 0, reading);
        }
        ByteSource.Window window = module.source().window(custom.get().bytes());
        int length = window.end() - window.start();
        return new DwarfSection(window.bytes(), window.start(), length, reading);
    }

    int length() {
        return length;
    }

    /** A byte; the caller has checked the index. */
    byte byteAt(long index) {
        reading.effort.spend(1);
        return bytes[start + (int) index];
    }

    /** The string that begins at an offset; a very long one is cut. */
    String string(long offset) {
        long end = Math.min(length, offset + DwarfReader.LONGEST_STRING);
        var in = new DwarfReader(this, offset, end);
        while (!in.atEnd() && in.u8() != 0) {
            // Its end is wanted, or that of the part that is read.
        }
        int last = (int) in.at();
        boolean ended = last > offset && byteAt(last - 1) == 0;
        int count = last - (int) offset - (ended ? 1 : 0);
        return new String(bytes, start + (int) offset, count, StandardCharsets.UTF_8);
    }
}
