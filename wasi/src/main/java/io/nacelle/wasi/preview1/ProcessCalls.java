// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import io.nacelle.runtime.Memory;
import io.nacelle.wasi.Clocks;
import io.nacelle.wasi.ProcExit;
import io.nacelle.wasi.RandomSource;
import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FsException;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Arguments, environment, clocks, random bytes, and the end of the process. */
final class ProcessCalls {
    static final int REALTIME = 0;
    static final int MONOTONIC = 1;
    static final int PROCESS_CPU = 2;
    static final int THREAD_CPU = 3;

    private static final int LAST_SIGNAL = 30;

    private final Context context;
    private final byte[][] arguments;
    private final byte[][] environment;
    private final Clocks clocks;
    private final RandomSource random;

    ProcessCalls(
            Context context,
            List<String> arguments,
            List<String> environment,
            Clocks clocks,
            RandomSource random) {
        this.context = context;
        this.arguments = encode(arguments);
        this.environment = encode(environment);
        this.clocks = clocks;
        this.random = random;
    }

    private static byte[][] encode(List<String> texts) {
        return texts.stream()
                .map(text -> (text + '\0').getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
    }

    void argsGet(Memory memory, int pointers, int buffer) throws FsException {
        writeTexts(memory, arguments, pointers, buffer);
    }

    void argsSizesGet(Memory memory, int count, int size) throws FsException {
        writeSizes(memory, arguments, count, size);
    }

    void environGet(Memory memory, int pointers, int buffer) throws FsException {
        writeTexts(memory, environment, pointers, buffer);
    }

    void environSizesGet(Memory memory, int count, int size) throws FsException {
        writeSizes(memory, environment, count, size);
    }

    private static long totalSize(byte[][] texts) {
        long total = 0;
        for (byte[] text : texts) {
            total += text.length;
        }
        return total;
    }

    private static void writeSizes(Memory memory, byte[][] texts, int count, int size)
            throws FsException {
        long countAt = Guest.require(memory, count, 4);
        long sizeAt = Guest.require(memory, size, 4);
        long total = totalSize(texts);
        if (total > 0xffff_ffffL) {
            throw new FsException(Errno.OVERFLOW);
        }
        memory.writeI32(countAt, texts.length);
        memory.writeI32(sizeAt, (int) total);
    }

    private static void writeTexts(Memory memory, byte[][] texts, int pointers, int buffer)
            throws FsException {
        long pointerAt = Guest.require(memory, pointers, 4L * texts.length);
        long at = Guest.require(memory, buffer, totalSize(texts));
        for (byte[] text : texts) {
            memory.writeI32(pointerAt, (int) at);
            memory.write(at, text, 0, text.length);
            pointerAt += 4;
            at += text.length;
        }
    }

    void clockResGet(Memory memory, int clock, int result) throws FsException {
        long at = Guest.require(memory, result, 8);
        memory.writeI64(
                at,
                switch (clock) {
                    case REALTIME, MONOTONIC -> clocks.resolution();
                    case PROCESS_CPU, THREAD_CPU -> clocks.cpuResolution();
                    default -> throw new FsException(Errno.INVAL);
                });
    }

    void clockTimeGet(Memory memory, int clock, int result) throws FsException {
        long at = Guest.require(memory, result, 8);
        memory.writeI64(
                at,
                switch (clock) {
                    case REALTIME -> clocks.realtime();
                    case MONOTONIC -> clocks.monotonic();
                    case PROCESS_CPU -> clocks.processCpu();
                    case THREAD_CPU -> clocks.threadCpu();
                    default -> throw new FsException(Errno.INVAL);
                });
    }

    void randomGet(Memory memory, int buffer, int length) throws FsException {
        long size = Guest.address(length);
        long at = Guest.require(memory, buffer, size);
        while (size > 0) {
            int n = context.piece(size);
            byte[] bytes = n == context.buffer().length ? context.buffer() : new byte[n];
            // A source that repeats itself need not be thread-safe.
            synchronized (random) {
                random.fill(bytes);
            }
            memory.write(at, bytes, 0, bytes.length);
            at += bytes.length;
            size -= bytes.length;
        }
    }

    void exit(int code) {
        throw new ProcExit(code);
    }

    /**
     * Raises a signal. A guest has no handlers, so every signal does what it does by default: it is
     * ignored or ends the program, with the exit code that a shell would show. Stopping is not
     * supported.
     */
    void raise(int signal) throws FsException {
        if (signal < 0 || signal > LAST_SIGNAL) {
            throw new FsException(Errno.INVAL);
        }
        switch (signal) {
            // none, chld, cont, urg, winch
            case 0, 16, 17, 22, 27 -> {}
            // stop, tstp, ttin, ttou
            case 18, 19, 20, 21 -> throw new FsException(Errno.NOTSUP);
            default -> throw new ProcExit(128 + signal);
        }
    }

    void yieldProcessor() {
        Thread.yield();
    }
}
