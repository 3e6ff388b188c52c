// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec.gc;

import io.nacelle.runtime.Trap;
import io.nacelle.runtime.TrapKind;
import io.nacelle.runtime.exec.InstanceImpl;
import io.nacelle.runtime.exec.Slots;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Whole arrays, in register form as {@link GcOps}: operands are in the slots from a on, d is the
 * slot of the result. Lengths are charged as fuel before anything is done, when fuel is counted,
 * and a request to stop is looked for between chunks.
 */
public final class ArrayOps {
    /** Elements that one unit of fuel makes or moves. */
    private static final int UNITS_PER_FUEL = 64;

    /** Elements that are made or moved between polls. */
    private static final int CHUNK = 1 << 17;

    /** Bytes of a data segment that are read at one time. */
    private static final int BUFFER = 1 << 13;

    private ArrayOps() {}

    private static void charge(InstanceImpl instance, int length) {
        if (instance.module.countsFuel()) {
            instance.store.burn(length / UNITS_PER_FUEL);
        }
    }

    /** An array of an unsigned length that comes from the guest, whose elements are to be set. */
    private static ArrayObject make(InstanceImpl instance, int type, int length) {
        var kind = (ArrayKind) instance.objectKind(type);
        kind.checkLength(length);
        charge(instance, length);
        return kind.make(length);
    }

    private static void checkRange(ArrayObject array, int from, int count) {
        if (from < 0 || count < 0 || from > array.length() - count) {
            throw GcTraps.outOfBounds();
        }
    }

    /** {@code array.new}: a value and a length. */
    public static void arrayNew(Slots r, InstanceImpl instance, int type, int a, int b, int d) {
        int length = (int) r.slots[b];
        var made = make(instance, type, length);
        fill(made, 0, length, r, a);
        r.refs[d] = made;
    }

    public static void arrayNewDefault(Slots r, InstanceImpl instance, int type, int a, int d) {
        r.refs[d] = make(instance, type, (int) r.slots[a]);
    }

    /** {@code array.new_fixed}: the elements are from a on. */
    public static void arrayNewFixed(
            Slots r, InstanceImpl instance, int type, int count, int a, int d) {
        var kind = (ArrayKind) instance.objectKind(type);
        kind.checkLength(count);
        var made = kind.make(count);
        for (int i = 0; i < count; i++) {
            made.store(i, r, a + i);
        }
        r.refs[d] = made;
    }

    /** {@code array.new_data}: an offset in the segment and a length. */
    public static void arrayNewData(
            Slots r, InstanceImpl instance, int type, int data, int a, int b, int d) {
        var kind = (ArrayKind) instance.objectKind(type);
        int length = (int) r.slots[b];
        int offset = dataOffset(instance, kind, data, r.slots[a], length);
        var made = make(instance, type, length);
        read(made, instance, offset, 0, length);
        r.refs[d] = made;
    }

    /** {@code array.new_elem}: an offset in the segment and a length. */
    public static void arrayNewElem(
            Slots r, InstanceImpl instance, int type, int elem, int a, int b, int d) {
        int length = (int) r.slots[b];
        int offset = elemOffset(instance, elem, r.slots[a], length);
        var made = (RefArray) make(instance, type, length);
        System.arraycopy(instance.elems[elem], offset, made.elements, 0, length);
        r.refs[d] = made;
    }

    /** {@code array.fill}: an array, an index, a value in b, and a length in c. */
    public static void arrayFill(Slots r, InstanceImpl instance, int a, int i, int b, int c) {
        var array = GcOps.array(r.refs[a]);
        int from = (int) r.slots[i];
        int count = (int) r.slots[c];
        checkRange(array, from, count);
        charge(instance, count);
        fill(array, from, count, r, b);
    }

    private static void fill(ArrayObject array, int from, int count, Slots r, int value) {
        boolean ref = array instanceof RefArray;
        long low = ref ? 0 : r.slots[value];
        long high = array instanceof VectorArray ? r.high[value] : 0;
        Object object = ref ? r.refs[value] : null;
        for (int done = 0; done < count; ) {
            int n = Math.min(count - done, CHUNK);
            array.fill(from + done, n, low, high, object);
            done += n;
            pollBefore(array, count - done);
        }
    }

    private static void pollBefore(ArrayObject array, int left) {
        if (left > 0) {
            array.kind.store.poll();
        }
    }

    /** {@code array.copy}: an array and an index, another array and its index, a length. */
    public static void arrayCopy(Slots r, InstanceImpl instance, int a) {
        var to = GcOps.array(r.refs[a]);
        var from = GcOps.array(r.refs[a + 2]);
        int target = (int) r.slots[a + 1];
        int source = (int) r.slots[a + 3];
        int count = (int) r.slots[a + 4];
        checkRange(to, target, count);
        checkRange(from, source, count);
        charge(instance, count);
        boolean backward = to == from && target > source;
        for (int left = count; left > 0; ) {
            int n = Math.min(left, CHUNK);
            int at = backward ? left - n : count - left;
            to.copy(from, source + at, target + at, n);
            left -= n;
            pollBefore(to, left);
        }
    }

    /** {@code array.init_data}: an array and an index, an offset in the segment, a length. */
    public static void arrayInitData(Slots r, InstanceImpl instance, int data, int a) {
        var array = GcOps.array(r.refs[a]);
        int at = (int) r.slots[a + 1];
        int count = (int) r.slots[a + 3];
        checkRange(array, at, count);
        int offset = dataOffset(instance, (ArrayKind) array.kind, data, r.slots[a + 2], count);
        charge(instance, count);
        read(array, instance, offset, at, count);
    }

    /** {@code array.init_elem}: an array and an index, an offset in the segment, a length. */
    public static void arrayInitElem(Slots r, InstanceImpl instance, int elem, int a) {
        var array = GcOps.array(r.refs[a]);
        int at = (int) r.slots[a + 1];
        int count = (int) r.slots[a + 3];
        checkRange(array, at, count);
        int offset = elemOffset(instance, elem, r.slots[a + 2], count);
        charge(instance, count);
        System.arraycopy(instance.elems[elem], offset, ((RefArray) array).elements, at, count);
    }

    /** Where a range of a data segment begins in the module's bytes. */
    private static int dataOffset(
            InstanceImpl instance, ArrayKind kind, int data, long from, int count) {
        var span = instance.module.valid.syntax().datas().get(data).bytes();
        long available = instance.droppedData[data] ? 0 : span.length();
        long offset = from & 0xFFFF_FFFFL;
        long length = (count & 0xFFFF_FFFFL) * kind.storage.bytes;
        if (offset > available || length > available - offset) {
            throw new Trap(TrapKind.OUT_OF_BOUNDS_MEMORY);
        }
        return span.offset() + (int) offset;
    }

    private static int elemOffset(InstanceImpl instance, int elem, long from, int count) {
        int available = instance.elems[elem].length;
        int offset = (int) from;
        if (offset < 0 || count < 0 || offset > available - count) {
            throw new Trap(TrapKind.OUT_OF_BOUNDS_TABLE);
        }
        return offset;
    }

    private static void read(
            ArrayObject array, InstanceImpl instance, int offset, int at, int count) {
        var source = instance.module.valid.syntax().source();
        int bytes = ((ArrayKind) array.kind).storage.bytes;
        int room = (int) Math.min((long) count * bytes, BUFFER);
        var buffer = ByteBuffer.allocate(room).order(ByteOrder.LITTLE_ENDIAN);
        for (int done = 0; done < count; ) {
            int n = Math.min(count - done, room / bytes);
            source.copy(offset + done * bytes, buffer.array(), 0, n * bytes);
            array.read(buffer.clear(), at + done, n);
            done += n;
            pollBefore(array, count - done);
        }
    }
}
