// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.runtime.exec.NativeMemory;
import io.nacelle.runtime.interp.CanonicalNan;
import io.nacelle.wasm.syntax.AddrType;
import io.nacelle.wasm.syntax.Immediate;
import io.nacelle.wasm.syntax.Opcode;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.MemorySegment;

/** Generates instructions on vectors. */
final class VectorGen {
    private static final ClassDesc SEGMENT = Names.of(MemorySegment.class);
    private static final ClassDesc NATIVE = Names.of(NativeMemory.class);

    private final InstrGen gen;
    private final Unit unit;
    private final CodeBuilder cb;
    private final Vectors vectors;

    VectorGen(InstrGen gen) {
        this.gen = gen;
        this.unit = gen.unit;
        this.cb = gen.cb;
        this.vectors = gen.vectors;
    }

    private static String name(Opcode op) {
        return op.mnemonic().replace('.', '_');
    }

    /** Emits an instruction that accesses no memory; its row says what it takes and gives. */
    void emit(int i, Opcode op) {
        int count = op.signature().indexOf(':');
        gen.need(count);
        boolean lane = op.immediate() == Immediate.LANE;
        var operands = new ClassDesc[count + (lane ? 1 : 0)];
        for (int j = 0; j < count; j++) {
            operands[j] = gen.desc(Kinds.ofLetter(op.signature().charAt(j)));
        }
        byte kind = Kinds.ofLetter(op.signature().charAt(count + 1));
        if (lane) {
            cb.loadConstant(gen.ir.y[i]);
            operands[count] = Names.INT;
        }
        if (op == Opcode.I8X16_SHUFFLE) {
            vectors.shuffle(cb, gen.ir.n[i], (Long) gen.ir.more[i], gen.varVector);
        } else {
            vectors.emit(cb, name(op), gen.varVector, gen.desc(kind), operands);
        }
        gen.pop(count);
        gen.push(kind);
        canonical(op);
    }

    /** Rotates lanes as wide as those of a shift, whose operands are there, by so many bits. */
    void rotate(Opcode shift, int count) {
        gen.need(2);
        cb.pop().loadConstant(count);
        var name = Rotation.is64(shift) ? "i64x2_rotl" : "i32x4_rotl";
        vectors.emit(cb, name, gen.varVector, vectors.type, vectors.type, Names.INT);
        gen.pop(2);
        gen.push(Kinds.V128);
    }

    private void canonical(Opcode op) {
        if (!unit.module.isDeterministic()) {
            return;
        }
        int kind = CanonicalNan.kind(op);
        if (kind == CanonicalNan.F32X4 || kind == CanonicalNan.F64X2) {
            var name = kind == CanonicalNan.F32X4 ? "canonical_f32x4" : "canonical_f64x2";
            vectors.emit(cb, name, gen.varVector, vectors.type, vectors.type);
        }
    }

    /** Emits an access of memory; false when it is not of the memory that has variables. */
    boolean access(int i, Opcode op) {
        var memory = unit.module.valid.memory(gen.ir.x[i]);
        boolean is64 = memory.addr() == AddrType.I64;
        if (gen.ir.x[i] != 0 || gen.onHeap() && (is64 || gen.ir.n[i] >>> 31 != 0)) {
            return false;
        }
        switch (op) {
            case V128_LOAD -> {
                gen.need(1);
                place(i, is64);
                whole("load", vectors.type);
                gen.pop();
                gen.push(Kinds.V128);
            }
            case V128_STORE -> {
                gen.need(2);
                cb.astore(gen.varTemp + 2);
                place(i, is64);
                whole("store", Names.VOID);
                gen.pop(2);
            }
            case V128_LOAD8_LANE, V128_LOAD16_LANE, V128_LOAD32_LANE, V128_LOAD64_LANE ->
                    loadLane(i, op);
            case V128_STORE8_LANE, V128_STORE16_LANE, V128_STORE32_LANE, V128_STORE64_LANE ->
                    storeLane(i, op);
            default -> {
                byte kind = scalar(i, op);
                vectors.emit(cb, name(op), gen.varVector, vectors.type, gen.desc(kind));
                gen.pop();
                gen.push(Kinds.V128);
            }
        }
        return true;
    }

    /** Makes an index in the array, or an address, of the wasm address on the JVM's stack. */
    private void place(int i, boolean is64) {
        gen.needMemory();
        if (gen.onHeap()) {
            gen.accesses.index((int) gen.ir.n[i], 16);
            return;
        }
        cb.lload(gen.varMemory).lload(gen.varMemory + 2).loadConstant(gen.ir.n[i]);
        cb.loadConstant(16).aload(gen.varInstance);
        cb.invokestatic(
                Names.NAT,
                "ea",
                MethodTypeDesc.of(
                        Names.LONG,
                        is64 ? Names.LONG : Names.INT,
                        Names.LONG,
                        Names.LONG,
                        Names.LONG,
                        Names.INT,
                        Names.INSTANCE));
        cb.lstore(gen.varTemp);
    }

    /** Loads or stores sixteen bytes at the place in the temporary variable. */
    private void whole(String name, ClassDesc result) {
        boolean store = result == Names.VOID;
        if (gen.onHeap()) {
            cb.aload(gen.varMemory).iload(gen.varTemp);
        } else {
            cb.getstatic(NATIVE, "ALL", SEGMENT);
            cb.lload(gen.varTemp);
        }
        var memory = gen.onHeap() ? Names.BYTES : SEGMENT;
        var place = gen.onHeap() ? Names.INT : Names.LONG;
        var full = gen.onHeap() ? name : name + "Native";
        if (store) {
            cb.aload(gen.varTemp + 2);
            vectors.emit(cb, full, gen.varVector, result, memory, place, vectors.type);
        } else {
            vectors.emit(cb, full, gen.varVector, result, memory, place);
        }
    }

    /** Loads the number that a narrower access consists of, in the place of the address. */
    private byte scalar(int i, Opcode op) {
        var read =
                switch (op.widthLog2()) {
                    case 0 -> Opcode.I32_LOAD8_U;
                    case 1 -> Opcode.I32_LOAD16_U;
                    case 2 -> Opcode.I32_LOAD;
                    default -> Opcode.I64_LOAD;
                };
        gen.access(i, read);
        return op.widthLog2() == 3 ? Kinds.I64 : Kinds.I32;
    }

    private static String shape(Opcode op) {
        return switch (op.widthLog2()) {
            case 0 -> "i8x16";
            case 1 -> "i16x8";
            case 2 -> "i32x4";
            default -> "i64x2";
        };
    }

    private void loadLane(int i, Opcode op) {
        gen.need(2);
        cb.astore(gen.varTemp + 2);
        gen.pop();
        byte kind = scalar(i, op);
        gen.pop();
        gen.storeTemp(kind);
        cb.aload(gen.varTemp + 2);
        gen.loadTemp(kind);
        cb.loadConstant(gen.ir.y[i]);
        vectors.emit(
                cb,
                shape(op) + "_replace_lane",
                gen.varVector,
                vectors.type,
                vectors.type,
                gen.desc(kind),
                Names.INT);
        gen.push(Kinds.V128);
    }

    private void storeLane(int i, Opcode op) {
        gen.need(2);
        cb.loadConstant(gen.ir.y[i]);
        byte kind = op.widthLog2() == 3 ? Kinds.I64 : Kinds.I32;
        var suffix = op.widthLog2() < 2 ? "_extract_lane_u" : "_extract_lane";
        vectors.emit(
                cb, shape(op) + suffix, gen.varVector, gen.desc(kind), vectors.type, Names.INT);
        gen.pop();
        gen.push(kind);
        var write =
                switch (op.widthLog2()) {
                    case 0 -> Opcode.I32_STORE8;
                    case 1 -> Opcode.I32_STORE16;
                    case 2 -> Opcode.I32_STORE;
                    default -> Opcode.I64_STORE;
                };
        gen.access(i, write);
    }
}
