// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.debug;

/**
 * How much debugging information may still be read to answer questions that belong together, such
 * as the lines of one stack trace. Small information can be made so that it takes very long to
 * read, by entries that refer to the same long descriptions again and again; when the effort is
 * used up, what is left is as if there were no information on it.
 *
 * <p>Not thread-safe.
 */
public final class Effort {
    /** Enough for every trace of large programs, and less than a second. */
    private static final long TRACE = 96 << 20;

    private long left;

    Effort(long bytes) {
        this.left = bytes;
    }

    /** What the lines of one stack trace are worth. */
    public static Effort ofTrace() {
        return new Effort(TRACE);
    }

    /**
     * Counts bytes that are read.
     *
     * @throws io.nacelle.wasm.syntax.MalformedException when there were too many
     */
    void spend(long bytes) {
        if (left < bytes) {
            left = 0;
            throw DwarfReader.malformed();
        }
        left -= bytes;
    }
}
