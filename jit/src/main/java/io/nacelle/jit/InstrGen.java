// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.runtime.interp.CanonicalNan;
import io.nacelle.wasm.syntax.AddrType;
import io.nacelle.wasm.syntax.Immediate;
import io.nacelle.wasm.syntax.Opcode;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;

/** Generates the instructions that are not control. */
abstract class InstrGen extends MethodGen {
    /** Operands beyond which they are moved all at once, which only large functions can. */
    static final int MANY = 60;

    private final CallGen calls = new CallGen(this);
    private final ObjectGen objects = new ObjectGen(this);
    private final VectorGen vectorGen = new VectorGen(this);
    final AccessGen accesses = new AccessGen(this);

    InstrGen(Unit unit, CodeBuilder cb, ArrayList<Block> blocks) {
        super(unit, cb, blocks);
    }

    /** Whether memory 0 may be elsewhere after an instruction. */
    static boolean invalidatesMemory(Opcode op) {
        return switch (op) {
            case CALL, CALL_INDIRECT, CALL_REF, MEMORY_GROW, TRY, TRY_TABLE -> true;
            default -> false;
        };
    }

    @Override
    final void instruction(int i, Opcode op) {
        switch (op) {
            case DROP -> drop();
            case LOCAL_GET -> {
                loadLocal(ir.x[i]);
                push(ir.locals[ir.x[i]]);
            }
            case LOCAL_SET -> {
                need(1);
                storeLocal(ir.x[i]);
                pop();
            }
            case LOCAL_TEE -> {
                need(1);
                dup(kinds[height - 1]);
                storeLocal(ir.x[i]);
            }
            case I32_CONST -> {
                cb.loadConstant((int) ir.n[i]);
                push(Kinds.I32);
            }
            case I64_CONST -> {
                cb.loadConstant(ir.n[i]);
                push(Kinds.I64);
            }
            case F32_CONST -> constant((int) ir.n[i]);
            case F64_CONST -> constant(ir.n[i]);
            case V128_CONST -> {
                vectors.constant(cb, ir.n[i], (Long) ir.more[i]);
                push(Kinds.V128);
            }
            case GLOBAL_GET -> globalGet(ir.x[i]);
            case GLOBAL_SET -> globalSet(ir.x[i]);
            case CALL -> calls.direct(ir.x[i]);
            case CALL_INDIRECT -> calls.indirect(ir.x[i], ir.y[i]);
            case CALL_REF -> calls.reference(ir.x[i]);
            case RETURN_CALL -> calls.tailDirect(ir.x[i]);
            case RETURN_CALL_INDIRECT -> calls.tailIndirect(ir.x[i], ir.y[i]);
            case RETURN_CALL_REF -> calls.tailReference(ir.x[i]);
            case THROW -> raise(ir.x[i]);
            case THROW_REF -> {
                need(1);
                raiseAgain();
            }
            case RETHROW -> {
                loadKept(block(ir.x[i]).kept);
                raiseAgain();
            }
            default -> {
                if (op.prefix() == 0xFD) {
                    vector(i, op);
                } else if (op.widthLog2() >= 0) {
                    access(i, op);
                } else if (op.hasFixedType() && op.immediate() == Immediate.NONE) {
                    plain(i, op);
                } else if (!objects.emit(i, op)) {
                    rare(i, op);
                }
            }
        }
    }

    @Override
    final void rotate(Opcode shift, int count) {
        vectorGen.rotate(shift, count);
    }

    private void vector(int i, Opcode op) {
        if (op.widthLog2() < 0) {
            vectorGen.emit(i, op);
        } else if (!vectorGen.access(i, op)) {
            rare(i, op);
        }
    }

    private void drop() {
        if (mark < height) {
            if (Kinds.width(kinds[height - 1]) == 2) {
                cb.pop2();
            } else {
                cb.pop();
            }
        }
        pop();
    }

    /** A NaN in a class file might not keep its bits. */
    private void constant(int bits) {
        float value = Float.intBitsToFloat(bits);
        if (value == value) {
            cb.loadConstant(value);
        } else {
            cb.loadConstant(bits);
            cb.invokestatic(
                    Names.of(Float.class),
                    "intBitsToFloat",
                    MethodTypeDesc.of(Names.FLOAT, Names.INT));
        }
        push(Kinds.F32);
    }

    private void constant(long bits) {
        double value = Double.longBitsToDouble(bits);
        if (value == value) {
            cb.loadConstant(value);
        } else {
            cb.loadConstant(bits);
            cb.invokestatic(
                    Names.of(Double.class),
                    "longBitsToDouble",
                    MethodTypeDesc.of(Names.DOUBLE, Names.LONG));
        }
        push(Kinds.F64);
    }

    // Globals.

    private void pushGlobal(int index) {
        cb.aload(varInstance);
        if (index < 4) {
            cb.getfield(Names.INSTANCE, "g" + index, Names.GLOBAL);
        } else {
            cb.getfield(Names.INSTANCE, "globals", Names.GLOBAL.arrayType());
            cb.loadConstant(index);
            cb.aaload();
        }
    }

    private void globalGet(int index) {
        byte kind = Kinds.of(unit.module.valid.global(index).type());
        pushGlobal(index);
        switch (kind) {
            case Kinds.V128 ->
                    cb.invokestatic(
                            vectors.rt, "global", MethodTypeDesc.of(vectors.type, Names.GLOBAL));
            case Kinds.REF -> cb.getfield(Names.GLOBAL, "ref", Names.OBJECT);
            default -> {
                cb.getfield(Names.GLOBAL, "bits", Names.LONG);
                fromBits(kind);
            }
        }
        push(kind);
    }

    private void globalSet(int index) {
        byte kind = Kinds.of(unit.module.valid.global(index).type());
        need(1);
        switch (kind) {
            case Kinds.V128 -> {
                pushGlobal(index);
                cb.invokestatic(
                        vectors.rt,
                        "global",
                        MethodTypeDesc.of(Names.VOID, vectors.type, Names.GLOBAL));
            }
            case Kinds.REF -> {
                pushGlobal(index);
                cb.swap();
                cb.putfield(Names.GLOBAL, "ref", Names.OBJECT);
            }
            default -> {
                PlainCode.toBits(cb, kind);
                pushGlobal(index);
                cb.dup_x2().pop();
                cb.putfield(Names.GLOBAL, "bits", Names.LONG);
            }
        }
        pop();
    }

    /** A number as slots have it becomes one of a kind. */
    private void fromBits(byte kind) {
        switch (kind) {
            case Kinds.I32 -> cb.l2i();
            case Kinds.F32 -> {
                cb.l2i();
                PlainCode.emit(cb, Opcode.F32_REINTERPRET_I32);
            }
            case Kinds.F64 -> PlainCode.emit(cb, Opcode.F64_REINTERPRET_I64);
            default -> {}
        }
    }

    // Numbers.

    private void plain(int i, Opcode op) {
        int count = op.signature().indexOf(':');
        if (op.prefix() != 0 && op.prefix() != 0xFC) {
            rare(i, op);
            return;
        }
        need(count);
        if (!PlainCode.emit(cb, op)) {
            rare(i, op);
            return;
        }
        pop(count);
        byte kind = Kinds.ofLetter(op.signature().charAt(count + 1));
        if (unit.module.isDeterministic() && CanonicalNan.kind(op) != CanonicalNan.NONE) {
            PlainCode.canonical(cb, kind);
        }
        push(kind);
    }

    // Memory.

    /** Emits an access of a number; the instruction may be another that consists of it. */
    final void access(int i, Opcode op) {
        var memory = unit.module.valid.memory(ir.x[i]);
        boolean is64 = memory.addr() == AddrType.I64;
        var name = accessName(op);
        if (ir.x[i] != 0 || name == null || onHeap() && (is64 || ir.n[i] >>> 31 != 0)) {
            rare(i, op);
            return;
        }
        boolean store = op.signature().endsWith(":");
        need(store ? 2 : 1);
        byte kind = store ? kinds[height - 1] : Kinds.ofLetter(op.signature().charAt(2));
        byte narrow = kind;
        boolean widens = kind == Kinds.I64 && op.widthLog2() < 3;
        if (widens) {
            narrow = Kinds.I32;
            if (store) {
                cb.l2i();
            }
        }
        if (onHeap() && inPlace()) {
            needMemory();
            if (store) {
                accesses.store(op, (int) ir.n[i], narrow);
            } else {
                accesses.load(op, (int) ir.n[i], narrow);
            }
        } else {
            callAccess(i, name, store, narrow, is64);
        }
        pop(store ? 2 : 1);
        if (!store) {
            if (widens) {
                if (op == Opcode.I64_LOAD32_U) {
                    PlainCode.emit(cb, Opcode.I64_EXTEND_I32_U);
                } else {
                    cb.i2l();
                }
            }
            push(kind);
        }
    }

    private void callAccess(int i, String name, boolean store, byte narrow, boolean is64) {
        pushMemory();
        var address = is64 ? Names.LONG : Names.INT;
        var params = new ArrayList<ClassDesc>();
        params.add(address);
        if (store) {
            params.add(desc(narrow));
        }
        if (onHeap()) {
            cb.loadConstant((int) ir.n[i]);
            params.add(Names.BYTES);
            params.add(Names.INT);
            params.add(Names.INT);
        } else {
            cb.loadConstant(ir.n[i]);
            cb.aload(varInstance);
            params.add(Names.LONG);
            params.add(Names.LONG);
            params.add(Names.LONG);
            params.add(Names.INSTANCE);
        }
        cb.invokestatic(
                onHeap() ? Names.HEAP : Names.NAT,
                name,
                MethodTypeDesc.of(store ? Names.VOID : desc(narrow), params));
    }

    private static String accessName(Opcode op) {
        return switch (op) {
            case I32_LOAD, I64_LOAD32_S, I64_LOAD32_U -> "load32";
            case I64_LOAD -> "load64";
            case F32_LOAD -> "loadF32";
            case F64_LOAD -> "loadF64";
            case I32_LOAD8_S, I64_LOAD8_S -> "load8S";
            case I32_LOAD8_U, I64_LOAD8_U -> "load8U";
            case I32_LOAD16_S, I64_LOAD16_S -> "load16S";
            case I32_LOAD16_U, I64_LOAD16_U -> "load16U";
            case I32_STORE, I64_STORE32 -> "store32";
            case I64_STORE -> "store64";
            case F32_STORE -> "storeF32";
            case F64_STORE -> "storeF64";
            case I32_STORE8, I64_STORE8 -> "store8";
            case I32_STORE16, I64_STORE16 -> "store16";
            default -> null;
        };
    }

    // Exceptions.

    private void raise(int tag) {
        byte[] types = Kinds.of(unit.module.valid.tag(tag).func().params());
        toScratch(types.length);
        cb.aload(varInstance).loadConstant(tag);
        cb.invokestatic(
                Names.RT, "exception", MethodTypeDesc.of(Names.THROWN, Names.INSTANCE, Names.INT));
        cb.athrow();
        live = false;
    }

    private void raiseAgain() {
        cb.invokestatic(Names.RT, "again", MethodTypeDesc.of(Names.THROWN, Names.OBJECT));
        cb.athrow();
        live = false;
    }

    // Instructions without code of their own.

    /** Moves the topmost operands to the scratch slots. */
    final void toScratch(int count) {
        if (count > 8) {
            cb.aload(varInstance).loadConstant(count);
            cb.invokestatic(
                    Names.RT,
                    "needScratch",
                    MethodTypeDesc.of(Names.VOID, Names.INSTANCE, Names.INT));
        }
        if (count > MANY && varFrame >= 0) {
            spill();
            cb.aload(varFrame).loadConstant(height - count);
            cb.aload(varInstance).loadConstant(count);
            cb.invokestatic(
                    Names.of(io.nacelle.runtime.code.Frames.class),
                    "scratch",
                    MethodTypeDesc.of(
                            Names.VOID, Names.FRAME, Names.INT, Names.INSTANCE, Names.INT));
            pop(count);
            return;
        }
        need(count);
        for (int j = count - 1; j >= 0; j--) {
            cb.aload(varInstance).loadConstant(j);
            moveOut(Names.RT, "scratch", kinds[height - 1], Names.INSTANCE, Names.INT);
            pop();
        }
    }

    /** How many operands an instruction takes that is executed by the runtime. */
    private int operands(int i, Opcode op) {
        if (op.hasFixedType()) {
            return op.signature().indexOf(':');
        }
        return switch (op) {
            case MEMORY_SIZE, TABLE_SIZE, DATA_DROP, ELEM_DROP, ATOMIC_FENCE, STRUCT_NEW_DEFAULT ->
                    0;
            case MEMORY_GROW,
                    TABLE_GET,
                    STRUCT_GET,
                    STRUCT_GET_S,
                    STRUCT_GET_U,
                    ARRAY_LEN,
                    ARRAY_NEW_DEFAULT,
                    REF_TEST,
                    REF_TEST_NULL,
                    REF_CAST,
                    REF_CAST_NULL,
                    REF_I31,
                    I31_GET_S,
                    I31_GET_U,
                    REF_GET_DESC,
                    STRUCT_NEW_DEFAULT_DESC ->
                    1;
            case TABLE_SET,
                    TABLE_GROW,
                    STRUCT_SET,
                    ARRAY_NEW,
                    ARRAY_NEW_DATA,
                    ARRAY_NEW_ELEM,
                    ARRAY_GET,
                    ARRAY_GET_S,
                    ARRAY_GET_U,
                    REF_EQ,
                    REF_CAST_DESC_EQ,
                    REF_CAST_DESC_EQ_NULL ->
                    2;
            case MEMORY_FILL,
                    MEMORY_COPY,
                    MEMORY_INIT,
                    TABLE_FILL,
                    TABLE_COPY,
                    TABLE_INIT,
                    ARRAY_SET ->
                    3;
            case ARRAY_FILL, ARRAY_INIT_DATA, ARRAY_INIT_ELEM -> 4;
            case ARRAY_COPY -> 5;
            case STRUCT_NEW -> unit.module.layout(ir.x[i]).fieldCount();
            case STRUCT_NEW_DESC -> unit.module.layout(ir.x[i]).fieldCount() + 1;
            case ARRAY_NEW_FIXED -> ir.y[i];
            default -> throw new AssertionError(op);
        };
    }

    private static final byte[] NO_RESULT = {};

    /** The kinds of the results of such an instruction. */
    private byte[] results(int i, Opcode op) {
        if (op.hasFixedType()) {
            var letters = op.signature().substring(op.signature().indexOf(':') + 1);
            var found = new byte[letters.length()];
            for (int j = 0; j < found.length; j++) {
                found[j] = Kinds.ofLetter(letters.charAt(j));
            }
            return found;
        }
        byte one =
                switch (op) {
                    case MEMORY_SIZE, MEMORY_GROW ->
                            unit.module.valid.memory(ir.x[i]).addr() == AddrType.I32
                                    ? Kinds.I32
                                    : Kinds.I64;
                    case TABLE_SIZE, TABLE_GROW ->
                            unit.module.valid.table(ir.x[i]).addr() == AddrType.I32
                                    ? Kinds.I32
                                    : Kinds.I64;
                    case ARRAY_LEN, REF_TEST, REF_TEST_NULL, I31_GET_S, I31_GET_U, REF_EQ ->
                            Kinds.I32;
                    case STRUCT_GET, STRUCT_GET_S, STRUCT_GET_U -> objects.field(ir.x[i], ir.y[i]);
                    case ARRAY_GET, ARRAY_GET_S, ARRAY_GET_U -> objects.element(ir.x[i]);
                    case DATA_DROP,
                            ELEM_DROP,
                            ATOMIC_FENCE,
                            TABLE_SET,
                            STRUCT_SET,
                            MEMORY_FILL,
                            MEMORY_COPY,
                            MEMORY_INIT,
                            TABLE_FILL,
                            TABLE_COPY,
                            TABLE_INIT,
                            ARRAY_SET,
                            ARRAY_FILL,
                            ARRAY_INIT_DATA,
                            ARRAY_INIT_ELEM,
                            ARRAY_COPY ->
                            -1;
                    default -> Kinds.REF;
                };
        return one < 0 ? NO_RESULT : new byte[] {one};
    }

    /** Has the runtime execute an instruction. */
    final void rare(int i, Opcode op) {
        int count = operands(i, op);
        toScratch(count);
        cb.aload(varInstance);
        cb.loadConstant(op.ordinal()).loadConstant(ir.x[i]).loadConstant(ir.y[i]);
        cb.loadConstant(ir.n[i]);
        cb.loadConstant(ir.more[i] instanceof Long high ? (long) high : 0L);
        cb.loadConstant(count);
        cb.invokestatic(
                Names.RT,
                "exec",
                MethodTypeDesc.of(
                        Names.VOID,
                        Names.INSTANCE,
                        Names.INT,
                        Names.INT,
                        Names.INT,
                        Names.LONG,
                        Names.LONG,
                        Names.INT));
        if (invalidatesMemory(op)) {
            memoryKnown = false;
        }
        byte[] made = results(i, op);
        for (int j = 0; j < made.length; j++) {
            cb.aload(varInstance);
            if (made[j] == Kinds.REF) {
                cb.invokestatic(
                        Names.RT, "scratchRef", MethodTypeDesc.of(Names.OBJECT, Names.INSTANCE));
            } else {
                cb.loadConstant(j);
                moveIn(Names.RT, "scratch", made[j], Names.INSTANCE, Names.INT);
            }
            push(made[j]);
        }
    }
}
