// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

import io.nacelle.runtime.HostFrame;
import io.nacelle.runtime.HostFunction;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Trap;
import io.nacelle.runtime.TrapKind;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.ValType;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Bytes that several modules read and write in place, and that can be taken away from each of them
 * at any moment. Thread-safe.
 *
 * <p>It is no WebAssembly memory: one that a module has imported cannot be taken away again, since
 * compiled code holds on to it. Guests reach the buffer through functions, each of which checks
 * that it has not been revoked.
 */
public final class SharedBuffer {
    static final String PREFIX = "nacelle:buffer/";

    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /**
     * One holder's access. What it hands down ends with its own. Guarded by its buffer's monitor,
     * so that no access is under way any more when a revocation returns.
     */
    static final class Lease {
        final BufferRight right;
        private final List<Lease> handedDown = new ArrayList<>();
        private boolean revoked;

        Lease(BufferRight right) {
            this.right = right;
        }

        private void revoke() {
            revoked = true;
            handedDown.forEach(Lease::revoke);
        }
    }

    private final byte[] bytes;
    private final List<Lease> leases = new ArrayList<>();

    private SharedBuffer(int size) {
        this.bytes = new byte[size];
    }

    /** Makes a buffer of zeros. */
    public static SharedBuffer create(int size) {
        return new SharedBuffer(size);
    }

    public int size() {
        return bytes.length;
    }

    /**
     * Copies bytes out of the buffer.
     *
     * @throws IndexOutOfBoundsException when they are not all within it
     */
    public synchronized void read(int offset, byte[] to, int at, int length) {
        System.arraycopy(bytes, offset, to, at, length);
    }

    /**
     * Copies bytes into the buffer.
     *
     * @throws IndexOutOfBoundsException when they are not all within it
     */
    public synchronized void write(int offset, byte[] from, int at, int length) {
        System.arraycopy(from, at, bytes, offset, length);
    }

    /** Takes the buffer away from all guests that do not own it. */
    public synchronized void revokeAll() {
        for (var lease : leases) {
            if (lease.right != BufferRight.OWN) {
                lease.revoke();
            }
        }
    }

    synchronized void revoke(Lease lease) {
        lease.revoke();
    }

    /** Makes an access that ends with the one it is derived from. */
    synchronized Lease lease(Lease from, BufferRight right) {
        var lease = new Lease(right);
        lease.revoked = from.revoked;
        from.handedDown.add(lease);
        leases.add(lease);
        return lease;
    }

    synchronized Lease first() {
        var lease = new Lease(BufferRight.OWN);
        leases.add(lease);
        return lease;
    }

    /** What a guest does within the buffer's monitor. */
    private interface Action {
        void run(HostFrame frame);
    }

    private HostFunction checked(Lease lease, String name, Action action) {
        return frame -> {
            synchronized (this) {
                if (lease.revoked) {
                    throw new DeniedException("the buffer " + Shown.of(name) + " was revoked");
                }
                action.run(frame);
            }
        };
    }

    void define(Linker linker, String module, Lease lease) {
        var i32 = NumType.I32;
        var i64 = NumType.I64;
        var name = module.substring(PREFIX.length());
        linker.define(
                module,
                "size",
                type(i32),
                checked(lease, name, frame -> frame.setI32(0, bytes.length)));
        linker.define(module, "read", type(null, i32, i32, i32), checked(lease, name, this::read));
        linker.define(
                module,
                "load_i32",
                type(i32, i32),
                checked(lease, name, f -> f.setI32(0, (int) INT.get(bytes, at(f, 4)))));
        linker.define(
                module,
                "load_i64",
                type(i64, i32),
                checked(lease, name, f -> f.setI64(0, (long) LONG.get(bytes, at(f, 8)))));
        if (lease.right.compareTo(BufferRight.WRITE) >= 0) {
            linker.define(
                    module, "write", type(null, i32, i32, i32), checked(lease, name, this::write));
            linker.define(
                    module,
                    "store_i32",
                    type(null, i32, i32),
                    checked(lease, name, f -> INT.set(bytes, at(f, 4), f.i32(1))));
            linker.define(
                    module,
                    "store_i64",
                    type(null, i32, i64),
                    checked(lease, name, f -> LONG.set(bytes, at(f, 8), f.i64(1))));
        }
        if (lease.right == BufferRight.OWN) {
            linker.define(module, "revoke", type(null), checked(lease, name, _ -> revokeAll()));
        }
    }

    private static FuncType type(ValType result, ValType... params) {
        return FuncType.of(Arrays.asList(params), result == null ? List.of() : List.of(result));
    }

    private int at(HostFrame frame, long length) {
        long offset = Integer.toUnsignedLong(frame.i32(0));
        if (length > bytes.length - offset) {
            throw new Trap(TrapKind.OUT_OF_BOUNDS_MEMORY);
        }
        return (int) offset;
    }

    private void read(HostFrame frame) {
        long length = Integer.toUnsignedLong(frame.i32(2));
        int offset = at(frame, length);
        var memory = Channel.memory(frame);
        long address = Channel.checked(memory, frame.i32(1), length);
        memory.write(address, bytes, offset, (int) length);
    }

    private void write(HostFrame frame) {
        long length = Integer.toUnsignedLong(frame.i32(2));
        int offset = at(frame, length);
        var memory = Channel.memory(frame);
        long address = Channel.checked(memory, frame.i32(1), length);
        memory.read(address, bytes, offset, (int) length);
    }
}
