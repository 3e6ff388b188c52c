// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.valid;

import io.nacelle.wasm.syntax.Feature;
import io.nacelle.wasm.syntax.Immediate;
import io.nacelle.wasm.syntax.Opcode;

import java.util.Set;

/**
 * Tables over the opcodes, each computed once: which rule checks an instruction, its fixed type as
 * numbers, the number of its lanes, and whether a constant expression may contain it.
 */
final class Rules {
    /** The opcode belongs to a feature that is off. */
    static final byte DISABLED = 0;

    /** A type that does not depend on anything. */
    static final byte FIXED = 1;

    /** A fixed type but for the addresses of a memory. */
    static final byte MEMORY_ACCESS = 2;

    static final byte ATOMIC_ACCESS = 3;
    static final byte MEMORY_LANE = 4;
    static final byte LANE = 5;
    static final byte SHUFFLE = 6;
    static final byte LOCAL_GET = 7;
    static final byte LOCAL_SET = 8;
    static final byte LOCAL_TEE = 9;
    static final byte BLOCK = 10;
    static final byte LOOP = 11;
    static final byte IF = 12;
    static final byte ELSE = 13;
    static final byte END = 14;
    static final byte BR = 15;
    static final byte BR_IF = 16;
    static final byte CALL = 17;
    static final byte DROP = 18;
    static final byte SELECT = 19;
    static final byte GLOBAL_GET = 20;
    static final byte GLOBAL_SET = 21;

    /** Other instructions of control. */
    static final byte CONTROL = 22;

    /** Instructions on tables, memories and segments as wholes. */
    static final byte BULK = 23;

    /** Instructions on references. */
    static final byte REFERENCE = 24;

    /** The letter {@code a} of a signature: filled in with the memory's address kind. */
    static final int ADDRESS = 7;

    private static final Opcode[] OPCODES = Opcode.values();
    private static final byte[] RULES = new byte[OPCODES.length];
    private static final long[] TYPES = new long[OPCODES.length];
    private static final byte[] LANES = new byte[OPCODES.length];

    static {
        for (var op : OPCODES) {
            RULES[op.ordinal()] = rule(op);
            LANES[op.ordinal()] = lanes(op);
        }
    }

    private Rules() {}

    /** The rules when only these features are on. */
    static byte[] of(Set<Feature> features) {
        var rules = RULES.clone();
        long on = 0;
        for (var feature : features) {
            on |= 1L << feature.ordinal();
        }
        for (var op : OPCODES) {
            // A look at a bit for nearly all of them: this happens at each start.
            boolean sure = (on >>> op.feature().ordinal() & 1) != 0 && op != Opcode.RETURN_CALL_REF;
            if (!sure && !FeatureRules.allows(features, op)) {
                rules[op.ordinal()] = DISABLED;
            }
        }
        return rules;
    }

    /**
     * The fixed type of an instruction: bits 0–3 count the operands, 4–7 the results, and then come
     * four bits each for the operands, last first, and for the results, first first.
     */
    static long type(Opcode op) {
        long known = TYPES[op.ordinal()];
        if (known == 0) {
            // Worked out when first asked for: a module has few of all instructions.
            known = fixedType(op.signature());
            TYPES[op.ordinal()] = known;
        }
        return known;
    }

    static int lanes(int ordinal) {
        return LANES[ordinal];
    }

    static boolean constant(Opcode op) {
        return isConstant(op);
    }

    private static byte rule(Opcode op) {
        if (op.hasFixedType()) {
            return switch (op.immediate()) {
                case MEMARG -> op.feature() == Feature.THREADS ? ATOMIC_ACCESS : MEMORY_ACCESS;
                case MEMARG_LANE -> MEMORY_LANE;
                case LANE -> LANE;
                case SHUFFLE -> SHUFFLE;
                default -> FIXED;
            };
        }
        return switch (op) {
            case LOCAL_GET -> LOCAL_GET;
            case LOCAL_SET -> LOCAL_SET;
            case LOCAL_TEE -> LOCAL_TEE;
            case BLOCK -> BLOCK;
            case LOOP -> LOOP;
            case IF -> IF;
            case ELSE -> ELSE;
            case END -> END;
            case BR -> BR;
            case BR_IF -> BR_IF;
            case CALL -> CALL;
            case DROP -> DROP;
            case SELECT -> SELECT;
            case GLOBAL_GET -> GLOBAL_GET;
            case GLOBAL_SET -> GLOBAL_SET;
            case UNREACHABLE,
                    TRY,
                    CATCH,
                    THROW,
                    RETHROW,
                    THROW_REF,
                    BR_TABLE,
                    RETURN,
                    CALL_INDIRECT,
                    RETURN_CALL,
                    RETURN_CALL_INDIRECT,
                    CALL_REF,
                    RETURN_CALL_REF,
                    DELEGATE,
                    CATCH_ALL,
                    TRY_TABLE ->
                    CONTROL;
            case TABLE_GET,
                    TABLE_SET,
                    TABLE_INIT,
                    TABLE_COPY,
                    TABLE_GROW,
                    TABLE_SIZE,
                    TABLE_FILL,
                    ELEM_DROP,
                    MEMORY_SIZE,
                    MEMORY_GROW,
                    MEMORY_INIT,
                    MEMORY_COPY,
                    MEMORY_FILL,
                    DATA_DROP ->
                    BULK;
            default -> REFERENCE;
        };
    }

    private static long fixedType(String signature) {
        int colon = signature.indexOf(':');
        int results = signature.length() - colon - 1;
        long type = colon | results << 4;
        int shift = 8;
        for (int i = colon - 1; i >= 0; i--, shift += 4) {
            type |= (long) kind(signature.charAt(i)) << shift;
        }
        for (int i = colon + 1; i < signature.length(); i++, shift += 4) {
            type |= (long) kind(signature.charAt(i)) << shift;
        }
        return type;
    }

    private static int kind(char letter) {
        return switch (letter) {
            case 'i' -> ValueKind.I32;
            case 'l' -> ValueKind.I64;
            case 'f' -> ValueKind.F32;
            case 'd' -> ValueKind.F64;
            case 'v' -> ValueKind.V128;
            case 'a' -> ADDRESS;
            default -> throw new IllegalArgumentException("signature: " + letter);
        };
    }

    private static byte lanes(Opcode op) {
        if (op.immediate() == Immediate.MEMARG_LANE) {
            return (byte) (16 >> op.widthLog2());
        }
        if (op.immediate() != Immediate.LANE) {
            return 0;
        }
        var name = op.mnemonic();
        return Byte.parseByte(name.substring(name.indexOf('x') + 1, name.indexOf('.')));
    }

    private static boolean isConstant(Opcode op) {
        return switch (op) {
            case I32_CONST,
                    I64_CONST,
                    F32_CONST,
                    F64_CONST,
                    V128_CONST,
                    I32_ADD,
                    I32_SUB,
                    I32_MUL,
                    I64_ADD,
                    I64_SUB,
                    I64_MUL,
                    REF_NULL,
                    REF_FUNC,
                    REF_I31,
                    GLOBAL_GET,
                    STRUCT_NEW,
                    STRUCT_NEW_DEFAULT,
                    STRUCT_NEW_DESC,
                    STRUCT_NEW_DEFAULT_DESC,
                    ARRAY_NEW,
                    ARRAY_NEW_DEFAULT,
                    ARRAY_NEW_FIXED,
                    ANY_CONVERT_EXTERN,
                    EXTERN_CONVERT_ANY,
                    END ->
                    true;
            default -> false;
        };
    }
}
