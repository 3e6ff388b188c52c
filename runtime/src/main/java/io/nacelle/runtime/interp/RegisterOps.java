// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import io.nacelle.runtime.exec.InstanceImpl;
import io.nacelle.runtime.exec.Slots;
import io.nacelle.runtime.exec.gc.ArrayOps;
import io.nacelle.runtime.exec.gc.GcOps;
import io.nacelle.wasm.syntax.Immediate;
import io.nacelle.wasm.syntax.Opcode;

/**
 * Any instruction that is not control, in register form: its operands are in the slots from 0 on,
 * and its results replace them. This is how compiled code executes what is too rare to have code of
 * its own.
 */
public final class RegisterOps {
    private static final int VECTOR = 0xFD;
    private static final int ATOMIC = 0xFE;

    private RegisterOps() {}

    /**
     * Executes an instruction.
     *
     * @param x its first index, or the number of a type as {@link
     *     io.nacelle.runtime.exec.gc.RefTest} has it
     * @param y its second index, its lane or its count
     * @param n its offset, or the low half of a constant
     * @param m the high half of a constant
     */
    public static void exec(
            Opcode op, Slots r, InstanceImpl instance, int x, int y, long n, long m) {
        switch (op.immediate()) {
            case MEMARG, MEMARG_LANE -> memory(op, r, instance, x, y, n);
            case NONE -> plain(op, r);
            default -> indexed(op, r, instance, x, y, n, m);
        }
    }

    private static void memory(
            Opcode op, Slots r, InstanceImpl instance, int x, int lane, long offset) {
        if (op.prefix() == ATOMIC) {
            AtomicOps.exec(op, r, instance, x, offset, 0, 1, 2, 0);
        } else {
            MemoryOps.exec(op, r, instance, x, offset, 0, 1, lane, 0);
        }
    }

    private static void plain(Opcode op, Slots r) {
        if (op.prefix() == VECTOR) {
            Simd.exec(op.sub(), r.slots, r.high, 0, 1, 2, 0);
            return;
        }
        switch (op) {
            case I64_ADD128 -> Numeric.add128(r.slots, 0, 1, 2, 3, 0);
            case I64_SUB128 -> Numeric.sub128(r.slots, 0, 1, 2, 3, 0);
            case I64_MUL_WIDE_S -> Numeric.mulWideS(r.slots, 0, 1, 0);
            case I64_MUL_WIDE_U -> Numeric.mulWideU(r.slots, 0, 1, 0);
            case REF_EQ -> GcOps.refEq(r, 0, 1, 0);
            case REF_I31 -> GcOps.refI31(r, 0, 0);
            case I31_GET_S -> GcOps.i31GetSigned(r, 0, 0);
            case I31_GET_U -> GcOps.i31GetUnsigned(r, 0, 0);
            case ARRAY_LEN -> GcOps.arrayLen(r, 0, 0);
            case ANY_CONVERT_EXTERN, EXTERN_CONVERT_ANY -> {
                // A Java object is both.
            }
            default -> {
                int number = op.prefix() == 0 ? op.code() : op.prefix() << 8 | op.sub();
                if (!Numeric.exec(number, r.slots, 0, 1, 0)) {
                    throw new AssertionError(op);
                }
            }
        }
    }

    private static void indexed(
            Opcode op, Slots r, InstanceImpl instance, int x, int y, long n, long m) {
        switch (op) {
            case I8X16_SHUFFLE -> Simd.shuffle(n, m, r.slots, r.high, 0, 1, 0);
            case ATOMIC_FENCE -> AtomicOps.fence();
            case MEMORY_SIZE -> BulkOps.memorySize(r, instance, x, 0);
            case MEMORY_GROW -> BulkOps.memoryGrow(r, instance, x, 0, 0);
            case MEMORY_FILL -> BulkOps.memoryFill(r, instance, x, 0, 1, 2);
            case MEMORY_COPY -> BulkOps.memoryCopy(r, instance, x, y, 0, 1, 2);
            case MEMORY_INIT -> BulkOps.memoryInit(r, instance, x, y, 0, 1, 2);
            case DATA_DROP -> BulkOps.dataDrop(instance, x);
            case ELEM_DROP -> BulkOps.elemDrop(instance, x);
            case TABLE_GET -> BulkOps.tableGet(r, instance, x, 0, 0);
            case TABLE_SET -> BulkOps.tableSet(r, instance, x, 0, 1);
            case TABLE_SIZE -> BulkOps.tableSize(r, instance, x, 0);
            case TABLE_GROW -> BulkOps.tableGrow(r, instance, x, 0, 1, 0);
            case TABLE_FILL -> BulkOps.tableFill(r, instance, x, 0, 1, 2);
            case TABLE_COPY -> BulkOps.tableCopy(r, instance, x, y, 0, 1, 2);
            case TABLE_INIT -> BulkOps.tableInit(r, instance, x, y, 0, 1, 2);
            default -> {
                if (op.immediate() == Immediate.LANE) {
                    Simd.lane(op.sub(), r.slots, r.high, 0, 1, y, 0);
                } else {
                    object(op, r, instance, x, y);
                }
            }
        }
    }

    private static void object(Opcode op, Slots r, InstanceImpl instance, int x, int y) {
        switch (op) {
            case STRUCT_NEW -> GcOps.structNew(r, instance, x, 0, 0);
            case STRUCT_NEW_DEFAULT -> GcOps.structNewDefault(r, instance, x, 0);
            case STRUCT_NEW_DESC ->
                    GcOps.structNewDesc(
                            r, instance, x, 0, instance.module.layout(x).fieldCount(), 0);
            case STRUCT_NEW_DEFAULT_DESC -> GcOps.structNewDefaultDesc(r, instance, x, 0, 0);
            case STRUCT_GET, STRUCT_GET_S -> GcOps.structGet(r, instance, x, y, 0, 0);
            case STRUCT_GET_U -> GcOps.structGetUnsigned(r, instance, x, y, 0, 0);
            case STRUCT_SET -> GcOps.structSet(r, instance, x, y, 0, 1);
            case REF_TEST, REF_TEST_NULL -> GcOps.refTest(r, instance, x, 0, 0);
            case REF_CAST, REF_CAST_NULL -> GcOps.refCast(r, instance, x, 0, 0);
            case REF_GET_DESC -> GcOps.refGetDesc(r, instance, x, 0, 0);
            case REF_CAST_DESC_EQ, REF_CAST_DESC_EQ_NULL ->
                    GcOps.refCastDescEq(r, instance, x, 0, 1, 0);
            default -> array(op, r, instance, x, y);
        }
    }

    private static void array(Opcode op, Slots r, InstanceImpl instance, int x, int y) {
        switch (op) {
            case ARRAY_NEW -> ArrayOps.arrayNew(r, instance, x, 0, 1, 0);
            case ARRAY_NEW_DEFAULT -> ArrayOps.arrayNewDefault(r, instance, x, 0, 0);
            case ARRAY_NEW_FIXED -> ArrayOps.arrayNewFixed(r, instance, x, y, 0, 0);
            case ARRAY_NEW_DATA -> ArrayOps.arrayNewData(r, instance, x, y, 0, 1, 0);
            case ARRAY_NEW_ELEM -> ArrayOps.arrayNewElem(r, instance, x, y, 0, 1, 0);
            case ARRAY_GET, ARRAY_GET_S -> GcOps.arrayGet(r, 0, 1, 0);
            case ARRAY_GET_U -> GcOps.arrayGetUnsigned(r, 0, 1, 0);
            case ARRAY_SET -> GcOps.arraySet(r, 0, 1, 2);
            case ARRAY_FILL -> ArrayOps.arrayFill(r, instance, 0, 1, 2, 3);
            case ARRAY_COPY -> ArrayOps.arrayCopy(r, instance, 0);
            case ARRAY_INIT_DATA -> ArrayOps.arrayInitData(r, instance, y, 0);
            case ARRAY_INIT_ELEM -> ArrayOps.arrayInitElem(r, instance, y, 0);
            default -> throw new AssertionError(op);
        }
    }
}
