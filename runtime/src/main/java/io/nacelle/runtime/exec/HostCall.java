// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.HostFrame;
import io.nacelle.runtime.HostFunction;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.V128;
import io.nacelle.runtime.code.CodeInstance;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.ValType;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The frame of one call of a host function; reused by later calls at the same depth. Results are
 * kept apart from arguments until the call ends, so that a host function may set one and still read
 * the other.
 */
public final class HostCall implements HostFrame {
    private final Stack stack;
    private WasmFunc caller;
    private int base;
    private int params;
    private int results;
    private int savedTop;

    private long[] numbers = new long[2];
    private long[] high = {};
    private Object[] refs = {};

    HostCall(Stack stack) {
        this.stack = stack;
    }

    void open(WasmFunc caller, int base, int params, int results, int savedTop) {
        this.caller = caller;
        this.base = base;
        this.params = params;
        this.results = results;
        this.savedTop = savedTop;
        if (numbers.length < results) {
            numbers = new long[results];
        }
        Arrays.fill(numbers, 0, results, 0);
        if (high.length > 0) {
            Arrays.fill(high, 0);
        }
    }

    // Calls of compiled code, which does here what others leave to HostFunc. It calls the function
    // of the host itself, so that HotSpot sees in each place which one that is.

    /** What a function of the host does, or null for a function of a guest. */
    public static HostFunction function(FuncImpl func) {
        return func instanceof HostFunc host ? host.function : null;
    }

    /**
     * Begins a call of a function of the host. {@link #close} or {@link #failed} ends it.
     *
     * @param left the bytes of stack that the caller may use
     * @throws io.nacelle.runtime.ExhaustedException when there are too few
     */
    public static HostCall open(FuncImpl func, int left, CodeInstance instance) {
        var stack = instance.stack;
        var host = (HostFunc) func;
        int base = stack.top;
        int end = base + host.slots;
        stack.reserve(end);
        var call = stack.pushHost(left);
        call.open(instance.self, base, host.params, host.results, base);
        stack.top = end;
        return call;
    }

    /** The slot of the first argument. */
    public int base() {
        return base;
    }

    /** Checks the results, and puts them into the slots of the arguments. */
    public void finish(FuncImpl func) {
        var host = (HostFunc) func;
        if (host.returnsRefs) {
            checkRefs(host.funcType().results());
        }
        finish();
    }

    /** Ends a call. */
    public void close() {
        stack.endHost();
        stack.top = end();
    }

    /** Ends a call that an exception has left; throws that in the form that the guest sees. */
    public RuntimeException failed(Throwable e) {
        try {
            throw HostFunc.failed(stack, e);
        } finally {
            close();
        }
    }

    /** Hands the results over: they replace the arguments. */
    void finish() {
        System.arraycopy(numbers, 0, stack.slots, base, results);
        if (stack.high.length > 0 || high.length > 0) {
            var to = stack.needHigh();
            int set = Math.min(high.length, results);
            System.arraycopy(high, 0, to, base, set);
            Arrays.fill(to, base + set, base + results, 0);
        }
        if (stack.refs.length > 0 || refs.length > 0) {
            var to = stack.needRefs();
            Arrays.fill(to, base, base + Math.max(params, results), null);
            System.arraycopy(refs, 0, to, base, Math.min(refs.length, results));
        }
    }

    /** Refuses results that are not of their type: a host's mistake must not reach the guest. */
    void checkRefs(List<ValType> types) {
        for (int i = 0; i < types.size(); i++) {
            if (types.get(i) instanceof RefType type
                    && !Values.isOf(i < refs.length ? refs[i] : null, type)) {
                throw new IllegalArgumentException(
                        "result " + i + " of a host function is not of type " + type);
            }
            if (i < refs.length) {
                stack.store.checkOwner(refs[i]);
            }
        }
    }

    /** Ends a call; gives where the stack ended before. */
    int end() {
        caller = null;
        if (refs.length > 0) {
            Arrays.fill(refs, null);
        }
        params = 0;
        results = 0;
        return savedTop;
    }

    private int param(int index) {
        return base + Objects.checkIndex(index, params);
    }

    private int result(int index) {
        return Objects.checkIndex(index, results);
    }

    @Override
    public Optional<Instance> caller() {
        return caller == null ? Optional.empty() : caller.instance.self;
    }

    @Override
    public int i32(int param) {
        return (int) stack.slots[param(param)];
    }

    @Override
    public long i64(int param) {
        return stack.slots[param(param)];
    }

    @Override
    public float f32(int param) {
        return Float.intBitsToFloat((int) stack.slots[param(param)]);
    }

    @Override
    public double f64(int param) {
        return Double.longBitsToDouble(stack.slots[param(param)]);
    }

    @Override
    public V128 v128(int param) {
        return new V128(stack.slots[param(param)], stack.needHigh()[param(param)]);
    }

    @Override
    public Object ref(int param) {
        return stack.needRefs()[param(param)];
    }

    @Override
    public void setI32(int result, int value) {
        numbers[result(result)] = value;
    }

    @Override
    public void setI64(int result, long value) {
        numbers[result(result)] = value;
    }

    @Override
    public void setF32(int result, float value) {
        numbers[result(result)] = Float.floatToRawIntBits(value);
    }

    @Override
    public void setF64(int result, double value) {
        numbers[result(result)] = Double.doubleToRawLongBits(value);
    }

    @Override
    public void setV128(int result, V128 value) {
        int i = result(result);
        if (high.length < results) {
            high = Arrays.copyOf(high, results);
        }
        numbers[i] = value.low();
        high[i] = value.high();
    }

    @Override
    public void setRef(int result, Object value) {
        int i = result(result);
        if (refs.length < results) {
            refs = Arrays.copyOf(refs, results);
        }
        refs[i] = value;
    }
}
