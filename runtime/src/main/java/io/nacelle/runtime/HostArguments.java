// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.wasm.syntax.AddrType;

/**
 * Takes the arguments of host functions out of frames in other types than a frame has: what
 * generated classes call, and what functions that are written by hand may. Whatever refers to the
 * memory of the guest is checked here, before the host's own code sees it.
 *
 * <p>A pointer and a length are two arguments, from the given one on; both are unsigned. A range
 * that is not wholly within the memory is a {@link Trap} of kind {@link
 * TrapKind#OUT_OF_BOUNDS_MEMORY}, and so is any range when the caller exports no such memory.
 */
public final class HostArguments {
    private HostArguments() {}

    /**
     * The instance that calls.
     *
     * @throws IllegalStateException when no instance does
     */
    public static Instance caller(HostFrame frame) {
        return frame.caller()
                .orElseThrow(() -> new IllegalStateException("the caller is no instance"));
    }

    /** The memory that the caller exports under a name. */
    public static Memory memory(HostFrame frame, String name) {
        var found = caller(frame).export(name);
        if (found.isPresent() && found.get() instanceof Memory memory) {
            return memory;
        }
        throw new Trap(
                TrapKind.OUT_OF_BOUNDS_MEMORY, "(the caller exports no memory \"" + name + "\")");
    }

    private static long number(HostFrame frame, AddrType type, int param) {
        return type == AddrType.I64 ? frame.i64(param) : Integer.toUnsignedLong(frame.i32(param));
    }

    /** A string; what is no UTF-8 becomes U+FFFD. */
    public static String utf8(HostFrame frame, String memory, AddrType type, int param) {
        return memory(frame, memory)
                .readUtf8(number(frame, type, param), number(frame, type, param + 1));
    }

    /** A copy of bytes. */
    public static byte[] bytes(HostFrame frame, String memory, AddrType type, int param) {
        return memory(frame, memory)
                .readBytes(number(frame, type, param), number(frame, type, param + 1));
    }

    /** A view, which is good until {@link #end} is called. */
    public static MemoryView view(HostFrame frame, String memory, AddrType type, int param) {
        return memory(frame, memory)
                .view(number(frame, type, param), number(frame, type, param + 1));
    }

    /** Ends a view, and all views made of it: their accesses fail from now on. */
    public static void end(MemoryView view) {
        view.end();
    }

    /** An i32 as a truth value: whether it is not zero. */
    public static boolean bool(HostFrame frame, int param) {
        return frame.i32(param) != 0;
    }

    /** A funcref, or null. */
    public static Func func(HostFrame frame, int param) {
        return object(frame, param, Func.class);
    }

    /**
     * An object of the host, or null.
     *
     * @throws Trap of kind {@link TrapKind#CAST_FAILURE} when the guest passes one of another class
     */
    public static <T> T object(HostFrame frame, int param, Class<T> type) {
        var value = frame.ref(param);
        if (value != null && !type.isInstance(value)) {
            throw new Trap(TrapKind.CAST_FAILURE, "(expected an object of " + type.getName() + ")");
        }
        return type.cast(value);
    }
}
