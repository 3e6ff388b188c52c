// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.Memory;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.StoreKind;
import io.nacelle.wasi.Clocks;
import io.nacelle.wasi.RandomSource;
import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FileSystem;
import io.nacelle.wasi.fs.FileType;
import io.nacelle.wasi.fs.FsException;
import io.nacelle.wasm.syntax.Limits;
import io.nacelle.wasm.syntax.MemType;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SelectableChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Plays the guest: a memory, and the functions called as a program would call them. */
final class Machine implements AutoCloseable {
    static final int CREAT = 1;
    static final int DIRECTORY = 2;
    static final int EXCL = 4;
    static final int TRUNC = 8;
    static final int FOLLOW = 1;
    static final int MEMORY_SIZE = 4 * 65536;

    /** A result goes here, clear of everything allocated. */
    static final int RESULT = 64;

    final Memory memory;
    final Preview1 wasi;
    private final Store store;
    private int next = 1024;

    /** A text in the guest's memory. */
    record Text(int at, int length) {}

    record Entry(long next, long inode, FileType type, String name) {}

    record Stat(
            long device,
            long inode,
            int type,
            long links,
            long size,
            long accessed,
            long modified,
            long changed) {}

    @FunctionalInterface
    interface Call {
        void run() throws FsException;
    }

    Machine(Preview1.Setup setup) {
        store = Store.create(Engine.create(), StoreKind.HEAP);
        memory = store.newMemory(MemType.of(new Limits(4, OptionalLong.of(4))));
        try {
            wasi = new Preview1(setup);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static Preview1.Setup setup() {
        return setup(InputStream.nullInputStream(), OutputStream.nullOutputStream(), List.of());
    }

    static Preview1.Setup setup(InputStream in, OutputStream out, List<SelectableChannel> sockets) {
        return new Preview1.Setup(
                List.of(),
                List.of(),
                Optional.of(in),
                Optional.of(out),
                Optional.of(out),
                List.of(),
                sockets,
                Clocks.system(),
                RandomSource.secure(),
                1024,
                Optional.empty());
    }

    static Machine with(FileSystem files) {
        return with(files, 1024);
    }

    static Machine with(FileSystem files, int descriptorLimit) {
        return new Machine(setup(List.of(new Preview1.Mount("/", files)), descriptorLimit));
    }

    static Machine with(Preview1.Mount... mounts) {
        return new Machine(setup(List.of(mounts), 1024));
    }

    private static Preview1.Setup setup(List<Preview1.Mount> mounts, int descriptorLimit) {
        Preview1.Setup s = setup();
        return new Preview1.Setup(
                s.arguments(),
                s.environment(),
                s.stdin(),
                s.stdout(),
                s.stderr(),
                mounts,
                s.sockets(),
                s.clocks(),
                s.random(),
                descriptorLimit,
                s.budget());
    }

    static Errno errno(Call call) {
        try {
            call.run();
            return Errno.SUCCESS;
        } catch (FsException e) {
            return e.errno();
        }
    }

    static void assertFails(Errno expected, Call call) {
        assertEquals(expected, errno(call));
    }

    int allocate(int bytes) {
        int at = next;
        next += (bytes + 7) & ~7;
        if (next > MEMORY_SIZE) {
            next = 1024;
            return allocate(bytes);
        }
        return at;
    }

    Text text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int at = allocate(Math.max(1, bytes.length));
        memory.write(at, bytes, 0, bytes.length);
        return new Text(at, bytes.length);
    }

    /** One vector. */
    int vector(int at, int length) {
        int vector = allocate(8);
        memory.writeI32(vector, at);
        memory.writeI32(vector + 4, length);
        return vector;
    }

    int result32() {
        return memory.readI32(RESULT);
    }

    long result64() {
        return memory.readI64(RESULT);
    }

    int open(int fd, String path, int flags, long rights, int fdFlags) throws FsException {
        return open(fd, 0, path, flags, rights, Rights.ALL, fdFlags);
    }

    int open(int fd, int lookup, String path, int flags, long rights, long inheriting, int fdFlags)
            throws FsException {
        Text text = text(path);
        wasi.path()
                .open(
                        memory,
                        fd,
                        lookup,
                        text.at(),
                        text.length(),
                        flags,
                        rights,
                        inheriting,
                        fdFlags,
                        RESULT);
        return result32();
    }

    int open(String path) throws FsException {
        return open(3, path, 0, Rights.FD_READ, 0);
    }

    int create(String path) throws FsException {
        return open(3, path, CREAT, Rights.FILE, 0);
    }

    void touch(String path) throws FsException {
        wasi.fd().close(create(path));
    }

    void makeDirectory(String path) throws FsException {
        Text text = text(path);
        wasi.path().createDirectory(memory, 3, text.at(), text.length());
    }

    void removeDirectory(String path) throws FsException {
        Text text = text(path);
        wasi.path().removeDirectory(memory, 3, text.at(), text.length());
    }

    void unlink(String path) throws FsException {
        Text text = text(path);
        wasi.path().unlinkFile(memory, 3, text.at(), text.length());
    }

    void symlink(String target, String path) throws FsException {
        Text to = text(target);
        Text at = text(path);
        wasi.path().symlink(memory, to.at(), to.length(), 3, at.at(), at.length());
    }

    String readLink(String path, int size) throws FsException {
        Text text = text(path);
        int buffer = allocate(size);
        wasi.path().readlink(memory, 3, text.at(), text.length(), buffer, size, RESULT);
        return string(buffer, result32());
    }

    void link(int lookup, String from, String to) throws FsException {
        Text old = text(from);
        Text made = text(to);
        wasi.path().link(memory, 3, lookup, old.at(), old.length(), 3, made.at(), made.length());
    }

    void rename(String from, String to) throws FsException {
        Text old = text(from);
        Text made = text(to);
        wasi.path().rename(memory, 3, old.at(), old.length(), 3, made.at(), made.length());
    }

    Stat stat(String path, int lookup) throws FsException {
        Text text = text(path);
        wasi.path().filestatGet(memory, 3, lookup, text.at(), text.length(), RESULT);
        return readStat();
    }

    Stat stat(int fd) throws FsException {
        wasi.fd().filestatGet(memory, fd, RESULT);
        return readStat();
    }

    private Stat readStat() {
        return new Stat(
                memory.readI64(RESULT),
                memory.readI64(RESULT + 8),
                memory.readI8(RESULT + 16),
                memory.readI64(RESULT + 24),
                memory.readI64(RESULT + 32),
                memory.readI64(RESULT + 40),
                memory.readI64(RESULT + 48),
                memory.readI64(RESULT + 56));
    }

    void setTimes(String path, int lookup, long accessed, long modified, int flags)
            throws FsException {
        Text text = text(path);
        wasi.path()
                .filestatSetTimes(
                        memory, 3, lookup, text.at(), text.length(), accessed, modified, flags);
    }

    int write(int fd, String data) throws FsException {
        Text text = text(data);
        wasi.fd().write(memory, fd, vector(text.at(), text.length()), 1, RESULT);
        return result32();
    }

    int writeAt(int fd, String data, long position) throws FsException {
        Text text = text(data);
        wasi.fd().pwrite(memory, fd, vector(text.at(), text.length()), 1, position, RESULT);
        return result32();
    }

    String read(int fd, int size) throws FsException {
        int buffer = allocate(size);
        wasi.fd().read(memory, fd, vector(buffer, size), 1, RESULT);
        return string(buffer, result32());
    }

    String readAt(int fd, int size, long position) throws FsException {
        int buffer = allocate(size);
        wasi.fd().pread(memory, fd, vector(buffer, size), 1, position, RESULT);
        return string(buffer, result32());
    }

    long seek(int fd, long offset, int whence) throws FsException {
        wasi.fd().seek(memory, fd, offset, whence, RESULT);
        return result64();
    }

    String string(int at, int length) {
        byte[] bytes = new byte[length];
        memory.read(at, bytes, 0, length);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** One readdir; entries cut off at the buffer's end are left out. */
    List<Entry> readdir(int fd, int size, long cookie) throws FsException {
        int buffer = allocate(size);
        wasi.fd().readdir(memory, fd, buffer, size, cookie, RESULT);
        int used = result32();
        var entries = new ArrayList<Entry>();
        int at = buffer;
        while (buffer + used - at >= 24) {
            int length = memory.readI32(at + 16);
            if (buffer + used - at < 24 + length) {
                break;
            }
            entries.add(
                    new Entry(
                            memory.readI64(at),
                            memory.readI64(at + 8),
                            FileType.values()[memory.readI8(at + 20)],
                            string(at + 24, length)));
            at += 24 + length;
        }
        return entries;
    }

    /** All entries from cookie 0. */
    List<Entry> list(int fd, int size) throws FsException {
        var all = new ArrayList<Entry>();
        long cookie = 0;
        while (true) {
            List<Entry> some = readdir(fd, size, cookie);
            all.addAll(some);
            if (result32() < size) {
                return all;
            }
            cookie = some.getLast().next();
        }
    }

    void subscribeClock(int at, long userData, int clock, long timeout, int flags) {
        memory.fill(at, (byte) 0, 48);
        memory.writeI64(at, userData);
        memory.writeI8(at + 8, (byte) 0);
        memory.writeI32(at + 16, clock);
        memory.writeI64(at + 24, timeout);
        memory.writeI16(at + 40, (short) flags);
    }

    void subscribeFd(int at, long userData, int type, int fd) {
        memory.fill(at, (byte) 0, 48);
        memory.writeI64(at, userData);
        memory.writeI8(at + 8, (byte) type);
        memory.writeI32(at + 16, fd);
    }

    @Override
    public void close() {
        wasi.close();
        store.close();
    }
}
