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
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/** Generates what works on references, objects and tables. */
final class ObjectGen {
    private static final ClassDesc OBJECTS = Names.of(io.nacelle.runtime.code.Objects.class);

    /** Fields beyond which a structure is made by the runtime. */
    private static final int MOST_FIELDS = 24;

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
                cb.invokestatic(OBJECTS, "isNull", MethodTypeDesc.of(Names.INT, Names.OBJECT));
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
                        Names.RT, "func", MethodTypeDesc.of(Names.FUNC, Names.INSTANCE, Names.INT));
                gen.push(Kinds.REF);
            }
            case ANY_CONVERT_EXTERN, EXTERN_CONVERT_ANY -> {
                // A Java object is both.
            }
            case REF_TEST, REF_TEST_NULL -> {
                gen.need(1);
                gen.pop();
                cb.aload(gen.varInstance).loadConstant(gen.ir.x[i]);
                call("isOf", Names.INT, Names.OBJECT, Names.INSTANCE, Names.INT);
                gen.push(Kinds.I32);
            }
            case REF_CAST, REF_CAST_NULL -> {
                gen.need(1);
                cb.aload(gen.varInstance).loadConstant(gen.ir.x[i]);
                call("cast", Names.OBJECT, Names.OBJECT, Names.INSTANCE, Names.INT);
            }
            case REF_EQ -> simple(2, "same", Kinds.I32, Names.OBJECT, Names.OBJECT);
            case REF_I31 -> simple(1, "i31", Kinds.REF, Names.INT);
            case I31_GET_S -> simple(1, "i31Signed", Kinds.I32, Names.OBJECT);
            case I31_GET_U -> simple(1, "i31Unsigned", Kinds.I32, Names.OBJECT);
            case ARRAY_LEN -> simple(1, "length", Kinds.I32, Names.OBJECT);
            case STRUCT_GET, STRUCT_GET_S, STRUCT_GET_U -> {
                return fieldGet(i, op);
            }
            case STRUCT_SET -> {
                return fieldSet(i);
            }
            case STRUCT_NEW -> {
                return structNew(i);
            }
            case STRUCT_NEW_DEFAULT -> {
                newStruct(gen.ir.x[i]);
                gen.push(Kinds.REF);
            }
            case ARRAY_GET, ARRAY_GET_S, ARRAY_GET_U -> {
                return elementGet(i, op);
            }
            case ARRAY_SET -> {
                return elementSet(i);
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
                MethodTypeDesc.of(Names.VOID, Names.INT, Names.OBJECT, Names.INSTANCE, Names.INT));
        return true;
    }

    private void call(String name, ClassDesc result, ClassDesc... params) {
        cb.invokestatic(OBJECTS, name, MethodTypeDesc.of(result, params));
    }

    private void simple(int count, String name, byte result, ClassDesc... params) {
        gen.need(count);
        gen.pop(count);
        call(name, gen.desc(result), params);
        gen.push(result);
    }

    // Structures.

    private boolean fieldGet(int i, Opcode op) {
        var layout = unit.module.layout(gen.ir.x[i]);
        var storage = layout.storage(gen.ir.y[i]);
        if (storage == Storage.V128) {
            return false;
        }
        byte kind = kind(storage);
        gen.need(1);
        gen.pop();
        cb.loadConstant(layout.slot(gen.ir.y[i]));
        call("field" + Values.letter(kind), gen.desc(kind), Names.OBJECT, Names.INT);
        if (op == Opcode.STRUCT_GET_U && storage.isPacked()) {
            cb.loadConstant(storage == Storage.I8 ? 0xFF : 0xFFFF).iand();
        }
        gen.push(kind);
        return true;
    }

    private void narrow(Storage storage) {
        if (storage == Storage.I8) {
            cb.i2b();
        } else if (storage == Storage.I16) {
            cb.i2s();
        }
    }

    private boolean fieldSet(int i) {
        var layout = unit.module.layout(gen.ir.x[i]);
        var storage = layout.storage(gen.ir.y[i]);
        if (storage == Storage.V128) {
            return false;
        }
        gen.need(2);
        gen.pop(2);
        narrow(storage);
        cb.loadConstant(layout.slot(gen.ir.y[i]));
        call("field", Names.VOID, Names.OBJECT, gen.desc(kind(storage)), Names.INT);
        return true;
    }

    private void newStruct(int type) {
        cb.aload(gen.varInstance).loadConstant(type);
        call("struct", Names.OBJECT, Names.INSTANCE, Names.INT);
    }

    private boolean structNew(int i) {
        var layout = unit.module.layout(gen.ir.x[i]);
        int count = layout.fieldCount();
        boolean vectors = false;
        for (int j = 0; j < count; j++) {
            vectors |= layout.storage(j) == Storage.V128;
        }
        if (vectors || count > MOST_FIELDS || layout.descriptor() >= 0) {
            return false;
        }
        gen.need(count);
        newStruct(gen.ir.x[i]);
        cb.astore(gen.varTemp + 2);
        for (int j = count - 1; j >= 0; j--) {
            byte kind = kind(layout.storage(j));
            narrow(layout.storage(j));
            gen.storeTemp(kind);
            cb.aload(gen.varTemp + 2);
            gen.loadTemp(kind);
            cb.loadConstant(layout.slot(j));
            call("field", Names.VOID, Names.OBJECT, gen.desc(kind), Names.INT);
        }
        gen.pop(count);
        cb.aload(gen.varTemp + 2);
        gen.push(Kinds.REF);
        return true;
    }

    // Elements of arrays.

    private Storage elements(int type) {
        StorageType storage = ((ArrayType) unit.module.types[type].comp()).field().storage();
        return switch (storage) {
            case PackedType.I8 -> Storage.I8;
            case PackedType.I16 -> Storage.I16;
            case ValType value ->
                    switch (Kinds.of(value)) {
                        case Kinds.I32 -> Storage.I32;
                        case Kinds.I64 -> Storage.I64;
                        case Kinds.F32 -> Storage.F32;
                        case Kinds.F64 -> Storage.F64;
                        case Kinds.V128 -> Storage.V128;
                        default -> Storage.REF;
                    };
        };
    }

    private static String elementName(Storage storage, boolean unsigned) {
        return switch (storage) {
            case I8 -> unsigned ? "U8" : "S8";
            case I16 -> unsigned ? "U16" : "S16";
            case REF -> "Ref";
            default -> storage.name();
        };
    }

    private boolean elementGet(int i, Opcode op) {
        var storage = elements(gen.ir.x[i]);
        if (storage == Storage.V128) {
            return false;
        }
        byte kind = kind(storage);
        gen.need(2);
        gen.pop(2);
        var name = elementName(storage, op == Opcode.ARRAY_GET_U);
        call("element" + name, gen.desc(kind), Names.OBJECT, Names.INT);
        gen.push(kind);
        return true;
    }

    private boolean elementSet(int i) {
        var storage = elements(gen.ir.x[i]);
        if (storage == Storage.V128) {
            return false;
        }
        gen.need(3);
        gen.pop(3);
        call(
                "set" + elementName(storage, false),
                Names.VOID,
                Names.OBJECT,
                Names.INT,
                gen.desc(kind(storage)));
        return true;
    }
}
