// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import io.nacelle.runtime.exec.InstanceImpl;
import io.nacelle.runtime.exec.Stack;
import io.nacelle.runtime.exec.gc.ArrayOps;
import io.nacelle.runtime.exec.gc.GcOps;
import io.nacelle.runtime.exec.gc.RefTest;
import io.nacelle.wasm.syntax.AbsHeapType;
import io.nacelle.wasm.syntax.ExactType;
import io.nacelle.wasm.syntax.HeapType;
import io.nacelle.wasm.syntax.RefType.Nullability;
import io.nacelle.wasm.syntax.TypeIndex;

/**
 * What the classic interpreter does with objects: as {@link ClassicRare}, whose convention for
 * results is extended by branches. One that is taken gives {@link #TAKEN} besides; one that is not
 * gives {@link #PASSED}, since its entry of the side table is to be passed over.
 */
final class ClassicGc {
    /** Set in a result: the branch is taken. */
    static final long TAKEN = Long.MIN_VALUE;

    /** Set in a result: there is an entry of the side table that is not used. */
    static final long PASSED = 1L << 31;

    /** The least code of an abstract heap type. */
    private static final int LEAST_CODE = 0x69;

    private static final AbsHeapType[] ABSTRACT = abstractTypes();
    private static final int EXACT = 0x62;

    private static final int BR_ON_CAST = 0x18;
    private static final int BR_ON_CAST_FAIL = 0x19;
    private static final int BR_ON_CAST_DESC_EQ = 0x25;
    private static final int BR_ON_CAST_DESC_EQ_FAIL = 0x26;

    private ClassicGc() {}

    private static AbsHeapType[] abstractTypes() {
        var types = new AbsHeapType[0x80 - LEAST_CODE];
        for (var type : AbsHeapType.values()) {
            types[type.code() - LEAST_CODE] = type;
        }
        return types;
    }

    private static long result(int pc, int sp) {
        return (long) pc << 32 | sp;
    }

    /** A heap type of valid code. */
    private static HeapType heapType(byte[] code, int pc) {
        int first = code[pc];
        if (first == EXACT) {
            return new ExactType(new TypeIndex((int) ClassicLeb.u32(code, pc + 1)));
        }
        if (first >= LEAST_CODE) {
            return ABSTRACT[first - LEAST_CODE];
        }
        long number = ClassicLeb.s64(code, pc);
        return number < 0
                ? ABSTRACT[(int) (number & 0x7F) - LEAST_CODE]
                : new TypeIndex((int) number);
    }

    private static int type(byte[] code, int pc, Nullability nullability) {
        return RefTest.code(heapType(code, pc), nullability);
    }

    /**
     * Executes an instruction.
     *
     * @param pc the place behind the prefix
     */
    static long exec(byte[] code, int pc, Stack stack, InstanceImpl instance, int sp) {
        long number = ClassicLeb.u32(code, pc);
        int sub = (int) number;
        int next = (int) (number >>> 32);
        return switch (sub) {
            case 0x0F -> {
                GcOps.arrayLen(stack, sp, sp);
                yield result(next, sp);
            }
            case 0x1A, 0x1B -> result(next, sp);
            case 0x1C -> {
                GcOps.refI31(stack, sp, sp);
                yield result(next, sp);
            }
            case 0x1D -> {
                GcOps.i31GetSigned(stack, sp, sp);
                yield result(next, sp);
            }
            case 0x1E -> {
                GcOps.i31GetUnsigned(stack, sp, sp);
                yield result(next, sp);
            }
            case 0x14, 0x15, 0x16, 0x17, 0x23, 0x24 -> cast(sub, code, next, stack, instance, sp);
            case BR_ON_CAST, BR_ON_CAST_FAIL, BR_ON_CAST_DESC_EQ, BR_ON_CAST_DESC_EQ_FAIL ->
                    branch(sub, code, next, stack, instance, sp);
            default -> indexed(sub, code, next, stack, instance, sp);
        };
    }

    private static long cast(
            int sub, byte[] code, int pc, Stack stack, InstanceImpl instance, int sp) {
        int next = ClassicLeb.skipHeapType(code, pc);
        // Of each pair the first excludes null; the pairs by descriptor begin with an odd number.
        boolean nullable = sub == 0x15 || sub == 0x17 || sub == 0x24;
        int type = type(code, pc, nullable ? Nullability.NULLABLE : Nullability.NON_NULL);
        switch (sub) {
            case 0x14, 0x15 -> GcOps.refTest(stack, instance, type, sp, sp);
            case 0x16, 0x17 -> GcOps.refCast(stack, instance, type, sp, sp);
            default -> {
                GcOps.refCastDescEq(stack, instance, type, sp - 1, sp, sp - 1);
                return result(next, sp - 1);
            }
        }
        return result(next, sp);
    }

    private static long branch(
            int sub, byte[] code, int pc, Stack stack, InstanceImpl instance, int sp) {
        var nullability = (code[pc] & 2) != 0 ? Nullability.NULLABLE : Nullability.NON_NULL;
        int at = ClassicLeb.skipHeapType(code, ClassicLeb.skip(code, pc + 1));
        int type = type(code, at, nullability);
        int ref = sp;
        boolean matches;
        if (sub >= BR_ON_CAST_DESC_EQ) {
            ref = sp - 1;
            matches = GcOps.isDescribed(stack, instance, type, ref, sp);
        } else {
            matches = RefTest.test(stack.refs[ref], type, instance.module.types);
        }
        boolean onMatch = sub == BR_ON_CAST || sub == BR_ON_CAST_DESC_EQ;
        long flag = matches == onMatch ? TAKEN : PASSED;
        return result(ClassicLeb.skipHeapType(code, at), ref) | flag;
    }

    /** Instructions with a type, and those with another index behind it. */
    private static long indexed(
            int sub, byte[] code, int pc, Stack stack, InstanceImpl instance, int sp) {
        long first = ClassicLeb.u32(code, pc);
        int x = (int) first;
        int next = (int) (first >>> 32);
        switch (sub) {
            case 0x00 -> {
                int at = sp + 1 - instance.module.layout(x).fieldCount();
                GcOps.structNew(stack, instance, x, at, at);
                return result(next, at);
            }
            case 0x01 -> {
                GcOps.structNewDefault(stack, instance, x, sp + 1);
                return result(next, sp + 1);
            }
            case 0x06 -> {
                ArrayOps.arrayNew(stack, instance, x, sp - 1, sp, sp - 1);
                return result(next, sp - 1);
            }
            case 0x07 -> {
                ArrayOps.arrayNewDefault(stack, instance, x, sp, sp);
                return result(next, sp);
            }
            case 0x0B, 0x0C -> {
                GcOps.arrayGet(stack, sp - 1, sp, sp - 1);
                return result(next, sp - 1);
            }
            case 0x0D -> {
                GcOps.arrayGetUnsigned(stack, sp - 1, sp, sp - 1);
                return result(next, sp - 1);
            }
            case 0x0E -> {
                GcOps.arraySet(stack, sp - 2, sp - 1, sp);
                return result(next, sp - 3);
            }
            case 0x10 -> {
                ArrayOps.arrayFill(stack, instance, sp - 3, sp - 2, sp - 1, sp);
                return result(next, sp - 4);
            }
            case 0x20 -> {
                int at = sp - instance.module.layout(x).fieldCount();
                GcOps.structNewDesc(stack, instance, x, at, sp, at);
                return result(next, at);
            }
            case 0x21 -> {
                GcOps.structNewDefaultDesc(stack, instance, x, sp, sp);
                return result(next, sp);
            }
            case 0x22 -> {
                GcOps.refGetDesc(stack, instance, x, sp, sp);
                return result(next, sp);
            }
            default -> {
                long second = ClassicLeb.u32(code, next);
                int after = (int) (second >>> 32);
                return result(after, between(sub, x, (int) second, stack, instance, sp));
            }
        }
    }

    /** Instructions with two indices; gives the new {@code sp}. */
    private static int between(int sub, int x, int y, Stack stack, InstanceImpl instance, int sp) {
        switch (sub) {
            case 0x02, 0x03 -> {
                GcOps.structGet(stack, instance, x, y, sp, sp);
                return sp;
            }
            case 0x04 -> {
                GcOps.structGetUnsigned(stack, instance, x, y, sp, sp);
                return sp;
            }
            case 0x05 -> {
                GcOps.structSet(stack, instance, x, y, sp - 1, sp);
                return sp - 2;
            }
            case 0x08 -> {
                int at = sp + 1 - y;
                ArrayOps.arrayNewFixed(stack, instance, x, y, at, at);
                return at;
            }
            case 0x09 -> {
                ArrayOps.arrayNewData(stack, instance, x, y, sp - 1, sp, sp - 1);
                return sp - 1;
            }
            case 0x0A -> {
                ArrayOps.arrayNewElem(stack, instance, x, y, sp - 1, sp, sp - 1);
                return sp - 1;
            }
            case 0x11 -> {
                ArrayOps.arrayCopy(stack, instance, sp - 4);
                return sp - 5;
            }
            case 0x12 -> {
                ArrayOps.arrayInitData(stack, instance, y, sp - 3);
                return sp - 4;
            }
            case 0x13 -> {
                ArrayOps.arrayInitElem(stack, instance, y, sp - 3);
                return sp - 4;
            }
            default -> throw new AssertionError(sub);
        }
    }
}
