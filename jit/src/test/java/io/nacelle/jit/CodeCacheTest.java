// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What is not as it was left, or lies where others can write, is as good as nothing. */
final class CodeCacheTest {
    private static final String KEY = "0123abcd";
    private static final Map<String, byte[]> CLASSES =
            Map.of("wasm.F0", new byte[] {1, 2, 3}, "wasm.F1", "a longer class".getBytes());

    @TempDir private Path parent;
    private Path directory;
    private CodeCache cache;

    @BeforeEach
    void make() {
        directory = parent.resolve("some").resolve("code");
        cache = new CodeCache(directory);
    }

    private Path entry() {
        return directory.resolve(KEY + ".classes");
    }

    private static void assertKept(CodeCache cache, String key) {
        var found = cache.load(key);
        assertEquals(CLASSES.keySet(), found.keySet());
        CLASSES.forEach((name, bytes) -> assertArrayEquals(bytes, found.get(name)));
    }

    /** What is there is not used, and the next that is kept takes its place. */
    private void assertReplaced() {
        assertTrue(cache.load(KEY).isEmpty());
        cache.save(KEY, CLASSES);
        assertKept(cache, KEY);
    }

    private static void needPosix() {
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private static void permit(Path file, String permissions) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private List<String> files() throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void keepsAndPutsTogether() throws IOException {
        assertTrue(cache.load(KEY).isEmpty());
        assertFalse(Files.exists(directory), "looking makes nothing");
        cache.save(KEY, Map.of("wasm.F0", new byte[] {1, 2, 3}));
        cache.save(KEY, Map.of("wasm.F1", CLASSES.get("wasm.F1")));
        assertKept(new CodeCache(directory), KEY);
        assertTrue(cache.load("0123").isEmpty());
        assertEquals(List.of(KEY + ".classes", "key"), files());
    }

    @Test
    void isForTheUserAlone() throws IOException {
        needPosix();
        cache.save(KEY, CLASSES);
        // Also where new directories are for a group, as the umask 002 has it.
        assertEquals("rwx------", permissions(directory));
        assertEquals("rw-------", permissions(entry()));
        assertEquals("rw-------", permissions(directory.resolve("key")));
        assertEquals(32, Files.size(directory.resolve("key")));
    }

    @Test
    void anyFlippedBitIsFound() throws IOException {
        cache.save(KEY, CLASSES);
        byte[] bytes = Files.readAllBytes(entry());
        for (int bit = 0; bit < bytes.length * Byte.SIZE; bit++) {
            byte[] damaged = bytes.clone();
            damaged[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            Files.write(entry(), damaged);
            int flipped = bit;
            assertTrue(cache.load(KEY).isEmpty(), () -> "bit " + flipped);
        }
        assertReplaced();
    }

    @Test
    void anyOtherLengthIsFound() throws IOException {
        cache.save(KEY, CLASSES);
        byte[] bytes = Files.readAllBytes(entry());
        for (int length = 0; length <= bytes.length + 40; length++) {
            Files.write(entry(), Arrays.copyOf(bytes, length));
            assertEquals(length == bytes.length, !cache.load(KEY).isEmpty());
        }
        assertReplaced();
    }

    @Test
    void anothersKeyIsNotOurs() throws IOException {
        var other = parent.resolve("other");
        new CodeCache(other).save(KEY, CLASSES);
        cache.save("ab", CLASSES);
        Files.copy(other.resolve(KEY + ".classes"), entry());
        assertReplaced();
    }

    @Test
    void anEntryIsForItsModuleOnly() throws IOException {
        cache.save("ab", CLASSES);
        Files.copy(directory.resolve("ab.classes"), entry());
        assertReplaced();
        assertKept(cache, "ab");
    }

    /** What only who has the key can have written, and is wrong all the same. */
    @Test
    void authenticNonsenseIsNotRead() throws Exception {
        cache.save(KEY, CLASSES);
        byte[] bytes = Files.readAllBytes(entry());
        byte[] content = Arrays.copyOf(bytes, bytes.length - 32);
        var ints = ByteBuffer.wrap(content);
        int magic = ints.getInt(0);
        int count = ints.getInt(4);
        for (int[] header :
                new int[][] {
                    {magic + 1, count},
                    {magic, count + 1},
                    {magic, -1},
                    {magic, Integer.MAX_VALUE}
                }) {
            ints.putInt(0, header[0]).putInt(4, header[1]);
            sign(content);
            assertTrue(cache.load(KEY).isEmpty(), () -> Arrays.toString(header));
        }
        // The length of the first class, behind its name.
        ints.putInt(0, magic).putInt(4, count);
        for (int length : new int[] {-1, Integer.MAX_VALUE}) {
            ints.putInt(8 + 2 + "wasm.F0".length(), length);
            sign(content);
            assertTrue(cache.load(KEY).isEmpty(), () -> "length " + length);
        }
        assertReplaced();
    }

    private void sign(byte[] content) throws Exception {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Files.readAllBytes(directory.resolve("key")), "HmacSHA256"));
        mac.update(KEY.getBytes(StandardCharsets.US_ASCII));
        var out = new ByteArrayOutputStream();
        out.write(content);
        out.write(mac.doFinal(content));
        Files.write(entry(), out.toByteArray());
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw--w----", "rw-----w-", "rw-rw-rw-"})
    void anEntryThatOthersCanWriteIsReplaced(String permissions) throws IOException {
        needPosix();
        cache.save(KEY, CLASSES);
        permit(entry(), permissions);
        assertReplaced();
        assertEquals("rw-------", permissions(entry()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rwx-w----", "rwx----w-", "rwxrwxrwx"})
    void aDirectoryThatOthersCanWriteIsLeftAlone(String permissions) throws IOException {
        needPosix();
        cache.save(KEY, CLASSES);
        permit(directory, permissions);
        assertTrue(cache.load(KEY).isEmpty());
        var before = Files.getLastModifiedTime(directory);
        cache.save("ab", CLASSES);
        assertEquals(List.of(KEY + ".classes", "key"), files());
        assertEquals(before, Files.getLastModifiedTime(directory));
        permit(directory, "rwxr-xr-x");
        assertKept(cache, KEY);
    }

    /** Who is not the superuser cannot give files away. */
    @Test
    void whatBelongsToAnotherIsNotUsed() throws IOException {
        needPosix();
        cache.save(KEY, CLASSES);
        var own = Files.getOwner(directory);
        for (var file : List.of(entry(), directory)) {
            try {
                Files.setAttribute(file, "unix:uid", 54_321);
            } catch (IOException e) {
                assumeTrue(false, "files cannot be given away");
            }
            assertNotEquals(own, Files.getOwner(file));
            assertTrue(cache.load(KEY).isEmpty(), file::toString);
            Files.setOwner(file, own);
            assertKept(cache, KEY);
        }
        Files.setAttribute(directory.resolve("key"), "unix:uid", 54_321);
        assertReplaced();
        assertEquals(own, Files.getOwner(directory.resolve("key")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw----r--", "rw--w----", "rw-rw-rw-"})
    void aKeyThatOthersKnowIsReplaced(String permissions) throws IOException {
        needPosix();
        cache.save(KEY, CLASSES);
        var key = directory.resolve("key");
        byte[] known = Files.readAllBytes(key);
        permit(key, permissions);
        assertReplaced();
        assertEquals("rw-------", permissions(key));
        assertFalse(Arrays.equals(known, Files.readAllBytes(key)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 31, 33})
    void aKeyOfAnotherLengthIsReplaced(int length) throws IOException {
        cache.save(KEY, CLASSES);
        var key = directory.resolve("key");
        Files.write(key, Arrays.copyOf(Files.readAllBytes(key), length));
        assertReplaced();
        assertEquals(32, Files.size(key));
    }

    @Test
    void symbolicLinksAreNotFollowed() throws IOException {
        needPosix();
        cache.save(KEY, CLASSES);
        var aside = parent.resolve("aside");
        Files.move(entry(), aside);
        Files.createSymbolicLink(entry(), aside);
        byte[] before = Files.readAllBytes(aside);
        assertReplaced();
        assertFalse(Files.isSymbolicLink(entry()));
        assertArrayEquals(before, Files.readAllBytes(aside));

        var key = directory.resolve("key");
        var otherKey = parent.resolve("key");
        Files.move(key, otherKey);
        Files.createSymbolicLink(key, otherKey);
        assertReplaced();
        assertFalse(Files.isSymbolicLink(key));
        assertTrue(Files.exists(otherKey));

        var link = parent.resolve("link");
        Files.createSymbolicLink(link, directory);
        var through = new CodeCache(link);
        assertTrue(through.load(KEY).isEmpty());
        through.save("ab", CLASSES);
        assertFalse(Files.exists(directory.resolve("ab.classes")));

        // Nor one that leads nowhere.
        Files.delete(entry());
        Files.createSymbolicLink(entry(), parent.resolve("nowhere"));
        assertReplaced();
        assertFalse(Files.exists(parent.resolve("nowhere")));
    }

    @Test
    void whatIsNoFileIsNotRead() throws IOException {
        cache.save(KEY, CLASSES);
        Files.delete(entry());
        Files.createDirectory(entry());
        Files.createFile(entry().resolve("something"));
        assertTrue(cache.load(KEY).isEmpty());
        cache.save(KEY, CLASSES);
        assertTrue(cache.load(KEY).isEmpty());
        Files.delete(entry().resolve("something"));
        Files.delete(entry());
        assertReplaced();

        var file = Files.createFile(parent.resolve("file"));
        var none = new CodeCache(file);
        none.save(KEY, CLASSES);
        assertTrue(none.load(KEY).isEmpty());
        var below = new CodeCache(file.resolve("below"));
        below.save(KEY, CLASSES);
        assertTrue(below.load(KEY).isEmpty());
    }

    /** A file without bytes, but of a size for which there is no array. */
    @Test
    void aHugeEntryIsReplaced() throws IOException {
        cache.save(KEY, CLASSES);
        try (var file = new RandomAccessFile(entry().toFile(), "rw")) {
            file.setLength(3L << 30);
        }
        assertReplaced();
    }

    @Test
    void whatWasUsedLongestAgoGoesFirst() throws IOException {
        var classes = Map.of("wasm.F0", new byte[1000]);
        var small = new CodeCache(directory, 3 * 1100);
        var now = Instant.now();
        for (int i = 0; i < 3; i++) {
            small.save("e" + i, classes);
            Files.setLastModifiedTime(
                    directory.resolve("e" + i + ".classes"),
                    FileTime.from(now.minus(Duration.ofDays(9 - i))));
        }
        assertEquals(List.of("e0.classes", "e1.classes", "e2.classes", "key"), files());
        // To be used is to stay.
        assertEquals(1, small.load("e0").size());
        small.save("e3", classes);
        assertEquals(List.of("e0.classes", "e2.classes", "e3.classes", "key"), files());
        small.save("e4", classes);
        assertEquals(List.of("e0.classes", "e3.classes", "e4.classes", "key"), files());
        // What is too large by itself is not kept.
        small.save("e5", Map.of("wasm.F0", new byte[5000]));
        assertFalse(Files.exists(directory.resolve("e5.classes")));
        assertTrue(small.load("e5").isEmpty());
    }

    @Test
    void whatNobodyFinishedIsRemoved() throws IOException {
        cache.save(KEY, CLASSES);
        var old = Files.createFile(directory.resolve("new123.tmp"));
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(1))));
        var fresh = Files.createFile(directory.resolve("new456.tmp"));
        cache.save(KEY, CLASSES);
        assertFalse(Files.exists(old));
        assertTrue(Files.exists(fresh), "somebody may be about to move it into place");
        assertKept(cache, KEY);
    }

    /** Each as a process of its own would: they share nothing but the directory. */
    @Test
    void manyAtOnceLeaveValidEntries() throws Exception {
        int threads = 8;
        var together = new CyclicBarrier(threads);
        var failed = new ArrayList<Throwable>();
        var all = new ArrayList<Thread>();
        for (int t = 0; t < threads; t++) {
            int number = t;
            all.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        try {
                                            var one = new CodeCache(directory);
                                            together.await();
                                            for (int i = 0; i < 20; i++) {
                                                var name = "wasm.F" + number;
                                                one.save(KEY, Map.of(name, new byte[2000]));
                                                one.save(
                                                        "own" + number,
                                                        Map.of(name, new byte[] {(byte) i}));
                                                var found = one.load(KEY);
                                                assertFalse(found.isEmpty());
                                                found.values()
                                                        .forEach(b -> assertEquals(2000, b.length));
                                            }
                                        } catch (Throwable e) {
                                            synchronized (failed) {
                                                failed.add(e);
                                            }
                                        }
                                    }));
        }
        for (var thread : all) {
            thread.join();
        }
        assertEquals(List.of(), failed);
        for (int t = 0; t < threads; t++) {
            assertArrayEquals(new byte[] {19}, cache.load("own" + t).get("wasm.F" + t));
        }
        assertEquals(threads + 2, files().size(), "nothing is left but entries and the key");
    }

    @Test
    void buildsOfTheCompilerDiffer() throws IOException {
        var name = "io/nacelle/jit/CacheKey.class";
        var classes = parent.resolve("classes");
        Files.createDirectories(classes.resolve(name).getParent());
        Files.write(classes.resolve(name), new byte[10]);
        var jar = Files.write(parent.resolve("jit.jar"), new byte[10]);
        var other = Files.copy(jar, parent.resolve("other.jar"));
        var time = FileTime.from(Instant.ofEpochSecond(1));
        for (var file : List.of(classes.resolve(name), jar, other)) {
            Files.setLastModifiedTime(file, time);
        }
        assertNotEquals(CacheKey.build(jar, name), CacheKey.build(other, name));
        for (var place : List.of(classes, jar)) {
            var file = place.equals(jar) ? jar : classes.resolve(name);
            var first = CacheKey.build(place, name);
            assertEquals(first, CacheKey.build(place, name));
            Files.write(file, new byte[11]);
            Files.setLastModifiedTime(file, time);
            var larger = CacheKey.build(place, name);
            assertNotEquals(first, larger);
            Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(2)));
            assertNotEquals(larger, CacheKey.build(place, name));
        }
    }
}
