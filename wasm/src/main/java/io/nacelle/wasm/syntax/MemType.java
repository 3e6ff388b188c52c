// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

import java.util.Objects;

/**
 * The type of a memory (spec 2.3.13).
 *
 * @param limits in pages
 * @param pageSizeLog2 base-2 logarithm of the page size: 16, or 0 with custom page sizes
 */
public record MemType(AddrType addr, Limits limits, Sharing sharing, int pageSizeLog2)
        implements ExternType {
    /** The page size of the standard, 64 KiB, as a power of two. */
    public static final int DEFAULT_PAGE_SIZE_LOG2 = 16;

    /** Whether several threads may access the memory. */
    public enum Sharing {
        UNSHARED,
        SHARED
    }

    public MemType {
        Objects.requireNonNull(addr);
        Objects.requireNonNull(limits);
        Objects.requireNonNull(sharing);
    }

    /** An unshared 32-bit memory with pages of 64 KiB. */
    public static MemType of(Limits limits) {
        return new MemType(AddrType.I32, limits, Sharing.UNSHARED, DEFAULT_PAGE_SIZE_LOG2);
    }

    public boolean isShared() {
        return sharing == Sharing.SHARED;
    }

    @Override
    public String kind() {
        return "memory";
    }

    @Override
    public String toString() {
        var text = (addr == AddrType.I64 ? "i64 " : "") + limits;
        if (isShared()) {
            text += " shared";
        }
        if (pageSizeLog2 != DEFAULT_PAGE_SIZE_LOG2) {
            text += " (pagesize " + Long.toUnsignedString(1L << pageSizeLog2) + ")";
        }
        return text;
    }
}
