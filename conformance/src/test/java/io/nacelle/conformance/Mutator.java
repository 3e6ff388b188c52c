// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance;

import io.nacelle.wasm.binary.BinaryDecoder;
import io.nacelle.wasm.binary.BinaryDecoder.Section;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.binary.ByteWriter;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Makes modules that nobody would write of modules that somebody did. */
final class Mutator {
    private static final int HEADER = 8;
    private static final int CODE = 10;

    /** Bytes that mean much: ends of LEB numbers, opcodes, type codes, prefixes. */
    private static final int[] TELLING = {
        0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x10, 0x11, 0x12, 0x13,
        0x14, 0x1A, 0x1B, 0x20, 0x21, 0x22, 0x23, 0x24, 0x28, 0x36, 0x3F, 0x40, 0x41, 0x42, 0x6F,
        0x70, 0x7B, 0x7C, 0x7D, 0x7E, 0x7F, 0x80, 0xD0, 0xD2, 0xFB, 0xFC, 0xFD, 0xFE, 0xFF
    };

    /** Numbers in LEB form that are too long, too large, or both. */
    private static final int[][] NUMBERS = {
        {0xFF, 0xFF, 0xFF, 0xFF, 0x0F},
        {0xFF, 0xFF, 0xFF, 0xFF, 0x07},
        {0x80, 0x80, 0x80, 0x80, 0x08},
        {0x80, 0x80, 0x80, 0x80, 0x00},
        {0x81, 0x80, 0x80, 0x80, 0x00},
        {0x80, 0x80, 0x80, 0x80, 0x10},
        {0xFF, 0xFF, 0xFF, 0xFF, 0x7F},
        {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01},
        {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01},
        {0xC0, 0x84, 0x3D},
        {0x80, 0x80, 0x04},
        {0x7F}
    };

    private final RandomGenerator random;
    private final List<byte[]> seeds;

    Mutator(RandomGenerator random, List<byte[]> seeds) {
        this.random = random;
        this.seeds = seeds;
    }

    /** The next module. */
    byte[] next() {
        var bytes = pick(seeds).clone();
        int changes = 1 + random.nextInt(4) * random.nextInt(2);
        for (int i = 0; i < changes; i++) {
            bytes = random.nextInt(4) == 0 ? anywhere(bytes) : inSection(bytes);
        }
        return bytes;
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    /** Changes bytes without regard to what they are. */
    private byte[] anywhere(byte[] bytes) {
        if (bytes.length == 0) {
            return bytes;
        }
        int at = random.nextInt(bytes.length);
        int length = random.nextInt(Math.min(64, bytes.length - at) + 1);
        return switch (random.nextInt(7)) {
            case 0 -> Arrays.copyOf(bytes, at);
            case 1 -> replace(bytes, at, at + length, new byte[0]);
            case 2 -> replace(bytes, at, at, Arrays.copyOfRange(bytes, at, at + length));
            case 3 -> {
                var other = pick(seeds);
                int from = random.nextInt(other.length);
                int to = from + random.nextInt(Math.min(64, other.length - from) + 1);
                yield replace(bytes, at, at + length, Arrays.copyOfRange(other, from, to));
            }
            case 4 -> replace(bytes, at, at + 1, number());
            default -> changeByte(bytes, at);
        };
    }

    private byte[] number() {
        var number = NUMBERS[random.nextInt(NUMBERS.length)];
        var bytes = new byte[number.length];
        for (int i = 0; i < number.length; i++) {
            bytes[i] = (byte) number[i];
        }
        return bytes;
    }

    private byte[] changeByte(byte[] bytes, int at) {
        var changed = bytes.clone();
        changed[at] =
                (byte)
                        switch (random.nextInt(4)) {
                            case 0 -> TELLING[random.nextInt(TELLING.length)];
                            case 1 -> changed[at] + 1 - random.nextInt(3);
                            case 2 -> random.nextInt(256);
                            default -> changed[at] ^ 1 << random.nextInt(8);
                        };
        return changed;
    }

    private static byte[] replace(byte[] bytes, int from, int to, byte[] by) {
        var result = new byte[from + by.length + bytes.length - to];
        System.arraycopy(bytes, 0, result, 0, from);
        System.arraycopy(by, 0, result, from, by.length);
        System.arraycopy(bytes, to, result, from + by.length, bytes.length - to);
        return result;
    }

    /** Changes a section's contents and mends its size, or moves sections about. */
    private byte[] inSection(byte[] bytes) {
        List<Section> sections;
        try {
            sections = BinaryDecoder.sections(ByteSource.of(bytes));
        } catch (io.nacelle.wasm.syntax.MalformedException e) {
            return anywhere(bytes);
        }
        if (sections.isEmpty()) {
            return anywhere(bytes);
        }
        var section = pick(sections);
        // Code is where most rules are.
        if (random.nextBoolean()) {
            section =
                    sections.stream()
                            .filter(s -> bytes[s.start()] == CODE)
                            .findFirst()
                            .orElse(section);
        }
        int from = section.contents().offset();
        int to = section.contents().end();
        var contents = Arrays.copyOfRange(bytes, from, to);
        return switch (random.nextInt(12)) {
            case 0 -> replace(bytes, to, to, Arrays.copyOfRange(bytes, section.start(), to));
            case 1 -> replace(bytes, section.start(), to, new byte[0]);
            case 2 -> {
                var other = pick(sections);
                var moved = Arrays.copyOfRange(bytes, section.start(), to);
                yield replace(bytes, other.start(), other.start(), moved);
            }
            case 3 -> replace(bytes, section.start(), section.start(), customSection());
            case 4 -> inflateCount(bytes, section, contents);
            case 5, 6 -> sized(bytes, section, anywhere(contents));
            default ->
                    contents.length == 0
                            ? bytes
                            : sized(
                                    bytes,
                                    section,
                                    changeByte(contents, random.nextInt(contents.length)));
        };
    }

    private byte[] customSection() {
        var w = new ByteWriter();
        var contents = new ByteWriter();
        contents.writeName(random.nextBoolean() ? "name" : "metadata.code.branch_hint");
        var noise = new byte[random.nextInt(40)];
        random.nextBytes(noise);
        contents.writeBytes(noise);
        w.writeByte(0);
        w.writeSized(contents);
        return w.toByteArray();
    }

    /** Declares more than there is. */
    private byte[] inflateCount(byte[] bytes, Section section, byte[] contents) {
        int length = 0;
        while (length < contents.length && contents[length] < 0) {
            length++;
        }
        return contents.length <= length
                ? bytes
                : sized(bytes, section, replace(contents, 0, length + 1, number()));
    }

    private static byte[] sized(byte[] bytes, Section section, byte[] contents) {
        var w = new ByteWriter();
        w.writeBytes(bytes, 0, section.start() + 1);
        w.writeU32(contents.length);
        w.writeBytes(contents);
        int rest = section.contents().end();
        w.writeBytes(bytes, rest, bytes.length - rest);
        return w.toByteArray();
    }

    /** Whether bytes at least begin as a module does. */
    static boolean hasHeader(byte[] bytes) {
        return bytes.length >= HEADER && bytes[0] == 0 && bytes[1] == 'a';
    }
}
