// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.UnsupportedFeatureException;
import io.nacelle.wasm.binary.InstrReader;
import io.nacelle.wasm.syntax.Span;

import java.util.ArrayDeque;
import java.util.Deque;

/** The value of a constant expression (spec 3.4.14, 4.7.4). */
final class ConstEval {
    final long bits;
    final long high;
    final Object ref;

    private ConstEval(long bits, long high, Object ref) {
        this.bits = bits;
        this.high = high;
        this.ref = ref;
    }

    private static ConstEval number(long bits) {
        return new ConstEval(bits, 0, null);
    }

    private static ConstEval reference(Object ref) {
        return new ConstEval(0, 0, ref);
    }

    static ConstEval of(InstanceImpl instance, Span expr) {
        var in = new InstrReader(instance.module.valid.syntax().source().window(expr));
        Deque<ConstEval> stack = new ArrayDeque<>();
        while (true) {
            switch (in.next()) {
                case END -> {
                    return stack.pop();
                }
                case I32_CONST, I64_CONST, F64_CONST -> stack.push(number(in.n()));
                case F32_CONST -> stack.push(number((int) in.n()));
                case V128_CONST -> stack.push(new ConstEval(in.n(), in.m(), null));
                case REF_NULL -> stack.push(reference(null));
                case REF_FUNC -> stack.push(reference(instance.func(in.x())));
                case GLOBAL_GET -> {
                    var global = instance.globals[in.x()];
                    stack.push(new ConstEval(global.bits, global.high, global.ref));
                }
                case I32_ADD, I32_SUB, I32_MUL, I64_ADD, I64_SUB, I64_MUL -> {
                    long right = stack.pop().bits;
                    long left = stack.pop().bits;
                    stack.push(number(arithmetic(in, left, right)));
                }
                default ->
                        throw new UnsupportedFeatureException(
                                in.op().feature(), in.op().mnemonic());
            }
        }
    }

    private static long arithmetic(InstrReader in, long left, long right) {
        return switch (in.op()) {
            case I32_ADD -> (int) (left + right);
            case I32_SUB -> (int) (left - right);
            case I32_MUL -> (int) (left * right);
            case I64_ADD -> left + right;
            case I64_SUB -> left - right;
            case I64_MUL -> left * right;
            default -> throw new AssertionError(in.op());
        };
    }
}
