// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.binary;

import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.syntax.Span;

import java.io.FileInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * The bytes that a module was read from. Modules refer to their code and data by {@link Span}s of
 * their source, so nothing of it is copied until it is needed.
 *
 * <p>An array is used in place: the caller gives it away and does not change it any more. A mapped
 * file must not be truncated while it is in use.
 *
 * <p>Immutable and thread-safe.
 */
public abstract sealed class ByteSource {
    /** The size of a file up to which it is read and not mapped. */
    private static final int SMALL = 4 << 20;

    ByteSource() {}

    /** A source over an array, which is not copied. */
    public static ByteSource of(byte[] bytes) {
        return new OfArray(bytes);
    }

    /**
     * A source over a file: mapped into memory when it is large, and read when it is small. The
     * first mapping in a process takes longer than reading some megabytes.
     *
     * @throws IOException when the file cannot be read
     * @throws MalformedException when it is larger than any module may be
     */
    public static ByteSource read(Path file) throws IOException {
        if (Files.size(file) > SMALL) {
            return map(file);
        }
        // A stream, because channels take a millisecond of their own before the first byte.
        try (var in = new FileInputStream(file.toFile())) {
            return of(in.readAllBytes());
        }
    }

    /**
     * A source over a file mapped into memory; unmapped when it is no longer reachable.
     *
     * @throws IOException when the file cannot be mapped
     * @throws MalformedException when it is larger than any module may be
     */
    public static ByteSource map(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size > ImplementationLimits.MAX_MODULE_SIZE) {
                throw new MalformedException("module too large", size + " bytes");
            }
            if (size == 0) {
                return of(new byte[0]);
            }
            return new OfSegment(
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, size, Arena.ofAuto()));
        }
    }

    /** The length in bytes. */
    public abstract int size();

    /** Whether windows are views, which cost nothing whatever their length. */
    abstract boolean inPlace();

    /** A window on a span: in place for an array, copied for a mapped file. */
    public abstract Window window(int offset, int length);

    public final Window window(Span span) {
        return window(span.offset(), span.length());
    }

    /** A copy of a span. */
    public final byte[] copy(Span span) {
        var bytes = new byte[span.length()];
        copy(span.offset(), bytes, 0, span.length());
        return bytes;
    }

    /** Copies bytes of the source. */
    public abstract void copy(int offset, byte[] to, int at, int length);

    /** Copies bytes of the source to a segment. */
    public abstract void copy(int offset, MemorySegment to, long at, int length);

    /**
     * A readable part of a source. The array holds some bytes of what follows in the source too,
     * for a number that the part's end cuts.
     *
     * @param bytes an array that holds the part
     * @param start where the part begins in the array
     * @param end where it ends in the array
     * @param origin what to add to an index of the array to get an offset in the source
     * @param following how many bytes of the source come after the part
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Window(byte[] bytes, int start, int end, int origin, int following) {}

    private static final class OfArray extends ByteSource {
        private final byte[] bytes;

        OfArray(byte[] bytes) {
            this.bytes = Objects.requireNonNull(bytes);
        }

        @Override
        public int size() {
            return bytes.length;
        }

        @Override
        boolean inPlace() {
            return true;
        }

        @Override
        public Window window(int offset, int length) {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            return new Window(bytes, offset, offset + length, 0, bytes.length - offset - length);
        }

        @Override
        public void copy(int offset, byte[] to, int at, int length) {
            System.arraycopy(bytes, offset, to, at, length);
        }

        @Override
        public void copy(int offset, MemorySegment to, long at, int length) {
            MemorySegment.copy(bytes, offset, to, ValueLayout.JAVA_BYTE, at, length);
        }
    }

    private static final class OfSegment extends ByteSource {
        /** The bytes of a 64-bit number, and one that makes it too long. */
        private static final int LONGEST_NUMBER = 11;

        private final MemorySegment segment;

        OfSegment(MemorySegment segment) {
            this.segment = segment;
        }

        @Override
        public int size() {
            return (int) segment.byteSize();
        }

        @Override
        boolean inPlace() {
            return false;
        }

        @Override
        public Window window(int offset, int length) {
            Objects.checkFromIndexSize(offset, length, size());
            int following = size() - offset - length;
            var bytes = new byte[length + Math.min(following, LONGEST_NUMBER)];
            copy(offset, bytes, 0, bytes.length);
            return new Window(bytes, 0, length, offset, following);
        }

        @Override
        public void copy(int offset, byte[] to, int at, int length) {
            MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, offset, to, at, length);
        }

        @Override
        public void copy(int offset, MemorySegment to, long at, int length) {
            MemorySegment.copy(segment, offset, to, at, length);
        }
    }
}
