// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import io.nacelle.runtime.exec.InstanceImpl;
import io.nacelle.runtime.exec.Instantiation;
import io.nacelle.runtime.exec.LinearMemory;
import io.nacelle.runtime.exec.Slots;
import io.nacelle.runtime.exec.TableImpl;
import io.nacelle.wasm.syntax.AddrType;

/**
 * Tables, segments and bulk operations on memories, in register form for both interpreters: a, b
 * and c are the slots of the operands in order, d is the slot of the result. Lengths are charged as
 * fuel before anything is done, when fuel is counted.
 */
public final class BulkOps {
    /** Bytes or elements that one unit of fuel moves. */
    private static final int UNITS_PER_FUEL = 64;

    private BulkOps() {}

    private static void charge(InstanceImpl instance, long length) {
        if (instance.module.countsFuel()) {
            instance.store.burn(length / UNITS_PER_FUEL);
        }
    }

    /** A length in a memory's or table's address type, as a non-negative number if it can fit. */
    private static long length(AddrType type, long slot) {
        return type == AddrType.I32 ? slot & 0xFFFF_FFFFL : slot;
    }

    /** A result in an address type: 32-bit numbers lie sign-extended in their slots. */
    private static long result(AddrType type, long value) {
        return type == AddrType.I32 ? (int) value : value;
    }

    public static void memorySize(Slots slots, InstanceImpl instance, int memory, int d) {
        var mem = instance.memories[memory];
        slots.slots[d] = result(mem.addrType(), mem.pages());
    }

    public static void memoryGrow(Slots slots, InstanceImpl instance, int memory, int a, int d) {
        var mem = instance.memories[memory];
        long pages = mem.address(slots.slots[a]);
        slots.slots[d] = result(mem.addrType(), mem.grow(pages));
    }

    public static void memoryFill(
            Slots slots, InstanceImpl instance, int memory, int a, int b, int c) {
        var mem = instance.memories[memory];
        var s = slots.slots;
        long target = mem.address(s[a]);
        long length = length(mem.addrType(), s[c]);
        mem.check(target, length);
        charge(instance, length);
        mem.fill(target, (byte) s[b], length);
    }

    public static void memoryCopy(
            Slots slots, InstanceImpl instance, int to, int from, int a, int b, int c) {
        LinearMemory target = instance.memories[to];
        LinearMemory source = instance.memories[from];
        var s = slots.slots;
        long length = length(target.addrType().min(source.addrType()), s[c]);
        long at = target.address(s[a]);
        long start = source.address(s[b]);
        source.check(start, length);
        target.check(at, length);
        charge(instance, length);
        target.copy(source, at, start, length);
    }

    public static void memoryInit(
            Slots slots, InstanceImpl instance, int data, int memory, int a, int b, int c) {
        var s = slots.slots;
        long target = instance.memories[memory].address(s[a]);
        long source = s[b] & 0xFFFF_FFFFL;
        long length = s[c] & 0xFFFF_FFFFL;
        charge(instance, length);
        Instantiation.memoryInit(instance, memory, data, target, source, length);
    }

    public static void dataDrop(InstanceImpl instance, int data) {
        instance.droppedData[data] = true;
    }

    public static void tableGet(Slots slots, InstanceImpl instance, int table, int a, int d) {
        var from = instance.tables[table];
        slots.needRefs()[d] = from.at(from.index(slots.slots[a]));
    }

    public static void tableSet(Slots slots, InstanceImpl instance, int table, int a, int b) {
        var to = instance.tables[table];
        to.put(to.index(slots.slots[a]), slots.needRefs()[b]);
    }

    public static void tableSize(Slots slots, InstanceImpl instance, int table, int d) {
        var of = instance.tables[table];
        slots.slots[d] = result(of.addrType(), of.size());
    }

    public static void tableGrow(
            Slots slots, InstanceImpl instance, int table, int a, int b, int d) {
        var of = instance.tables[table];
        long count = length(of.addrType(), slots.slots[b]);
        charge(instance, Math.min(Math.max(count, 0), Integer.MAX_VALUE));
        slots.slots[d] = result(of.addrType(), of.extend(count, slots.needRefs()[a]));
    }

    public static void tableFill(
            Slots slots, InstanceImpl instance, int table, int a, int b, int c) {
        var of = instance.tables[table];
        long count = length(of.addrType(), slots.slots[c]);
        long index = of.index(slots.slots[a]);
        of.check(index, count);
        charge(instance, count);
        of.fill(index, slots.needRefs()[b], count);
    }

    public static void tableCopy(
            Slots slots, InstanceImpl instance, int to, int from, int a, int b, int c) {
        TableImpl target = instance.tables[to];
        TableImpl source = instance.tables[from];
        var s = slots.slots;
        long count = length(target.addrType().min(source.addrType()), s[c]);
        long at = target.index(s[a]);
        long start = source.index(s[b]);
        source.check(start, count);
        target.check(at, count);
        charge(instance, count);
        target.copy(source, at, start, count);
    }

    public static void tableInit(
            Slots slots, InstanceImpl instance, int elem, int table, int a, int b, int c) {
        var target = instance.tables[table];
        var s = slots.slots;
        long count = s[c] & 0xFFFF_FFFFL;
        charge(instance, count);
        target.init(instance.elems[elem], target.index(s[a]), s[b] & 0xFFFF_FFFFL, count);
    }

    public static void elemDrop(InstanceImpl instance, int elem) {
        Instantiation.dropElem(instance, elem);
    }
}
