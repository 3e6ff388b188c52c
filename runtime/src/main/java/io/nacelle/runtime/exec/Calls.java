// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.VecType;

/** Calls from the host into a store. */
final class Calls {
    private Calls() {}

    static Object[] call(FuncImpl func, Object... args) {
        var type = func.funcType();
        if (args.length != type.params().size()) {
            throw new IllegalArgumentException(
                    "expected " + type.params().size() + " arguments, found " + args.length);
        }
        for (int i = 0; i < args.length; i++) {
            Values.check(args[i], type.params().get(i));
            func.store.checkOwner(args[i]);
        }
        var results = new Object[type.results().size()];
        var stack = func.store.enter();
        int base = stack.top;
        int depth = stack.depth;
        int entryDepth = stack.entryDepth;
        int left = stack.left;
        stack.entryDepth = depth;
        try {
            stack.reserve(base + Math.max(args.length, results.length));
            for (int i = 0; i < args.length; i++) {
                switch (type.params().get(i)) {
                    case NumType num -> stack.slots[base + i] = Values.bits(args[i]);
                    case VecType vec -> {
                        stack.slots[base + i] = Values.bits(args[i]);
                        stack.needHigh()[base + i] = Values.high(args[i]);
                    }
                    case RefType ref -> stack.needRefs()[base + i] = args[i];
                }
            }
            run(func, stack, base, depth);
            for (int i = 0; i < results.length; i++) {
                var result = type.results().get(i);
                long high = result == VecType.V128 ? stack.needHigh()[base + i] : 0;
                Object ref = result instanceof RefType ? stack.needRefs()[base + i] : null;
                results[i] = Values.box(result, stack.slots[base + i], high, ref);
            }
            return results;
        } finally {
            stack.restore(base, depth, entryDepth, left);
            func.store.exit();
        }
    }

    static void callRaw(FuncImpl func, long[] slots) {
        int params = func.paramCount();
        int results = func.resultCount();
        if (Math.max(params, results) > slots.length || !func.isNumeric()) {
            throw new IllegalArgumentException(
                    "the type " + func.funcType() + " does not fit a raw call");
        }
        var stack = func.store.enter();
        int base = stack.top;
        int depth = stack.depth;
        int entryDepth = stack.entryDepth;
        int left = stack.left;
        stack.entryDepth = depth;
        try {
            stack.reserve(base + Math.max(params, results));
            boolean[] narrow = func.narrow();
            long[] to = stack.slots;
            for (int i = 0; i < params; i++) {
                to[base + i] = narrow[i] ? (int) slots[i] : slots[i];
            }
            run(func, stack, base, depth);
            System.arraycopy(stack.slots, base, slots, 0, results);
        } finally {
            stack.restore(base, depth, entryDepth, left);
            func.store.exit();
        }
    }

    private static void run(FuncImpl func, Stack stack, int base, int depth) {
        try {
            func.invoke(stack, base);
        } catch (Throwable e) {
            throw Calls.<RuntimeException>unchecked(leaving(e, stack, depth));
        }
    }

    /**
     * The exception that the host sees when another has left the guest.
     *
     * @param depth the depth that the guest was entered at
     */
    static Throwable leaving(Throwable e, Stack stack, int depth) {
        return switch (e) {
            // The second net: the budget is meant to stop a guest before the Java stack is full.
            case StackOverflowError _ -> Backtrace.inherit(Stack.exhausted(), e);
            // The second net too: what is not an object, as a number or a frame, may be the last.
            case OutOfMemoryError _ -> Backtrace.inherit(stack.store.outOfMemory(), e);
            default -> {
                if (stack.isOutermost(depth)) {
                    Backtrace.showForeign(e);
                } else {
                    stack.passing = e;
                }
                yield e;
            }
        };
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E unchecked(Throwable e) throws E {
        throw (E) e;
    }
}
