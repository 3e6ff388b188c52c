// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec.gc;

import io.nacelle.runtime.I31;
import io.nacelle.runtime.Trap;
import io.nacelle.runtime.TrapKind;
import io.nacelle.runtime.exec.InstanceImpl;
import io.nacelle.runtime.exec.Slots;

/**
 * Structures, single elements of arrays, and casts, in register form for everyone who executes
 * code: a, b and c are the slots of the operands in order, d is the slot of the result.
 */
public final class GcOps {
    private GcOps() {}

    private static StructObject struct(Object ref) {
        if (ref == null) {
            throw GcTraps.nullStructure();
        }
        return (StructObject) ref;
    }

    static ArrayObject array(Object ref) {
        if (ref == null) {
            throw GcTraps.nullArray();
        }
        return (ArrayObject) ref;
    }

    private static StructObject descriptor(Object ref) {
        if (ref == null) {
            throw new Trap(TrapKind.NULL_DESCRIPTOR_REFERENCE);
        }
        return (StructObject) ref;
    }

    /** {@code struct.new}: the fields are from a on. */
    public static void structNew(Slots r, InstanceImpl instance, int type, int a, int d) {
        r.refs[d] = ((StructKind) instance.objectKind(type)).make(r, a);
    }

    public static void structNewDefault(Slots r, InstanceImpl instance, int type, int d) {
        r.refs[d] = ((StructKind) instance.objectKind(type)).make();
    }

    /** {@code struct.new_desc}: the fields are from a on, the descriptor is in b. */
    public static void structNewDesc(
            Slots r, InstanceImpl instance, int type, int a, int b, int d) {
        var kind = (StructKind) instance.objectKind(type);
        var descriptor = descriptor(r.refs[b]);
        var made = kind.make(r, a);
        made.reference(kind.layout.descriptor(), descriptor);
        r.refs[d] = made;
    }

    /** {@code struct.new_default_desc}: the descriptor is in a. */
    public static void structNewDefaultDesc(
            Slots r, InstanceImpl instance, int type, int a, int d) {
        var kind = (StructKind) instance.objectKind(type);
        var descriptor = descriptor(r.refs[a]);
        var made = kind.make();
        made.reference(kind.layout.descriptor(), descriptor);
        r.refs[d] = made;
    }

    public static void structGet(
            Slots r, InstanceImpl instance, int type, int field, int a, int d) {
        struct(r.refs[a]).load(instance.module.layout(type), field, r, d);
    }

    /** {@code struct.get_u}. */
    public static void structGetUnsigned(
            Slots r, InstanceImpl instance, int type, int field, int a, int d) {
        structGet(r, instance, type, field, a, d);
        r.slots[d] = instance.module.layout(type).storage(field).unsigned(r.slots[d]);
    }

    public static void structSet(
            Slots r, InstanceImpl instance, int type, int field, int a, int b) {
        struct(r.refs[a]).store(instance.module.layout(type), field, r, b);
    }

    public static void arrayGet(Slots r, int a, int b, int d) {
        var array = array(r.refs[a]);
        array.load(index(array, r.slots[b]), r, d);
    }

    /** {@code array.get_u}. */
    public static void arrayGetUnsigned(Slots r, int a, int b, int d) {
        arrayGet(r, a, b, d);
        var storage = ((ArrayKind) ((ArrayObject) r.refs[a]).kind).storage;
        r.slots[d] = storage.unsigned(r.slots[d]);
    }

    public static void arraySet(Slots r, int a, int b, int c) {
        var array = array(r.refs[a]);
        array.store(index(array, r.slots[b]), r, c);
    }

    private static int index(ArrayObject array, long slot) {
        int index = (int) slot;
        if (index < 0 || index >= array.length()) {
            throw GcTraps.outOfBounds();
        }
        return index;
    }

    public static void arrayLen(Slots r, int a, int d) {
        r.slots[d] = array(r.refs[a]).length();
    }

    public static void refEq(Slots r, int a, int b, int d) {
        r.slots[d] = RefTest.same(r.refs[a], r.refs[b]) ? 1 : 0;
    }

    public static void refI31(Slots r, int a, int d) {
        r.refs[d] = I31.wrap((int) r.slots[a]);
    }

    private static I31 i31(Object ref) {
        if (ref == null) {
            throw GcTraps.nullI31();
        }
        return (I31) ref;
    }

    public static void i31GetSigned(Slots r, int a, int d) {
        r.slots[d] = i31(r.refs[a]).value();
    }

    public static void i31GetUnsigned(Slots r, int a, int d) {
        r.slots[d] = i31(r.refs[a]).unsigned();
    }

    /** {@code ref.test} of a type by its {@link RefTest} number. */
    public static void refTest(Slots r, InstanceImpl instance, int code, int a, int d) {
        r.slots[d] = RefTest.test(r.refs[a], code, instance.module.types) ? 1 : 0;
    }

    /** {@code ref.cast}. */
    public static void refCast(Slots r, InstanceImpl instance, int code, int a, int d) {
        var ref = r.refs[a];
        if (!RefTest.test(ref, code, instance.module.types)) {
            throw GcTraps.castFailure();
        }
        r.refs[d] = ref;
    }

    /** {@code any.convert_extern} and {@code extern.convert_any}: a Java object is both. */
    public static void convert(Slots r, int a, int d) {
        r.refs[d] = r.refs[a];
    }

    /** {@code ref.get_desc}. */
    public static void refGetDesc(Slots r, InstanceImpl instance, int type, int a, int d) {
        if (r.refs[a] == null) {
            throw new Trap(TrapKind.NULL_REFERENCE);
        }
        var struct = (StructObject) r.refs[a];
        r.refs[d] = struct.reference(instance.module.layout(type).descriptor());
    }

    /**
     * Whether the reference in a is of a type and described by what is in b, or null and may be.
     */
    public static boolean isDescribed(Slots r, InstanceImpl instance, int code, int a, int b) {
        var wanted = descriptor(r.refs[b]);
        var ref = r.refs[a];
        if (!RefTest.test(ref, code, instance.module.types)) {
            return false;
        }
        int slot = instance.module.layout(RefTest.typeIndex(code)).descriptor();
        return ref == null || ((StructObject) ref).reference(slot) == wanted;
    }

    /** {@code ref.cast_desc_eq}. */
    public static void refCastDescEq(
            Slots r, InstanceImpl instance, int code, int a, int b, int d) {
        if (!isDescribed(r, instance, code, a, b)) {
            throw new Trap(TrapKind.DESCRIPTOR_CAST_FAILURE);
        }
        r.refs[d] = r.refs[a];
    }
}
