// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.HostFrame;
import io.nacelle.runtime.HostFunction;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.V128;
import io.nacelle.runtime.code.CodeInstance;

import java.util.Objects;
import java.util.Optional;

/**
 * The frame of a call that compiled code makes of a host function which passes a few numbers and
 * has one result at most. The numbers are here, and not in the slots of the stack: where HotSpot
 * inlines the function, they are in registers.
 */
public final class PlainCall implements HostFrame {
    /** How many parameters there are places for. */
    public static final int MOST_PARAMS = 4;

    private static final int THIRD = 2;

    // The arguments, as slots have them. Compiled code writes them.
    public long a0;
    public long a1;
    public long a2;
    public long a3;

    /** What the host function does. */
    public final HostFunction function;

    private final HostFunc func;
    private final Stack stack;
    private final int params;
    private final int results;
    private WasmFunc caller;
    private boolean open;
    private long result;

    PlainCall(HostFunc func, WasmFunc caller) {
        this.func = func;
        this.function = func.function;
        this.stack = func.store.stack();
        this.params = func.params;
        this.results = func.results;
        this.caller = caller;
    }

    /**
     * The frame of an instance's calls of a function that it imports, or null when that is not the
     * host's.
     */
    public static PlainCall of(CodeInstance instance, int index) {
        var known = instance.plainCalls[index];
        return known == null ? make(instance, index) : known;
    }

    private static PlainCall make(CodeInstance instance, int index) {
        if (!(instance.func(index) instanceof HostFunc host)) {
            return null;
        }
        var made = new PlainCall(host, instance.self);
        instance.plainCalls[index] = made;
        return made;
    }

    /** The frame of calls that any instance makes of a function of the host. */
    public static PlainCall of(FuncImpl func, CodeInstance instance) {
        var call = ((HostFunc) func).plain(instance.self);
        if (!call.open) {
            call.caller = instance.self;
        }
        return call;
    }

    /**
     * Begins a call. {@link #close} or {@link #failed} ends it.
     *
     * @param left the bytes of stack that the caller may use
     * @return the frame of the call: another one when this one's is under way
     * @throws io.nacelle.runtime.ExhaustedException when there are too few
     */
    public PlainCall open(int left, CodeInstance instance) {
        if (open) {
            return openWithin(left, instance);
        }
        stack.beginHost(left);
        result = 0;
        open = true;
        return this;
    }

    private PlainCall openWithin(int left, CodeInstance instance) {
        if (stack.hostDepth == 0) {
            // As the stack overflows, even the end of a call may fail.
            open = false;
            return open(left, instance);
        }
        return new PlainCall(func, instance.self).open(left, instance);
    }

    /** Ends a call. */
    public void close() {
        open = false;
        stack.endHost();
    }

    /** Ends a call that an exception has left; throws that in the form that the guest sees. */
    public RuntimeException failed(Throwable e) {
        try {
            throw HostFunc.failed(stack, e);
        } finally {
            close();
        }
    }

    // The result, also when the call has ended.

    public int resultI32() {
        return (int) result;
    }

    public long resultI64() {
        return result;
    }

    public float resultF32() {
        return Float.intBitsToFloat((int) result);
    }

    public double resultF64() {
        return Double.longBitsToDouble(result);
    }

    private long get(int param) {
        return switch (Objects.checkIndex(param, open ? params : 0)) {
            case 0 -> a0;
            case 1 -> a1;
            case THIRD -> a2;
            default -> a3;
        };
    }

    private void set(int result, long value) {
        Objects.checkIndex(result, open ? results : 0);
        this.result = value;
    }

    @Override
    public Optional<Instance> caller() {
        return open ? caller.instance.self : Optional.empty();
    }

    @Override
    public int i32(int param) {
        return (int) get(param);
    }

    @Override
    public long i64(int param) {
        return get(param);
    }

    @Override
    public float f32(int param) {
        return Float.intBitsToFloat((int) get(param));
    }

    @Override
    public double f64(int param) {
        return Double.longBitsToDouble(get(param));
    }

    // No value here is a vector or a reference: who takes one for that sees what is always there.

    @Override
    public V128 v128(int param) {
        return new V128(get(param), 0);
    }

    @Override
    public Object ref(int param) {
        Objects.checkIndex(param, open ? params : 0);
        return null;
    }

    @Override
    public void setI32(int result, int value) {
        set(result, value);
    }

    @Override
    public void setI64(int result, long value) {
        set(result, value);
    }

    @Override
    public void setF32(int result, float value) {
        set(result, Float.floatToRawIntBits(value));
    }

    @Override
    public void setF64(int result, double value) {
        set(result, Double.doubleToRawLongBits(value));
    }

    @Override
    public void setV128(int result, V128 value) {
        set(result, value.low());
    }

    @Override
    public void setRef(int result, Object value) {
        set(result, 0);
    }
}
