// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.syntax.WasmException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;

/** Whatever the bytes: a module or a {@link WasmException}, soon and without much memory. */
final class HostileBinaryTest {
    /** Whether the bytes are a module; any exception but the documented one fails the test. */
    private static boolean accepts(byte[] bytes) {
        try {
            var module = BinaryDecoder.decodeFully(ByteSource.of(bytes));
            NameSection.read(module);
            BinaryEncoder.encode(module);
            return true;
        } catch (WasmException e) {
            return false;
        }
    }

    @Test
    void everyTruncation() {
        var bytes = KitchenSink.bytes();
        assertTrue(accepts(bytes));
        int accepted = 0;
        for (int length = 0; length < bytes.length; length++) {
            accepted += accepts(Arrays.copyOf(bytes, length)) ? 1 : 0;
        }
        // A module may end after the header, each of the customs at the front, the types, the
        // custom after them and the imports; then functions want code, and a data count its data.
        assertEquals(7, accepted);
    }

    @Test
    void mutations() {
        var random = new Random(20_260_101);
        var seed = KitchenSink.bytes();
        int[] counts = new int[2];
        assertTimeoutPreemptively(
                Duration.ofSeconds(60),
                () -> {
                    for (int round = 0; round < 20_000; round++) {
                        counts[accepts(mutate(seed, random)) ? 1 : 0]++;
                    }
                });
        assertTrue(counts[0] > 1_000 && counts[1] > 1_000, Arrays.toString(counts));
    }

    private static byte[] mutate(byte[] seed, Random random) {
        var bytes = seed.clone();
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            int at = 8 + random.nextInt(bytes.length - 8);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes[at] = (byte) (bytes[at] + random.nextInt(5) - 2);
                default -> {
                    int length = Math.min(random.nextInt(6), bytes.length - at);
                    int from = random.nextInt(bytes.length - length);
                    System.arraycopy(seed, from, bytes, at, length);
                }
            }
        }
        return bytes;
    }

    @Test
    void noise() {
        var random = new Random(7);
        for (int round = 0; round < 5_000; round++) {
            var bytes = new byte[10 + random.nextInt(200)];
            random.nextBytes(bytes);
            System.arraycopy(Bytes.module(""), 0, bytes, 0, 8);
            bytes[8] = (byte) random.nextInt(14);
            bytes[9] = (byte) (bytes.length - 10);
            accepts(bytes);
        }
    }

    /** Counts that promise far more than there is, at each place where one may stand. */
    @Test
    void declaredCountsCostNothing() {
        assertTimeoutPreemptively(Duration.ofSeconds(30), HostileBinaryTest::hugeCounts);
    }

    private static void hugeCounts() {
        var huge = "ff ff ff ff 07";
        for (var id : SectionId.values()) {
            assertCheap(Bytes.module(String.format("%02x 05 %s", id.id(), huge)));
            assertCheap(Bytes.module(String.format("%02x 06 01 %s", id.id(), huge)));
            assertCheap(Bytes.module(String.format("%02x %s 00", id.id(), huge)));
        }
        assertCheap(Bytes.module("01 07 01 4e " + huge));
        assertCheap(Bytes.module("01 07 01 60 " + huge));
        assertCheap(Bytes.module("01 07 01 5f " + huge));
        assertCheap(Bytes.module("01 07 01 50 " + huge));
        assertCheap(Bytes.module("09 08 01 01 00 " + huge));
        assertCheap(Bytes.body(huge));
        assertCheap(Bytes.body("01 " + huge + " 7f 0b"));
        assertCheap(Bytes.body("00 0e " + huge + " 0b"));
        assertCheap(Bytes.body("00 1c " + huge + " 0b"));
        assertCheap(Bytes.body("00 1f 40 " + huge + " 0b"));
    }

    /** Room for 2^31 elements could not be had once, nor some megabytes this often in the time. */
    private static void assertCheap(byte[] bytes) {
        for (int i = 0; i < 500; i++) {
            accepts(bytes);
        }
    }

    @Test
    void namesThatPromiseMoreThanThereIs() {
        // Function names: a count of 2^31 - 1; then a module name.
        var bytes =
                Bytes.module("00 13 04 6e 61 6d 65  01 05 ff ff ff ff 07  00 04 03 61 62 63 05");
        var module = BinaryDecoder.decode(ByteSource.of(bytes));
        var names = NameSection.read(module);
        assertEquals("abc", names.module().orElseThrow());
        assertTrue(names.funcs().isEmpty());
    }

    @Test
    void hugeFilesAreRefusedUnread(@TempDir Path directory) throws Exception {
        var file = directory.resolve("huge.wasm");
        try (var out = new RandomAccessFile(file.toFile(), "rw")) {
            out.setLength(ImplementationLimits.MAX_MODULE_SIZE + 1L);
        }
        assertThrows(MalformedException.class, () -> ByteSource.map(file));
        Files.delete(file);
    }

    /** What is wrong does not depend on where the bytes are. */
    @Test
    void mappedFilesHaveTheSameFaults(@TempDir Path directory) throws Exception {
        var random = new Random(3);
        var seed = KitchenSink.bytes();
        for (int round = 0; round < 500; round++) {
            var bytes = mutate(seed, random);
            var file = directory.resolve(round + ".wasm");
            Files.write(file, bytes);
            assertEquals(fault(ByteSource.of(bytes)), fault(ByteSource.map(file)));
        }
    }

    private static String fault(ByteSource source) {
        try {
            BinaryDecoder.decodeFully(source);
            return "none";
        } catch (WasmException e) {
            return e.getMessage();
        }
    }

    /** A mapped file of nearly a gigabyte, all one data segment, is not brought to the heap. */
    @Test
    void largeSectionsAreNotCopied(@TempDir Path directory) throws Exception {
        var file = directory.resolve("large.wasm");
        int size = 900 << 20;
        var head = new ByteWriter();
        head.writeBytes(Bytes.module(""));
        head.writeByte(SectionId.DATA.id());
        head.writeU32(size + 2 + ByteWriter.u32Length(size));
        head.writeBytes(Bytes.hex("01 01"));
        head.writeU32(size);
        try (var out = new RandomAccessFile(file.toFile(), "rw")) {
            out.write(head.toByteArray());
            out.setLength(head.size() + (long) size);
        }
        long before = Runtime.getRuntime().totalMemory();
        var module = BinaryDecoder.decode(ByteSource.map(file));
        long grown = Runtime.getRuntime().totalMemory() - before;
        assertEquals(size, module.datas().getFirst().bytes().length());
        assertTrue(grown < size / 2, "the heap grew by " + grown + " bytes");
    }
}
