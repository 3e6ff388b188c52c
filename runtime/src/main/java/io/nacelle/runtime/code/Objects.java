// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

import io.nacelle.runtime.I31;
import io.nacelle.runtime.Trap;
import io.nacelle.runtime.TrapKind;
import io.nacelle.runtime.exec.gc.ArrayObject;
import io.nacelle.runtime.exec.gc.ByteArray;
import io.nacelle.runtime.exec.gc.GcOps;
import io.nacelle.runtime.exec.gc.GcTraps;
import io.nacelle.runtime.exec.gc.IntArray;
import io.nacelle.runtime.exec.gc.LongArray;
import io.nacelle.runtime.exec.gc.RefArray;
import io.nacelle.runtime.exec.gc.RefTest;
import io.nacelle.runtime.exec.gc.ShortArray;
import io.nacelle.runtime.exec.gc.StructKind;
import io.nacelle.runtime.exec.gc.StructObject;

/** What compiled code calls for references and objects. */
public final class Objects {
    private Objects() {}

    public static int isNull(Object ref) {
        return ref == null ? 1 : 0;
    }

    public static Object nonNull(Object ref) {
        if (ref == null) {
            throw new Trap(TrapKind.NULL_REFERENCE);
        }
        return ref;
    }

    /** Whether a reference is of a type by its {@link RefTest} number. */
    public static int isOf(Object ref, CodeInstance instance, int code) {
        return RefTest.test(ref, code, instance.types) ? 1 : 0;
    }

    /** Whether a reference is of a type and described by another object. */
    public static int isDescribed(Object ref, Object by, CodeInstance instance, int code) {
        var scratch = instance.scratch;
        scratch.refs[0] = ref;
        scratch.refs[1] = by;
        try {
            return GcOps.isDescribed(scratch, instance.instance, code, 0, 1) ? 1 : 0;
        } finally {
            scratch.refs[0] = null;
            scratch.refs[1] = null;
        }
    }

    /** What {@code ref.cast} gives. */
    public static Object cast(Object ref, CodeInstance instance, int code) {
        if (!RefTest.test(ref, code, instance.types)) {
            throw GcTraps.castFailure();
        }
        return ref;
    }

    public static int same(Object left, Object right) {
        return RefTest.same(left, right) ? 1 : 0;
    }

    public static Object i31(int value) {
        return I31.wrap(value);
    }

    private static I31 asI31(Object ref) {
        if (ref == null) {
            throw GcTraps.nullI31();
        }
        return (I31) ref;
    }

    public static int i31Signed(Object ref) {
        return asI31(ref).value();
    }

    public static int i31Unsigned(Object ref) {
        return asI31(ref).unsigned();
    }

    // Structures: a field's slot is known when the code is made, so that what tells slots apart is
    // gone once this is compiled.

    private static StructObject struct(Object ref) {
        if (ref == null) {
            throw GcTraps.nullStructure();
        }
        return (StructObject) ref;
    }

    /** A structure whose fields are zero and null. */
    public static Object struct(CodeInstance instance, int type) {
        return ((StructKind) instance.instance.objectKind(type)).make();
    }

    public static int fieldI32(Object ref, int slot) {
        return (int) struct(ref).number(slot);
    }

    public static void field(Object ref, int value, int slot) {
        struct(ref).number(slot, value);
    }

    public static long fieldI64(Object ref, int slot) {
        return struct(ref).number(slot);
    }

    public static void field(Object ref, long value, int slot) {
        struct(ref).number(slot, value);
    }

    public static float fieldF32(Object ref, int slot) {
        return Float.intBitsToFloat((int) struct(ref).number(slot));
    }

    public static void field(Object ref, float value, int slot) {
        struct(ref).number(slot, Float.floatToRawIntBits(value));
    }

    public static double fieldF64(Object ref, int slot) {
        return Double.longBitsToDouble(struct(ref).number(slot));
    }

    public static void field(Object ref, double value, int slot) {
        struct(ref).number(slot, Double.doubleToRawLongBits(value));
    }

    public static Object fieldRef(Object ref, int slot) {
        return struct(ref).reference(slot);
    }

    public static void field(Object ref, Object value, int slot) {
        struct(ref).reference(slot, value);
    }

    // Arrays.

    private static Object array(Object ref) {
        if (ref == null) {
            throw GcTraps.nullArray();
        }
        return ref;
    }

    private static int index(int index, int length) {
        if (index < 0 || index >= length) {
            throw GcTraps.outOfBounds();
        }
        return index;
    }

    public static int length(Object ref) {
        return ((ArrayObject) array(ref)).length();
    }

    public static int elementS8(Object ref, int at) {
        var e = ((ByteArray) array(ref)).elements;
        return e[index(at, e.length)];
    }

    public static void setS8(Object ref, int at, int value) {
        var e = ((ByteArray) array(ref)).elements;
        e[index(at, e.length)] = (byte) value;
    }

    public static int elementU8(Object ref, int at) {
        var e = ((ByteArray) array(ref)).elements;
        return e[index(at, e.length)] & 0xFF;
    }

    public static int elementS16(Object ref, int at) {
        var e = ((ShortArray) array(ref)).elements;
        return e[index(at, e.length)];
    }

    public static void setS16(Object ref, int at, int value) {
        var e = ((ShortArray) array(ref)).elements;
        e[index(at, e.length)] = (short) value;
    }

    public static int elementU16(Object ref, int at) {
        var e = ((ShortArray) array(ref)).elements;
        return e[index(at, e.length)] & 0xFFFF;
    }

    public static int elementI32(Object ref, int at) {
        var e = ((IntArray) array(ref)).elements;
        return e[index(at, e.length)];
    }

    public static void setI32(Object ref, int at, int value) {
        var e = ((IntArray) array(ref)).elements;
        e[index(at, e.length)] = value;
    }

    public static long elementI64(Object ref, int at) {
        var e = ((LongArray) array(ref)).elements;
        return e[index(at, e.length)];
    }

    public static void setI64(Object ref, int at, long value) {
        var e = ((LongArray) array(ref)).elements;
        e[index(at, e.length)] = value;
    }

    public static float elementF32(Object ref, int at) {
        var e = ((IntArray) array(ref)).elements;
        return Float.intBitsToFloat(e[index(at, e.length)]);
    }

    public static void setF32(Object ref, int at, float value) {
        var e = ((IntArray) array(ref)).elements;
        e[index(at, e.length)] = Float.floatToRawIntBits(value);
    }

    public static double elementF64(Object ref, int at) {
        var e = ((LongArray) array(ref)).elements;
        return Double.longBitsToDouble(e[index(at, e.length)]);
    }

    public static void setF64(Object ref, int at, double value) {
        var e = ((LongArray) array(ref)).elements;
        e[index(at, e.length)] = Double.doubleToRawLongBits(value);
    }

    public static Object elementRef(Object ref, int at) {
        var e = ((RefArray) array(ref)).elements;
        return e[index(at, e.length)];
    }

    public static void setRef(Object ref, int at, Object value) {
        var e = ((RefArray) array(ref)).elements;
        e[index(at, e.length)] = value;
    }
}
