// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.syntax.VecType;
import io.nacelle.wasm.valid.ValueKind;

import java.util.List;

/** The kinds of values ({@link ValueKind}) in rows of bytes. */
final class Kinds {
    static final byte I32 = ValueKind.I32;
    static final byte I64 = ValueKind.I64;
    static final byte F32 = ValueKind.F32;
    static final byte F64 = ValueKind.F64;
    static final byte V128 = ValueKind.V128;
    static final byte REF = ValueKind.REF;

    private static final byte[] EMPTY = {};
    static final Ir.Shape NONE = new Ir.Shape(EMPTY, EMPTY);
    private static final Ir.Shape[] ONE = new Ir.Shape[REF + 1];

    static {
        for (int kind = 0; kind < ONE.length; kind++) {
            ONE[kind] = new Ir.Shape(EMPTY, new byte[] {(byte) kind});
        }
    }

    private Kinds() {}

    static byte of(ValType type) {
        return switch (type) {
            case NumType.I32 -> I32;
            case NumType.I64 -> I64;
            case NumType.F32 -> F32;
            case NumType.F64 -> F64;
            case VecType.V128 -> V128;
            case RefType _ -> REF;
        };
    }

    static byte[] of(List<? extends ValType> types) {
        var kinds = new byte[types.size()];
        for (int i = 0; i < kinds.length; i++) {
            kinds[i] = of(types.get(i));
        }
        return kinds;
    }

    /** The kind that a letter of an instruction's signature stands for. */
    static byte ofLetter(char letter) {
        return switch (letter) {
            case 'i' -> I32;
            case 'l' -> I64;
            case 'f' -> F32;
            case 'd' -> F64;
            case 'v' -> V128;
            default -> throw new IllegalArgumentException(String.valueOf(letter));
        };
    }

    /** The shape of a block that only leaves one value. */
    static Ir.Shape result(ValType type) {
        return ONE[of(type)];
    }

    /** The words of a JVM value. */
    static int width(byte kind) {
        return kind == I64 || kind == F64 ? 2 : 1;
    }
}
