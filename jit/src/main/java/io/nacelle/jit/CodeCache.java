// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A directory with what was compiled before, a file for each module and way to compile it.
 *
 * <p>What it holds is code of the host's: whoever can write it can do what the host can. So the
 * directory and its files must belong to the user who runs the process and be writable by nobody
 * else, and each file ends with a code of authentication made with a key that only this user can
 * read. A file that is not as it should be, for whatever reason, is as good as none, and replaced.
 *
 * <p>Files are written apart and moved into place, so that several processes can use one directory;
 * what they have compiled of one module is put together. The files used least recently are removed
 * when all together are too large.
 */
final class CodeCache {
    private static final int MAGIC = 0x4E4A4331;
    private static final int KEY_BYTES = 32;
    private static final int MAC_BYTES = 32;
    private static final String SUFFIX = ".classes";
    private static final String ALGORITHM = "HmacSHA256";
    private static final int MOST_CLASSES = 1 << 21;

    /** What all files together may have. */
    private static final long MOST_BYTES = Long.getLong("nacelle.jit.cacheBytes", 512L << 20);

    /** The name of the key's file. */
    private static final String KEY = "key";

    private static final String UNFINISHED = ".tmp";

    /** After so long nobody goes on with what was written apart. */
    private static final Duration ABANDONED = Duration.ofHours(1);

    private final Path directory;
    private final long mostBytes;

    CodeCache(Path directory) {
        this(directory, MOST_BYTES);
    }

    /** A cache of another size. */
    CodeCache(Path directory, long mostBytes) {
        this.directory = directory;
        this.mostBytes = mostBytes;
    }

    /** The classes kept for a key, by name; empty when there are none that can be trusted. */
    Map<String, byte[]> load(String key) {
        var file = directory.resolve(key + SUFFIX);
        try {
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                    || !isOwn(directory)
                    || !isOwn(file)
                    || Files.size(file) > mostBytes) {
                return new HashMap<>();
            }
            var classes = read(Files.readAllBytes(file), key);
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
            return classes;
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            return new HashMap<>();
        }
    }

    private Map<String, byte[]> read(byte[] bytes, String key) throws IOException {
        int end = bytes.length - MAC_BYTES;
        if (end < 0) {
            throw new IOException("cut off");
        }
        byte[] mac = mac(key, bytes, end);
        if (!MessageDigest.isEqual(mac, Arrays.copyOfRange(bytes, end, bytes.length))) {
            throw new IOException("not authentic");
        }
        var in = new DataInputStream(new ByteArrayInputStream(bytes, 0, end));
        if (in.readInt() != MAGIC) {
            throw new IOException("another format");
        }
        int count = in.readInt();
        if (count < 0 || count > MOST_CLASSES) {
            throw new IOException("too many classes");
        }
        var classes = new HashMap<String, byte[]>();
        for (int i = 0; i < count; i++) {
            var name = in.readUTF();
            classes.put(name, in.readNBytes(in.readInt()));
        }
        return classes;
    }

    /** Keeps classes for a key, together with those that are kept already. */
    void save(String key, Map<String, byte[]> classes) {
        try {
            // For nobody else, whatever else is usual for new directories.
            Files.createDirectories(directory, attributes("rwx------"));
            if (!isOwn(directory)) {
                return;
            }
            var all = load(key);
            all.putAll(classes);
            var buffer = new ByteArrayOutputStream();
            var out = new DataOutputStream(buffer);
            out.writeInt(MAGIC);
            out.writeInt(all.size());
            for (var entry : all.entrySet()) {
                out.writeUTF(entry.getKey());
                out.writeInt(entry.getValue().length);
                out.write(entry.getValue());
            }
            byte[] content = buffer.toByteArray();
            out.write(mac(key, content, content.length));
            replace(directory.resolve(key + SUFFIX), buffer.toByteArray());
            evict();
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            // Without a cache everything works as well, if not as soon.
            System.getLogger("io.nacelle.jit")
                    .log(System.Logger.Level.DEBUG, "compiled code could not be kept", e);
        }
    }

    private void replace(Path file, byte[] bytes) throws IOException {
        var made = Files.createTempFile(directory, "new", UNFINISHED, attributes("rw-------"));
        try {
            Files.write(made, bytes);
            Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(made);
        }
    }

    private static FileAttribute<?>[] attributes(String permissions) {
        return isPosix()
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    private static boolean isPosix() {
        return java.nio.file.FileSystems.getDefault()
                .supportedFileAttributeViews()
                .contains("posix");
    }

    /** Whether a file belongs to this user, and nobody else can write it. */
    private static boolean isOwn(Path file) throws IOException {
        if (Files.isSymbolicLink(file) || !isPosix()) {
            return !Files.isSymbolicLink(file);
        }
        Set<PosixFilePermission> granted = Files.getPosixFilePermissions(file);
        return !granted.contains(PosixFilePermission.GROUP_WRITE)
                && !granted.contains(PosixFilePermission.OTHERS_WRITE)
                && Files.getOwner(file).equals(user());
    }

    /** Who runs this process: whom its files belong to. */
    private static UserPrincipal user() throws IOException {
        var self = Path.of("/proc/self");
        if (Files.exists(self)) {
            return Files.getOwner(self.toRealPath());
        }
        var made = Files.createTempFile("nacelle", UNFINISHED);
        try {
            return Files.getOwner(made);
        } finally {
            Files.delete(made);
        }
    }

    /** A file of the cache, as it was when it was looked at: others use the directory as well. */
    private record Entry(Path file, long size, FileTime used) {}

    private void evict() throws IOException {
        var files = new ArrayList<Entry>();
        long total = 0;
        var old = Instant.now().minus(ABANDONED);
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory)) {
            for (var file : found) {
                var entry = entry(file);
                if (entry.isEmpty()) {
                    continue;
                }
                if (file.toString().endsWith(SUFFIX)) {
                    files.add(entry.get());
                    total += entry.get().size;
                } else if (file.toString().endsWith(UNFINISHED)
                        && entry.get().used.toInstant().isBefore(old)) {
                    // Who was to move it into place has not lived to do so.
                    Files.deleteIfExists(file);
                }
            }
        }
        files.sort(Comparator.comparing(Entry::used));
        for (var entry : files) {
            if (total <= mostBytes) {
                return;
            }
            total -= entry.size;
            Files.deleteIfExists(entry.file);
        }
    }

    private static Optional<Entry> entry(Path file) {
        try {
            var read =
                    Files.readAttributes(
                            file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return Optional.of(new Entry(file, read.size(), read.lastModifiedTime()));
        } catch (IOException e) {
            // Another process has removed it.
            return Optional.empty();
        }
    }

    // Authentication.

    private byte[] mac(String key, byte[] bytes, int end) throws IOException {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key(), ALGORITHM));
            mac.update(key.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            mac.update(bytes, 0, end);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /** The user's key, made when it is first needed, and anew when it cannot be trusted. */
    private byte[] key() throws IOException {
        var file = directory.resolve(KEY);
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            if (isTrusted(file)) {
                return Files.readAllBytes(file);
            }
            // Cut off when the machine failed, say, or copied with other permissions.
            Files.deleteIfExists(file);
        }
        var made = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(made);
        var apart = Files.createTempFile(directory, KEY, UNFINISHED, attributes("rw-------"));
        try {
            Files.write(apart, made, StandardOpenOption.WRITE);
            // Of two processes, one is first; a link does not replace what is there.
            Files.createLink(file, apart);
        } catch (FileAlreadyExistsException e) {
            // The other's key is as good.
        } finally {
            Files.deleteIfExists(apart);
        }
        if (!isTrusted(file)) {
            throw new IOException("the key is not to be trusted: " + file);
        }
        return Files.readAllBytes(file);
    }

    private static boolean isTrusted(Path file) throws IOException {
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                && Files.size(file) == KEY_BYTES
                && isOwn(file)
                && !isReadByOthers(file);
    }

    private static boolean isReadByOthers(Path file) throws IOException {
        if (!isPosix()) {
            return false;
        }
        var granted = Files.getPosixFilePermissions(file);
        return granted.contains(PosixFilePermission.GROUP_READ)
                || granted.contains(PosixFilePermission.OTHERS_READ);
    }
}
