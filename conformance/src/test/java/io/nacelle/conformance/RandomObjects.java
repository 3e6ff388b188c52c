// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance;

import java.util.List;

/** Random code about references and objects. */
abstract class RandomObjects extends RandomCode {
    RandomObjects(long seed) {
        super(seed);
    }

    Type holder(int field) {
        return field < 3
                ? List.of(Type.BASE, Type.WIDE, Type.LEAF).get(below(3))
                : field < 6 ? List.of(Type.WIDE, Type.LEAF).get(below(2)) : Type.LEAF;
    }

    static boolean isPacked(int field) {
        return field == 1 || field == 5;
    }

    void getField(int field, int d) {
        var holder = holder(field);
        some(holder, d - 1);
        var sign = isPacked(field) ? chance(50) ? "_s" : "_u" : "";
        emit("struct.get" + sign + " " + holder.heap() + " " + field);
    }

    void setField(int d) {
        int field = below(FIELDS.size());
        var holder = holder(field);
        some(holder, d - 1);
        value(FIELDS.get(field), d - 1);
        emit("struct.set " + holder.heap() + " " + field);
    }

    static Type elementType(Type array) {
        return switch (array) {
            case LONGS -> Type.I64;
            case VECTORS -> Type.V128;
            case REFS -> Type.ANY;
            default -> Type.I32;
        };
    }

    Type array() {
        return Type.values()[Type.BYTES.ordinal() + below(6)];
    }

    /** Arrays have no fewer than four elements. */
    void index(int most, int d) {
        value(Type.I32, d - 1);
        emit("i32.const " + most, "i32.and");
    }

    void element(Type array, String sign, int d) {
        some(array, d - 1);
        index(3, d);
        emit("array.get" + sign + " " + array.heap());
    }

    void setElement(int d) {
        var array = array();
        some(array, d - 1);
        index(3, d);
        value(elementType(array), d - 1);
        emit("array.set " + array.heap());
    }

    void bulk(int d) {
        var array = array();
        some(array, d - 1);
        index(1, d);
        if (chance(50)) {
            value(elementType(array), d - 1);
            index(3, d);
            emit("array.fill " + array.heap());
        } else {
            some(array, d - 1);
            index(1, d);
            index(3, d);
            emit("array.copy " + array.heap() + " " + array.heap());
        }
    }

    /** A reference that is not null, of a value that may be. */
    void some(Type type, int d) {
        if (d <= 0 || chance(40)) {
            fresh(type, d);
            return;
        }
        value(type, d - 1);
        emit("block (param " + type.text + ") (result (ref " + type.heap() + "))");
        if (chance(50)) {
            emit("br_on_non_null 0");
        } else {
            emit("br_on_cast 0 " + type.text + " (ref " + type.heap() + ")", "drop");
        }
        // Of so little depth, it uses no label.
        fresh(type, 0);
        emit("end");
    }

    /** A reference that is not null. */
    void fresh(Type type, int d) {
        switch (type) {
            case ANY -> fresh(List.of(Type.I31, Type.LEAF, Type.REFS).get(below(3)), d);
            case EQ -> fresh(List.of(Type.I31, Type.BASE, Type.INTS).get(below(3)), d);
            case I31 -> {
                value(Type.I32, d - 1);
                emit("ref.i31");
            }
            case BASE, WIDE, LEAF -> {
                if (type == Type.BASE && chance(30)) {
                    fresh(Type.LEAF, d);
                } else if (d <= 0 || chance(30)) {
                    emit("struct.new_default " + type.heap());
                } else {
                    int count = type == Type.BASE ? 3 : type == Type.WIDE ? 6 : 10;
                    values(FIELDS.subList(0, count), d - 2);
                    emit("struct.new " + type.heap());
                }
            }
            case BYTES, SHORTS, INTS, LONGS, VECTORS, REFS -> {
                switch (below(3)) {
                    case 0 ->
                            emit("i32.const " + (4 + below(4)), "array.new_default " + type.heap());
                    case 1 -> {
                        value(elementType(type), d - 1);
                        emit("i32.const " + (4 + below(4)), "array.new " + type.heap());
                    }
                    default -> {
                        for (int i = 0; i < 4; i++) {
                            value(elementType(type), d - 2);
                        }
                        emit("array.new_fixed " + type.heap() + " 4");
                    }
                }
            }
            case FUNC -> emit("ref.func $f" + (self / FUNCS * FUNCS + below(FUNCS)));
            case CALLEE -> emit("ref.func $f" + (self / FUNCS * FUNCS + FUNCS - 1));
            case EXTERN -> {
                fresh(Type.ANY, d);
                emit("extern.convert_any");
            }
            case EXN -> {
                emit("block (result (ref exn))", "try_table (catch_all_ref 0)");
                int tag = below(TAGS.size());
                // No label of these blocks is to be used.
                TAGS.get(tag).forEach(t -> emit(zero(t)));
                emit("throw $t" + tag, "end", "unreachable", "end");
            }
            default -> throw new AssertionError(type);
        }
    }

    void reference(Type type, int d) {
        int field = FIELDS.indexOf(type);
        if (field >= 0 && chance(40)) {
            getField(field, d);
            return;
        }
        switch (type) {
            case ANY -> {
                switch (below(4)) {
                    case 0 -> element(Type.REFS, "", d);
                    case 1 -> {
                        value(Type.EXTERN, d - 1);
                        emit("any.convert_extern");
                    }
                    case 2 -> {
                        value(Type.ANY, d - 1);
                        emit("call $same");
                    }
                    default -> value(Type.values()[Type.EQ.ordinal() + below(11)], d - 1);
                }
            }
            case EQ, I31, BASE, WIDE, LEAF, BYTES, SHORTS, INTS, LONGS, VECTORS, REFS ->
                    cast(type, d);
            case EXTERN -> {
                value(Type.ANY, d - 1);
                emit("extern.convert_any");
            }
            case FUNC -> value(Type.CALLEE, d - 1);
            default -> fresh(type, d - 1);
        }
    }

    /** A cast that cannot fail, since a branch takes what is not of the type. */
    void cast(Type type, int d) {
        var results = List.of(type);
        emit("block" + list("result", results));
        labels.add(new Label(results, false));
        if (chance(50)) {
            value(Type.ANY, d - 1);
            emit("br_on_cast 0 anyref " + type.text, "drop");
        } else {
            emit("block (result anyref)");
            labels.add(new Label(List.of(Type.ANY), false));
            value(Type.ANY, d - 1);
            emit("br_on_cast_fail 0 anyref " + type.text, "br 1");
            labels.removeLast();
            emit("end", "drop");
        }
        value(type, d - 1);
        labels.removeLast();
        emit("end");
    }
}
