// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec.gc;

import io.nacelle.runtime.ObjectRef;
import io.nacelle.runtime.V128;
import io.nacelle.runtime.exec.Values;
import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.FieldType;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.PackedType;
import io.nacelle.wasm.syntax.ValType;

import java.util.EnumSet;
import java.util.Set;

/** A structure or an array. What the host does with either is here, in terms of an index. */
public abstract sealed class GcObject implements ObjectRef permits StructObject, ArrayObject {
    private static final Set<Storage> INTS = EnumSet.of(Storage.I8, Storage.I16, Storage.I32);

    public final ObjectKind kind;

    GcObject(ObjectKind kind) {
        this.kind = kind;
    }

    @Override
    public final DefType type() {
        return kind.type;
    }

    /**
     * The type of a field or element.
     *
     * @throws IndexOutOfBoundsException when there is none
     */
    abstract FieldType field(int index);

    /** The number, or a vector's low half, at an index that exists. */
    abstract long low(int index);

    abstract long high(int index);

    abstract Object referenceAt(int index);

    /** Sets what is at an index that exists, from what there is of its type. */
    abstract void put(int index, long low, long high, Object ref);

    /** The object of a header, for messages. */
    @Override
    public final String toString() {
        return kind.type.toString();
    }

    private void require(int index, Set<Storage> wanted) {
        var field = field(index);
        if (!wanted.contains(Storage.of(field.storage()))) {
            throw new IllegalArgumentException("of type " + field.storage() + ": " + index);
        }
    }

    private void requireMutable(int index, Set<Storage> wanted) {
        require(index, wanted);
        requireMutable(index);
    }

    private void requireMutable(int index) {
        if (!field(index).isMutable()) {
            throw new IllegalStateException("immutable: " + index);
        }
    }

    /** The type of the values that a field takes and gives. */
    static ValType unpacked(FieldType field) {
        return switch (field.storage()) {
            case PackedType _ -> NumType.I32;
            case ValType type -> type;
        };
    }

    @Override
    public final Object get(int index) {
        var field = field(index);
        return switch (Storage.of(field.storage())) {
            case I8, I16, I32 -> (int) low(index);
            case I64 -> low(index);
            case F32 -> Float.intBitsToFloat((int) low(index));
            case F64 -> Double.longBitsToDouble(low(index));
            case V128 -> new V128(low(index), high(index));
            case REF -> referenceAt(index);
        };
    }

    @Override
    public final void set(int index, Object value) {
        requireMutable(index);
        init(index, value);
    }

    /** Sets a field or element that may be immutable to a value that may be of another type. */
    final void init(int index, Object value) {
        Values.check(value, unpacked(field(index)));
        kind.store.checkOwner(value);
        put(index, Values.bits(value), Values.high(value), value);
    }

    @Override
    public final int i32(int index) {
        require(index, INTS);
        return (int) low(index);
    }

    @Override
    public final long i64(int index) {
        require(index, EnumSet.of(Storage.I64));
        return low(index);
    }

    @Override
    public final float f32(int index) {
        require(index, EnumSet.of(Storage.F32));
        return Float.intBitsToFloat((int) low(index));
    }

    @Override
    public final double f64(int index) {
        require(index, EnumSet.of(Storage.F64));
        return Double.longBitsToDouble(low(index));
    }

    @Override
    public final V128 v128(int index) {
        require(index, EnumSet.of(Storage.V128));
        return new V128(low(index), high(index));
    }

    @Override
    public final Object ref(int index) {
        require(index, EnumSet.of(Storage.REF));
        return referenceAt(index);
    }

    @Override
    public final void setI32(int index, int value) {
        requireMutable(index, INTS);
        put(index, value, 0, null);
    }

    @Override
    public final void setI64(int index, long value) {
        requireMutable(index, EnumSet.of(Storage.I64));
        put(index, value, 0, null);
    }

    @Override
    public final void setF32(int index, float value) {
        requireMutable(index, EnumSet.of(Storage.F32));
        put(index, Float.floatToRawIntBits(value), 0, null);
    }

    @Override
    public final void setF64(int index, double value) {
        requireMutable(index, EnumSet.of(Storage.F64));
        put(index, Double.doubleToRawLongBits(value), 0, null);
    }

    @Override
    public final void setV128(int index, V128 value) {
        requireMutable(index, EnumSet.of(Storage.V128));
        put(index, value.low(), value.high(), null);
    }

    @Override
    public final void setRef(int index, Object value) {
        requireMutable(index, EnumSet.of(Storage.REF));
        init(index, value);
    }
}
