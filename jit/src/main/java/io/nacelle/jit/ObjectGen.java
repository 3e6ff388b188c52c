// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.runtime.exec.gc.Storage;
import io.nacelle.wasm.syntax.AddrType;
import io.nacelle.wasm.syntax.ArrayType;
import io.nacelle.wasm.syntax.Opcode;
import io.nacelle.wasm.syntax.PackedType;
import io.nacelle.wasm.syntax.StorageType;
import io.nacelle.wasm.syntax.ValType;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.MethodTypeDesc;

/** Generates what works on references, objects and tables. */
final class ObjectGen {
    private final InstrGen gen;
    private final Unit unit;
    private final CodeBuilder cb;

    ObjectGen(InstrGen gen) {
        this.gen = gen;
        this.unit = gen.unit;
        this.cb = gen.cb;
    }

    /** The kind of a structure's field on the stack. */
    byte field(int type, int field) {
        return kind(unit.module.layout(type).storage(field));
    }

    /** The kind of an array's elements on the stack. */
    byte element(int type) {
        StorageType storage = ((ArrayType) unit.module.types[type].comp()).field().storage();
        return switch (storage) {
            case PackedType _ -> Kinds.I32;
            case ValType value -> Kinds.of(value);
        };
    }

    private static byte kind(Storage storage) {
        return switch (storage) {
            case I8, I16, I32 -> Kinds.I32;
            case I64 -> Kinds.I64;
            case F32 -> Kinds.F32;
            case F64 -> Kinds.F64;
            case V128 -> Kinds.V128;
            case REF -> Kinds.REF;
        };
    }

    /** Emits an instruction; false when it has no code of its own. */
    boolean emit(int i, Opcode op) {
        switch (op) {
            case REF_NULL -> {
                cb.aconst_null();
                gen.push(Kinds.REF);
            }
            case REF_IS_NULL -> {
                gen.need(1);
                gen.pop();
                cb.invokestatic(
                        Names.of(io.nacelle.runtime.code.Objects.class),
                        "isNull",
                        MethodTypeDesc.of(Names.INT, Names.OBJECT));
                gen.push(Kinds.I32);
            }
            case REF_AS_NON_NULL -> {
                gen.need(1);
                cb.invokestatic(
                        Names.of(io.nacelle.runtime.code.Objects.class),
                        "nonNull",
                        MethodTypeDesc.of(Names.OBJECT, Names.OBJECT));
            }
            case REF_FUNC -> {
                cb.aload(gen.varInstance).loadConstant(gen.ir.x[i]);
                cb.invokestatic(
                        Names.RT,
                        "func",
                        MethodTypeDesc.of(Names.FUNC, Names.INSTANCE, Names.INT));
                gen.push(Kinds.REF);
            }
            case ANY_CONVERT_EXTERN, EXTERN_CONVERT_ANY -> {
                // A Java object is both.
            }
            case TABLE_GET -> {
                return tableGet(gen.ir.x[i]);
            }
            case TABLE_SET -> {
                return tableSet(gen.ir.x[i]);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean isSmall(int table) {
        return unit.module.valid.table(table).addr() == AddrType.I32;
    }

    private boolean tableGet(int table) {
        if (!isSmall(table)) {
            return false;
        }
        gen.need(1);
        gen.pop();
        cb.aload(gen.varInstance).loadConstant(table);
        cb.invokestatic(
                Names.RT,
                "tableGet",
                MethodTypeDesc.of(Names.OBJECT, Names.INT, Names.INSTANCE, Names.INT));
        gen.push(Kinds.REF);
        return true;
    }

    private boolean tableSet(int table) {
        if (!isSmall(table)) {
            return false;
        }
        gen.need(2);
        gen.pop(2);
        cb.aload(gen.varInstance).loadConstant(table);
        cb.invokestatic(
                Names.RT,
                "tableSet",
                MethodTypeDesc.of(
                        Names.VOID, Names.INT, Names.OBJECT, Names.INSTANCE, Names.INT));
        return true;
    }
}
