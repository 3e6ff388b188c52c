// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.debug;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.nacelle.wasm.binary.BinaryDecoder;
import io.nacelle.wasm.binary.BinaryEncoder;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Information that is small, or not large, and made so that reading it would never end. */
final class CostlyDebugInfoTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int MANY = 400_000;
    private static final int FLAG_PRESENT = 0x19;

    /** Frames of a trace, all of them in the code that the lines cover. */
    private static final int FRAMES = 100;

    private static final class Bytes {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Bytes add(int... bytes) {
            for (int b : bytes) {
                out.write(b);
            }
            return this;
        }

        Bytes add(Bytes other) {
            out.writeBytes(other.out.toByteArray());
            return this;
        }

        Bytes u32(long value) {
            return add((int) value, (int) (value >> 8), (int) (value >> 16), (int) (value >> 24));
        }

        Bytes uleb(long value) {
            long left = value;
            while (Long.compareUnsigned(left, 0x7F) > 0) {
                out.write((int) (left & 0x7F | 0x80));
                left >>>= 7;
            }
            return add((int) left);
        }

        Bytes repeat(int count, int... bytes) {
            for (int i = 0; i < count; i++) {
                add(bytes);
            }
            return this;
        }

        Bytes withSize() {
            return new Bytes().u32(out.size()).add(this);
        }

        Bytes section(String name, Bytes contents) {
            var named = new Bytes().uleb(name.length());
            named.out.writeBytes(name.getBytes(StandardCharsets.UTF_8));
            named.add(contents);
            return add(0).uleb(named.out.size()).add(named);
        }

        int size() {
            return out.size();
        }
    }

    /** The lines of one unit: its whole code is line 1 of the first file of the tables. */
    private static Bytes lines(Bytes tables) {
        var header =
                new Bytes()
                        .add(1, 1, 1, 0xFB, 14, 13)
                        .add(0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1)
                        .add(tables);
        var program = new Bytes().add(0, 5, 2).u32(1).add(1, 2, 100, 0, 1, 1);
        return new Bytes().add(5, 0, 4, 0).add(header.withSize()).add(program).withSize();
    }

    /** A directory and a file, {@code /d/f}, both as number 0 and 1. */
    private static Bytes tables() {
        return new Bytes()
                .add(1, 1, 8, 1, '/', 'd', 0)
                .add(2, 1, 8, 2, 11, 2, 'f', 0, 0, 'f', 0, 0);
    }

    private static Bytes unit(Bytes entries) {
        return new Bytes().add(4, 0).u32(0).add(4).add(entries).withSize();
    }

    /** The form of a unit's first entry, number 1: where its lines are, and the low address. */
    private static Bytes forms() {
        return new Bytes().add(1, 0x11, 1, 0x10, 0x17, 0x11, 0x01, 0, 0);
    }

    private static Bytes first() {
        return new Bytes().add(1).u32(0).u32(0);
    }

    /** How many frames of a trace have lines. */
    private static int known(Bytes line, Bytes info, Bytes forms) {
        var module = new Bytes();
        module.out.writeBytes(
                BinaryEncoder.encode(TextParser.parse("(module (func (export \"f\") nop nop))")));
        module.section(".debug_line", line)
                .section(".debug_info", info)
                .section(".debug_abbrev", forms);
        var decoded = BinaryDecoder.decode(ByteSource.of(module.out.toByteArray()));
        int offset = decoded.funcs().getFirst().code().offset() + 1;
        return assertTimeoutPreemptively(
                SOON,
                () -> {
                    var debug = DebugInfo.of(decoded).orElseThrow();
                    var effort = Effort.ofTrace();
                    int found = 0;
                    for (int i = 0; i < FRAMES; i++) {
                        found += debug.at(offset, effort).size();
                    }
                    return found;
                });
    }

    @Test
    void theFramesHaveLinesWhereNothingIsWrong() {
        var info = unit(first().add(0));
        assertEquals(FRAMES, known(lines(tables()), info, forms().add(0)));
        assertEquals(FRAMES, known(lines(tables()), new Bytes(), new Bytes()));
    }

    @Test
    void entriesOfTablesWithoutAByteAreNoEntries() {
        for (long count : List.of(Long.MAX_VALUE, -1L)) {
            var directories = new Bytes().add(1, 3, FLAG_PRESENT).uleb(count).add(0, 0);
            assertEquals(0, known(lines(directories), new Bytes(), new Bytes()));
            var files = new Bytes().add(1, 1, 8, 1, '/', 0, 1, 3, FLAG_PRESENT).uleb(count);
            assertEquals(0, known(lines(files), new Bytes(), new Bytes()));
        }
    }

    /** Each entry is a byte, and a hundred thousand attributes that take none. */
    @Test
    void attributesWithoutAByteAreCounted() {
        var forms = forms().add(2, 0x34, 0).repeat(MANY, 0x3F, FLAG_PRESENT).add(0, 0, 0);
        var info = unit(first().repeat(MANY, 2));
        assertEquals(0, known(lines(tables()), info, forms));
    }

    /** The form of each unit is behind a long one, and the unit is of no use in the end. */
    @Test
    void unitsThatAreMalformedAreCountedToo() {
        var forms = new Bytes().add(9, 0x34, 0).repeat(MANY, 0x3F, FLAG_PRESENT).add(0, 0);
        forms.add(1, 0x11, 1, 0x10, 0x7F, 0, 0, 0);
        var info = new Bytes();
        var unit = unit(first());
        for (int i = 0; i < MANY / 8; i++) {
            info.add(unit);
        }
        assertEquals(FRAMES, known(lines(tables()), info, forms), "lines need no units");
    }

    /** Inlined calls whose names are the longest way away, each of them. */
    @Test
    void namesThatAreReferredToAreCounted() {
        var forms =
                forms().add(2, 0x2E, 1, 0x11, 0x01, 0x12, 0x06, 0x31, 0x13, 0, 0)
                        .add(3, 0x1D, 1, 0x11, 0x01, 0x12, 0x06, 0x31, 0x13, 0, 0);
        forms.add(8, 0x34, 0).repeat(MANY, 0x3F, FLAG_PRESENT).add(0, 0);
        // An entry that refers to itself, behind all other forms.
        forms.add(7, 0x2E, 0, 0x31, 0x13, 0, 0, 0);
        int header = 11;
        var entries = first();
        int itself = header + entries.size();
        entries.add(7).u32(itself);
        for (int i = 0; i < 60; i++) {
            entries.add(i == 0 ? 2 : 3).u32(1).u32(100).u32(itself);
        }
        assertEquals(0, known(lines(tables()), unit(entries), forms));
    }
}
