// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import io.nacelle.runtime.Memory;
import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FileStat;
import io.nacelle.wasi.fs.FsException;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Values in a guest's memory. A pointer outside the memory is an error of the call (FAULT), found
 * before the call has any effect.
 */
final class Guest {
    static final int FILESTAT_SIZE = 64;
    static final int FDSTAT_SIZE = 24;

    private Guest() {}

    static long address(int pointer) {
        return Integer.toUnsignedLong(pointer);
    }

    /** Checks a range and returns its address. */
    static long require(Memory memory, int pointer, long length) throws FsException {
        long address = address(pointer);
        if (length > memory.size() - address) {
            throw new FsException(Errno.FAULT);
        }
        return address;
    }

    /** Reads a path or link target: UTF-8 without NUL. */
    static String path(Memory memory, int pointer, int length) throws FsException {
        long size = address(length);
        long address = require(memory, pointer, size);
        if (size > PathWalk.MAX_PATH) {
            throw new FsException(Errno.NAMETOOLONG);
        }
        byte[] bytes = new byte[(int) size];
        memory.read(address, bytes, 0, bytes.length);
        for (byte b : bytes) {
            if (b == 0) {
                throw new FsException(Errno.INVAL);
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new FsException(Errno.ILSEQ);
        }
    }

    static void writeFileStat(Memory memory, long address, FileStat stat) {
        memory.fill(address, (byte) 0, FILESTAT_SIZE);
        memory.writeI64(address, stat.device());
        memory.writeI64(address + 8, stat.inode());
        memory.writeI8(address + 16, (byte) stat.type().code());
        memory.writeI64(address + 24, stat.links());
        memory.writeI64(address + 32, stat.size());
        memory.writeI64(address + 40, stat.accessed());
        memory.writeI64(address + 48, stat.modified());
        memory.writeI64(address + 56, stat.changed());
    }
}
