// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.runtime.exec.HeapMemory;
import io.nacelle.wasm.syntax.Opcode;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.VarHandle;
import java.util.Objects;

/**
 * Generates accesses of memory 0 as an array in place: what the methods of {@link
 * io.nacelle.runtime.code.HeapMem} do.
 *
 * <p>It is for functions with vectors. A dozen operations on those make HotSpot stop inlining all
 * but what the JDK has marked, and a check that is left as a call costs more than itself: vectors
 * that are needed after it cannot stay in registers.
 */
final class AccessGen {
    private static final ClassDesc HEAP_MEMORY = Names.of(HeapMemory.class);
    private static final ClassDesc HANDLE = Names.of(VarHandle.class);

    private static final MethodTypeDesc CHECK_INDEX =
            MethodTypeDesc.of(Names.INT, Names.INT, Names.INT);

    private final InstrGen gen;
    private final CodeBuilder cb;

    AccessGen(InstrGen gen) {
        this.gen = gen;
        this.cb = gen.cb;
    }

    /**
     * Makes an index of the address on the JVM's stack, in the temporary variable.
     *
     * @param offset at most 2^31 - 1
     * @param size how many bytes there have to be
     */
    void index(int offset, int size) {
        if (offset != 0) {
            cb.loadConstant(offset).iadd();
        }
        cb.iload(gen.varMemory + 1);
        if (size > 1) {
            cb.loadConstant(size - 1).isub();
        }
        cb.invokestatic(Names.of(Objects.class), "checkIndex", CHECK_INDEX);
        if (offset != 0) {
            // Less than the offset, the sum was beyond 32 bits.
            Label within = cb.newLabel();
            cb.dup().istore(gen.varTemp);
            cb.loadConstant(offset).if_icmpge(within);
            cb.invokestatic(
                    Names.HEAP,
                    "beyond",
                    MethodTypeDesc.of(Names.of(IndexOutOfBoundsException.class)));
            cb.athrow();
            cb.labelBinding(within);
        } else {
            cb.istore(gen.varTemp);
        }
    }

    /**
     * Loads the number at the address on the JVM's stack.
     *
     * @param kind that of the number that is left, of 32 bits if the access is narrower
     */
    void load(Opcode op, int offset, byte kind) {
        int width = op.widthLog2();
        index(offset, 1 << width);
        if (width == 0) {
            cb.aload(gen.varMemory).iload(gen.varTemp).baload();
            if (isUnsigned(op)) {
                cb.loadConstant(0xFF).iand();
            }
            return;
        }
        cb.getstatic(HEAP_MEMORY, handle(width), HANDLE);
        cb.aload(gen.varMemory).iload(gen.varTemp);
        cb.invokevirtual(HANDLE, "get", MethodTypeDesc.of(number(width), Names.BYTES, Names.INT));
        if (width == 1 && isUnsigned(op)) {
            cb.loadConstant(0xFFFF).iand();
        } else if (kind == Kinds.F32) {
            PlainCode.emit(cb, Opcode.F32_REINTERPRET_I32);
        } else if (kind == Kinds.F64) {
            PlainCode.emit(cb, Opcode.F64_REINTERPRET_I64);
        }
    }

    /** Stores the number on the JVM's stack, of such a kind, at the address below it. */
    void store(Opcode op, int offset, byte kind) {
        int width = op.widthLog2();
        var variable = Signature.typeKind(kind);
        cb.storeLocal(variable, gen.varTemp + 2);
        index(offset, 1 << width);
        if (width == 0) {
            cb.aload(gen.varMemory).iload(gen.varTemp);
            cb.iload(gen.varTemp + 2).bastore();
            return;
        }
        cb.getstatic(HEAP_MEMORY, handle(width), HANDLE);
        cb.aload(gen.varMemory).iload(gen.varTemp);
        cb.loadLocal(variable, gen.varTemp + 2);
        if (kind == Kinds.F32) {
            PlainCode.emit(cb, Opcode.I32_REINTERPRET_F32);
        } else if (kind == Kinds.F64) {
            PlainCode.emit(cb, Opcode.I64_REINTERPRET_F64);
        } else if (width == 1) {
            cb.i2s();
        }
        cb.invokevirtual(
                HANDLE,
                "set",
                MethodTypeDesc.of(Names.VOID, Names.BYTES, Names.INT, number(width)));
    }

    private static boolean isUnsigned(Opcode op) {
        return op.mnemonic().endsWith("_u");
    }

    private static String handle(int widthLog2) {
        return switch (widthLog2) {
            case 1 -> "SHORT";
            case 2 -> "INT";
            default -> "LONG";
        };
    }

    private static ClassDesc number(int widthLog2) {
        return switch (widthLog2) {
            case 1 -> Names.SHORT;
            case 2 -> Names.INT;
            default -> Names.LONG;
        };
    }
}
