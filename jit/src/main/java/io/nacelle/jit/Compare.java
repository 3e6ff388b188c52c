// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.wasm.syntax.Opcode;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/**
 * A comparison whose operands are on the JVM's stack, and which has no code yet: a branch on it can
 * be one instruction, where a number would be several.
 *
 * @param kind of the operands
 * @param relation eqz, eq, ne, lt, gt, le or ge
 * @param unsigned whether integers are
 * @param negated whether it holds when the relation does not
 */
record Compare(byte kind, Relation relation, boolean unsigned, boolean negated) {
    private static final ClassDesc NUMBERS = Names.of(io.nacelle.runtime.code.Numbers.class);

    enum Relation {
        EQZ,
        EQ,
        NE,
        LT,
        GT,
        LE,
        GE;

        Relation inverse() {
            return switch (this) {
                case EQZ -> throw new AssertionError();
                case EQ -> NE;
                case NE -> EQ;
                case LT -> GE;
                case GT -> LE;
                case LE -> GT;
                case GE -> LT;
            };
        }
    }

    /** The comparison of an instruction, or null. */
    static Compare of(Opcode op) {
        return switch (op) {
            case I32_EQZ -> new Compare(Kinds.I32, Relation.EQZ, false, false);
            case I64_EQZ -> new Compare(Kinds.I64, Relation.EQZ, false, false);
            case I32_EQ -> new Compare(Kinds.I32, Relation.EQ, false, false);
            case I32_NE -> new Compare(Kinds.I32, Relation.NE, false, false);
            case I32_LT_S -> new Compare(Kinds.I32, Relation.LT, false, false);
            case I32_LT_U -> new Compare(Kinds.I32, Relation.LT, true, false);
            case I32_GT_S -> new Compare(Kinds.I32, Relation.GT, false, false);
            case I32_GT_U -> new Compare(Kinds.I32, Relation.GT, true, false);
            case I32_LE_S -> new Compare(Kinds.I32, Relation.LE, false, false);
            case I32_LE_U -> new Compare(Kinds.I32, Relation.LE, true, false);
            case I32_GE_S -> new Compare(Kinds.I32, Relation.GE, false, false);
            case I32_GE_U -> new Compare(Kinds.I32, Relation.GE, true, false);
            case I64_EQ -> new Compare(Kinds.I64, Relation.EQ, false, false);
            case I64_NE -> new Compare(Kinds.I64, Relation.NE, false, false);
            case I64_LT_S -> new Compare(Kinds.I64, Relation.LT, false, false);
            case I64_LT_U -> new Compare(Kinds.I64, Relation.LT, true, false);
            case I64_GT_S -> new Compare(Kinds.I64, Relation.GT, false, false);
            case I64_GT_U -> new Compare(Kinds.I64, Relation.GT, true, false);
            case I64_LE_S -> new Compare(Kinds.I64, Relation.LE, false, false);
            case I64_LE_U -> new Compare(Kinds.I64, Relation.LE, true, false);
            case I64_GE_S -> new Compare(Kinds.I64, Relation.GE, false, false);
            case I64_GE_U -> new Compare(Kinds.I64, Relation.GE, true, false);
            case F32_EQ -> new Compare(Kinds.F32, Relation.EQ, false, false);
            case F32_NE -> new Compare(Kinds.F32, Relation.NE, false, false);
            case F32_LT -> new Compare(Kinds.F32, Relation.LT, false, false);
            case F32_GT -> new Compare(Kinds.F32, Relation.GT, false, false);
            case F32_LE -> new Compare(Kinds.F32, Relation.LE, false, false);
            case F32_GE -> new Compare(Kinds.F32, Relation.GE, false, false);
            case F64_EQ -> new Compare(Kinds.F64, Relation.EQ, false, false);
            case F64_NE -> new Compare(Kinds.F64, Relation.NE, false, false);
            case F64_LT -> new Compare(Kinds.F64, Relation.LT, false, false);
            case F64_GT -> new Compare(Kinds.F64, Relation.GT, false, false);
            case F64_LE -> new Compare(Kinds.F64, Relation.LE, false, false);
            case F64_GE -> new Compare(Kinds.F64, Relation.GE, false, false);
            default -> null;
        };
    }

    int operands() {
        return relation == Relation.EQZ ? 1 : 2;
    }

    Compare negate() {
        return new Compare(kind, relation, unsigned, !negated);
    }

    /** Branches when the comparison holds. */
    void branch(CodeBuilder cb, Label to) {
        switch (kind) {
            case Kinds.I32 -> branch32(cb, to);
            case Kinds.I64 -> {
                if (relation == Relation.EQZ) {
                    cb.lconst_0();
                    cb.lcmp();
                    jump(cb, Relation.EQ, negated, to);
                } else {
                    if (unsigned) {
                        cb.invokestatic(
                                Names.of(Long.class),
                                "compareUnsigned",
                                MethodTypeDesc.of(Names.INT, Names.LONG, Names.LONG));
                    } else {
                        cb.lcmp();
                    }
                    jump(cb, relation, negated, to);
                }
            }
            default -> {
                // Where one is a NaN, the result is to be on the side that does not hold.
                boolean low = relation == Relation.GT || relation == Relation.GE;
                if (kind == Kinds.F32) {
                    if (low) {
                        cb.fcmpl();
                    } else {
                        cb.fcmpg();
                    }
                } else if (low) {
                    cb.dcmpl();
                } else {
                    cb.dcmpg();
                }
                jump(cb, relation, negated, to);
            }
        }
    }

    private void branch32(CodeBuilder cb, Label to) {
        if (relation == Relation.EQZ) {
            jump(cb, Relation.EQ, negated, to);
            return;
        }
        var held = negated ? relation.inverse() : relation;
        if (unsigned) {
            cb.invokestatic(
                    Names.of(Integer.class),
                    "compareUnsigned",
                    MethodTypeDesc.of(Names.INT, Names.INT, Names.INT));
            jump(cb, held, false, to);
            return;
        }
        switch (held) {
            case EQ -> cb.if_icmpeq(to);
            case NE -> cb.if_icmpne(to);
            case LT -> cb.if_icmplt(to);
            case GT -> cb.if_icmpgt(to);
            case LE -> cb.if_icmple(to);
            case GE -> cb.if_icmpge(to);
            default -> throw new AssertionError(this);
        }
    }

    /** Branches when a number compares to 0 as told. */
    private static void jump(CodeBuilder cb, Relation relation, boolean negated, Label to) {
        switch (negated ? relation.inverse() : relation) {
            case EQ -> cb.ifeq(to);
            case NE -> cb.ifne(to);
            case LT -> cb.iflt(to);
            case GT -> cb.ifgt(to);
            case LE -> cb.ifle(to);
            case GE -> cb.ifge(to);
            default -> throw new AssertionError(relation);
        }
    }

    /** Makes a number of the comparison: 1 when it holds, else 0. */
    void number(CodeBuilder cb) {
        var type = Signature.desc(kind, Vectors.SCALAR);
        var name =
                switch (relation) {
                    case EQZ -> "eqz";
                    case EQ -> "eq";
                    case NE -> "ne";
                    case LT -> "lt";
                    case GT -> "gt";
                    case LE -> "le";
                    case GE -> "ge";
                };
        boolean ordered = relation.compareTo(Relation.LT) >= 0;
        var full = ordered ? name + (unsigned ? 'u' : 's') : name;
        var desc =
                operands() == 1
                        ? MethodTypeDesc.of(Names.INT, type)
                        : MethodTypeDesc.of(Names.INT, type, type);
        cb.invokestatic(NUMBERS, full, desc);
        if (negated) {
            cb.iconst_1();
            cb.ixor();
        }
    }
}
