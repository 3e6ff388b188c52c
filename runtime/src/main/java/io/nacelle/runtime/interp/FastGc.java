// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import static io.nacelle.runtime.interp.FastGcOp.*;

import io.nacelle.runtime.I31;
import io.nacelle.runtime.exec.InstanceImpl;
import io.nacelle.runtime.exec.Slots;
import io.nacelle.runtime.exec.Stack;
import io.nacelle.runtime.exec.WasmFunc;
import io.nacelle.runtime.exec.gc.ArrayOps;
import io.nacelle.runtime.exec.gc.ByteArray;
import io.nacelle.runtime.exec.gc.GcOps;
import io.nacelle.runtime.exec.gc.GcTraps;
import io.nacelle.runtime.exec.gc.IntArray;
import io.nacelle.runtime.exec.gc.LongArray;
import io.nacelle.runtime.exec.gc.RefArray;
import io.nacelle.runtime.exec.gc.RefTest;
import io.nacelle.runtime.exec.gc.ShortArray;
import io.nacelle.runtime.exec.gc.StructObject;
import io.nacelle.runtime.exec.gc.VectorArray;
import io.nacelle.wasm.syntax.Opcode;

/** What the fast interpreter does with references. What is frequent has no word but its own. */
final class FastGc {
    private static final Opcode[] OPCODES = Opcode.values();

    private FastGc() {}

    private static StructObject struct(Object ref) {
        if (ref == null) {
            throw GcTraps.nullStructure();
        }
        return (StructObject) ref;
    }

    private static Object array(Object ref) {
        if (ref == null) {
            throw GcTraps.nullArray();
        }
        return ref;
    }

    /** An index that is in bounds; the slot's upper half says nothing. */
    private static int index(long slot, int length) {
        int index = (int) slot;
        if (index < 0 || index >= length) {
            throw GcTraps.outOfBounds();
        }
        return index;
    }

    /**
     * Executes an instruction.
     *
     * @param pc behind the instruction's own word
     * @return where the next instruction is
     */
    static int exec(Stack stack, WasmFunc func, long[] code, int pc, long insn) {
        var room = stack.room();
        var s = room.slots;
        var r = room.refs;
        int a = FastOp.a(insn);
        int d = FastOp.d(insn);
        int x = FastOp.immediate(insn);
        switch (FastOp.op(insn)) {
            case GET_NUMBER -> s[d] = struct(r[a]).number(x);
            case GET_U8 -> s[d] = struct(r[a]).number(x) & 0xFF;
            case GET_U16 -> s[d] = struct(r[a]).number(x) & 0xFFFF;
            case GET_REF -> r[d] = struct(r[a]).reference(x);
            case SET_NUMBER -> struct(r[a]).number(x, s[d]);
            case SET_8 -> struct(r[a]).number(x, (byte) s[d]);
            case SET_16 -> struct(r[a]).number(x, (short) s[d]);
            case SET_REF -> struct(r[a]).reference(x, r[d]);
            case NEW -> GcOps.structNew(room, func.instance, x, a, d);
            case NEW_DEFAULT -> GcOps.structNewDefault(room, func.instance, x, d);
            case TEST -> s[d] = RefTest.test(r[a], x, func.instance.module.types) ? 1 : 0;
            case CAST -> {
                var ref = r[a];
                if (!RefTest.test(ref, x, func.instance.module.types)) {
                    throw GcTraps.castFailure();
                }
                r[d] = ref;
            }
            case BR_CAST, BR_CAST_FAIL -> {
                boolean matches = RefTest.test(r[a], x, func.instance.module.types);
                return branch(stack, code, pc, matches == (FastOp.op(insn) == BR_CAST));
            }
            case BR_DESC, BR_DESC_FAIL -> {
                boolean matches = GcOps.isDescribed(room, func.instance, x, a, d);
                return branch(stack, code, pc, matches == (FastOp.op(insn) == BR_DESC));
            }
            case EQ -> s[d] = RefTest.same(r[a], r[FastOp.b(insn)]) ? 1 : 0;
            case REF_I31 -> r[d] = I31.wrap((int) s[a]);
            case I31_GET_S -> GcOps.i31GetSigned(room, a, d);
            case I31_GET_U -> GcOps.i31GetUnsigned(room, a, d);
            case MOVE -> r[d] = r[a];
            case NULL -> r[d] = null;
            case IS_NULL -> s[d] = r[a] == null ? 1 : 0;
            case NON_NULL -> {
                if (r[a] == null) {
                    throw Traps.nullReference();
                }
                r[d] = r[a];
            }
            case LEN -> GcOps.arrayLen(room, a, d);
            case RARE -> {
                rare(code[pc], room, func.instance, insn);
                return pc + 1;
            }
            case GET_V128 -> {
                var from = struct(r[a]);
                s[d] = from.number(x);
                room.high[d] = from.number(x + 1);
            }
            case SET_V128 -> {
                var to = struct(r[a]);
                to.number(x, s[d]);
                to.number(x + 1, room.high[d]);
            }
            default -> element(room, s, r, insn, a, d);
        }
        return pc;
    }

    private static int branch(Stack stack, long[] code, int pc, boolean taken) {
        if (!taken) {
            return pc + 1;
        }
        stack.store.poll();
        return FastOp.immediate(code[pc]);
    }

    private static void element(Slots room, long[] s, Object[] r, long insn, int a, int d) {
        var array = array(r[a]);
        int b = FastOp.b(insn);
        int c = FastOp.c(insn);
        switch (FastOp.op(insn)) {
            case ELEM_GET_32 -> {
                var e = ((IntArray) array).elements;
                s[d] = e[index(s[b], e.length)];
            }
            case ELEM_GET_64 -> {
                var e = ((LongArray) array).elements;
                s[d] = e[index(s[b], e.length)];
            }
            case ELEM_GET_REF -> {
                var e = ((RefArray) array).elements;
                r[d] = e[index(s[b], e.length)];
            }
            case ELEM_GET_S8 -> {
                var e = ((ByteArray) array).elements;
                s[d] = e[index(s[b], e.length)];
            }
            case ELEM_GET_U8 -> {
                var e = ((ByteArray) array).elements;
                s[d] = e[index(s[b], e.length)] & 0xFF;
            }
            case ELEM_GET_S16 -> {
                var e = ((ShortArray) array).elements;
                s[d] = e[index(s[b], e.length)];
            }
            case ELEM_GET_U16 -> {
                var e = ((ShortArray) array).elements;
                s[d] = e[index(s[b], e.length)] & 0xFFFF;
            }
            case ELEM_GET_V128 -> {
                var e = ((VectorArray) array).elements;
                int i = 2 * index(s[b], e.length / 2);
                s[d] = e[i];
                room.high[d] = e[i + 1];
            }
            case ELEM_SET_32 -> {
                var e = ((IntArray) array).elements;
                e[index(s[b], e.length)] = (int) s[c];
            }
            case ELEM_SET_64 -> {
                var e = ((LongArray) array).elements;
                e[index(s[b], e.length)] = s[c];
            }
            case ELEM_SET_REF -> {
                var e = ((RefArray) array).elements;
                e[index(s[b], e.length)] = r[c];
            }
            case ELEM_SET_8 -> {
                var e = ((ByteArray) array).elements;
                e[index(s[b], e.length)] = (byte) s[c];
            }
            case ELEM_SET_16 -> {
                var e = ((ShortArray) array).elements;
                e[index(s[b], e.length)] = (short) s[c];
            }
            case ELEM_SET_V128 -> {
                var e = ((VectorArray) array).elements;
                int i = 2 * index(s[b], e.length / 2);
                e[i] = s[c];
                e[i + 1] = room.high[c];
            }
            default -> throw new AssertionError(FastOp.op(insn));
        }
    }

    /** An instruction by its opcode: in the word are two indices. */
    private static void rare(long word, Slots room, InstanceImpl instance, long insn) {
        int a = FastOp.a(insn);
        int b = FastOp.b(insn);
        int c = FastOp.c(insn);
        int d = FastOp.d(insn);
        int x = FastRare.x(word);
        int y = FastRare.y(word);
        var op = OPCODES[FastRare.kind(word)];
        switch (op) {
            case STRUCT_NEW_DESC -> GcOps.structNewDesc(room, instance, x, a, b, d);
            case STRUCT_NEW_DEFAULT_DESC -> GcOps.structNewDefaultDesc(room, instance, x, a, d);
            case REF_GET_DESC -> GcOps.refGetDesc(room, instance, x, a, d);
            case REF_CAST_DESC_EQ -> GcOps.refCastDescEq(room, instance, x, a, b, d);
            case ARRAY_NEW -> ArrayOps.arrayNew(room, instance, x, a, b, d);
            case ARRAY_NEW_DEFAULT -> ArrayOps.arrayNewDefault(room, instance, x, a, d);
            case ARRAY_NEW_FIXED -> ArrayOps.arrayNewFixed(room, instance, x, y, a, d);
            case ARRAY_NEW_DATA -> ArrayOps.arrayNewData(room, instance, x, y, a, b, d);
            case ARRAY_NEW_ELEM -> ArrayOps.arrayNewElem(room, instance, x, y, a, b, d);
            // Four operands: the last is where others have their result.
            case ARRAY_FILL -> ArrayOps.arrayFill(room, instance, a, b, c, d);
            case ARRAY_COPY -> ArrayOps.arrayCopy(room, instance, a);
            case ARRAY_INIT_DATA -> ArrayOps.arrayInitData(room, instance, y, a);
            case ARRAY_INIT_ELEM -> ArrayOps.arrayInitElem(room, instance, y, a);
            default -> throw new AssertionError(op);
        }
    }
}
