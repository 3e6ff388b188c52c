// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.exec.gc.ArrayOps;
import io.nacelle.runtime.exec.gc.GcOps;
import io.nacelle.wasm.binary.InstrReader;
import io.nacelle.wasm.syntax.Span;

import java.util.Arrays;

/** The value of a constant expression (spec 3.4.14, 4.7.4). */
final class ConstEval {
    private static final int FIRST_CAPACITY = 4;

    final long bits;
    final long high;
    final Object ref;

    private ConstEval(Slots slots) {
        this.bits = slots.slots[0];
        this.high = slots.high[0];
        this.ref = slots.refs[0];
    }

    static ConstEval of(InstanceImpl instance, Span expr) {
        var in = new InstrReader(instance.module.valid.syntax().source().window(expr));
        var stack = new Slots(FIRST_CAPACITY);
        int height = 0;
        while (true) {
            if (height == stack.slots.length) {
                stack.slots = Arrays.copyOf(stack.slots, 2 * height);
            }
            stack.needHigh();
            stack.needRefs();
            switch (in.next()) {
                case END -> {
                    return new ConstEval(stack);
                }
                case I32_CONST, I64_CONST, F64_CONST -> stack.slots[height++] = in.n();
                case F32_CONST -> stack.slots[height++] = (int) in.n();
                case V128_CONST -> {
                    stack.slots[height] = in.n();
                    stack.high[height++] = in.m();
                }
                case REF_NULL -> stack.refs[height++] = null;
                case REF_FUNC -> stack.refs[height++] = instance.func(in.x());
                case GLOBAL_GET -> {
                    var global = instance.globals[in.x()];
                    stack.slots[height] = global.bits;
                    stack.high[height] = global.high;
                    stack.refs[height++] = global.ref;
                }
                case I32_ADD, I32_SUB, I32_MUL, I64_ADD, I64_SUB, I64_MUL -> {
                    height--;
                    long left = stack.slots[height - 1];
                    stack.slots[height - 1] = arithmetic(in, left, stack.slots[height]);
                }
                default -> height = object(in, stack, instance, height);
            }
        }
    }

    /** Makes or converts a reference; gives the new height. */
    private static int object(InstrReader in, Slots stack, InstanceImpl instance, int height) {
        int type = in.x();
        switch (in.op()) {
            case REF_I31 -> GcOps.refI31(stack, height - 1, height - 1);
            case ANY_CONVERT_EXTERN, EXTERN_CONVERT_ANY -> {
                // A Java object is both.
            }
            case STRUCT_NEW -> {
                int at = height - instance.module.layout(type).fieldCount();
                GcOps.structNew(stack, instance, type, at, at);
                return at + 1;
            }
            case STRUCT_NEW_DEFAULT -> {
                GcOps.structNewDefault(stack, instance, type, height);
                return height + 1;
            }
            case STRUCT_NEW_DESC -> {
                int at = height - 1 - instance.module.layout(type).fieldCount();
                GcOps.structNewDesc(stack, instance, type, at, height - 1, at);
                return at + 1;
            }
            case STRUCT_NEW_DEFAULT_DESC ->
                    GcOps.structNewDefaultDesc(stack, instance, type, height - 1, height - 1);
            case ARRAY_NEW -> {
                int at = height - 2;
                ArrayOps.arrayNew(stack, instance, type, at, at + 1, at);
                return at + 1;
            }
            case ARRAY_NEW_DEFAULT ->
                    ArrayOps.arrayNewDefault(stack, instance, type, height - 1, height - 1);
            case ARRAY_NEW_FIXED -> {
                int at = height - in.y();
                ArrayOps.arrayNewFixed(stack, instance, type, in.y(), at, at);
                return at + 1;
            }
            default -> throw new AssertionError(in.op());
        }
        return height;
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
