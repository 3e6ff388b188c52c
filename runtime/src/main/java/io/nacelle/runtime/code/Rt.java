// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

import io.nacelle.runtime.Trap;
import io.nacelle.runtime.TrapKind;
import io.nacelle.runtime.exec.FuncImpl;
import io.nacelle.runtime.exec.HeapMemory;
import io.nacelle.runtime.exec.NativeMemory;
import io.nacelle.runtime.exec.Stack;
import io.nacelle.runtime.exec.TableImpl;
import io.nacelle.runtime.exec.ThrownException;
import io.nacelle.runtime.exec.WasmFunc;
import io.nacelle.runtime.interp.RegisterOps;
import io.nacelle.wasm.syntax.Opcode;

import java.lang.invoke.CallSite;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * What compiled code calls for whatever is not worth bytecode of its own. Operands come first, so
 * that they are on the JVM's stack when their turn comes.
 */
public final class Rt {
    /** The fuel of a store whose fuel a loop has. */
    private static final long TAKEN = Long.MIN_VALUE;

    private static final Opcode[] OPCODES = Opcode.values();

    private Rt() {}

    // Memory 0, which is kept in local variables.

    public static byte[] bytes(CodeInstance instance) {
        return instance.heap.bytes;
    }

    public static int limit(CodeInstance instance) {
        return instance.heap.limit;
    }

    /** Links the instruction that asks whether {@link #limit} is the length of the array. */
    public static CallSite exact(MethodHandles.Lookup caller, String name, MethodType type) {
        return ModuleCode.ofClass(caller.lookupClass()).assumptions.exact.site();
    }

    public static long base(CodeInstance instance) {
        return instance.nat.base;
    }

    public static long size(CodeInstance instance) {
        return instance.nat.size();
    }

    /** The pages of memory 0 of an instance with an array. */
    public static int pages(CodeInstance instance) {
        return (int) instance.heap.pages();
    }

    // Interruption, fuel and depth.

    /** Looks whether the guest is to stop. */
    public static void poll(CodeInstance instance) {
        if (instance.stack.stopRequested()) {
            throw instance.store.stopped();
        }
    }

    /** Links the instruction that asks whether to look at all. */
    public static CallSite polls(MethodHandles.Lookup caller, String name, MethodType type) {
        return ModuleCode.ofClass(caller.lookupClass()).assumptions.polls.wanted.site();
    }

    public static void burn(CodeInstance instance, long amount) {
        instance.store.burn(amount);
    }

    /**
     * Takes the fuel out of the store for a loop that counts it by itself; until it is given back
     * there is {@link #TAKEN}.
     */
    public static long takeFuel(CodeInstance instance) {
        long fuel = instance.store.fuel;
        instance.store.fuel = TAKEN;
        return fuel;
    }

    /** Puts fuel back; what is left where there was none is there already. */
    public static void giveFuel(CodeInstance instance, long fuel) {
        if (instance.store.fuel == TAKEN) {
            instance.store.fuel = fuel;
        }
    }

    /** Takes fuel out of some that is counted by who calls; gives what is left. */
    public static long burn(long fuel, long amount, CodeInstance instance) {
        long left = fuel - amount;
        return left >= 0 ? left : refuel(left, instance);
    }

    private static long refuel(long left, CodeInstance instance) {
        instance.store.fuel = left;
        instance.store.burn(0);
        return takeFuel(instance);
    }

    /** Charges a frame; gives what is left. */
    public static int charge(int left, int cost) {
        int rest = left - cost;
        if (rest < 0) {
            throw Stack.exhausted();
        }
        return rest;
    }

    /** Counts a call that is about to be made. */
    public static void suspend(int left, CodeInstance instance) {
        instance.stack.suspendCode(instance.self, left);
    }

    /** The same when it has returned. */
    public static void resume(CodeInstance instance) {
        instance.stack.resumeCode();
    }

    /** The same for all that an exception has left on its way to a handler. */
    public static void caught(int left, CodeInstance instance) {
        instance.stack.resumeCaught(left);
    }

    // Traps.

    public static Trap unreachable() {
        return new Trap(TrapKind.UNREACHABLE);
    }

    // Calls.

    /** Makes room for the arguments or results of a call; gives the slot of the first. */
    public static int begin(CodeInstance instance, int count) {
        var stack = instance.stack;
        int base = stack.top;
        stack.reserve(base + count);
        return base;
    }

    /** Calls a function with its arguments in place, which its results replace. */
    public static void call(FuncImpl target, int left, CodeInstance instance, int base) {
        var stack = instance.stack;
        int depth = stack.depth;
        int runDepth = stack.runDepth;
        stack.left = left;
        if (target instanceof WasmFunc func && func.code != null) {
            CodeRuns.called(func);
        }
        if (!instance.countsCalls) {
            stack.suspend(instance.self, 0, 0);
        }
        try {
            target.invoke(stack, base);
        } catch (RuntimeException e) {
            throw HostThrow.arrived(e);
        } finally {
            stack.depth = depth;
            stack.runDepth = runDepth;
            stack.top = base;
        }
    }

    /** Leaves a tail call to whoever called: its arguments are in place. */
    public static void tail(FuncImpl target, CodeInstance instance) {
        var stack = instance.stack;
        stack.tailCall(instance.self, target);
        stack.tail = target;
    }

    /** Whether the function that has returned wants another to be called in its place. */
    public static boolean isTail(CodeInstance instance) {
        return instance.stack.tail != null;
    }

    /** Makes the tail calls that a function has left; the results are in place then. */
    public static int finishTail(int left, CodeInstance instance) {
        var stack = instance.stack;
        var target = stack.tail;
        stack.tail = null;
        int base = stack.top;
        stack.reserve(base + Math.max(target.paramCount(), target.resultCount()));
        call(target, left, instance, base);
        return base;
    }

    /** Passes a tail call on to the caller of {@link Code#enter}, or gives null. */
    public static FuncImpl takeTail(Stack stack, int base) {
        var target = stack.tail;
        if (target != null) {
            stack.tail = null;
            int count = target.paramCount();
            int from = stack.top;
            if (from != base) {
                stack.reserve(Math.max(from, base) + count);
                stack.copyTo(from, stack, base, count);
            }
        }
        return target;
    }

    /** The function that an indirect call goes to (spec 4.6.11). */
    public static FuncImpl resolve(int index, CodeInstance instance, int table, int type) {
        return resolve(index & 0xFFFF_FFFFL, instance, table, type);
    }

    /** As above, of a table with 64-bit indices. */
    public static FuncImpl resolve(long index, CodeInstance instance, int table, int type) {
        var from = instance.tables[table];
        var elements = from.elements;
        if (index < 0 || index >= from.size || index >= elements.length) {
            throw new Trap(TrapKind.UNDEFINED_ELEMENT);
        }
        var func = (FuncImpl) elements[(int) index];
        if (func == null) {
            throw new Trap(TrapKind.UNINITIALIZED_ELEMENT, Long.toUnsignedString(index));
        }
        var expected = instance.types[type];
        if (func.type != expected && !func.type.isSubtypeOf(expected)) {
            throw new Trap(TrapKind.INDIRECT_CALL_TYPE_MISMATCH);
        }
        return func;
    }

    /** The function that a reference refers to, for a call. */
    public static FuncImpl callee(Object ref) {
        if (ref == null) {
            throw new Trap(TrapKind.NULL_FUNCTION_REFERENCE);
        }
        return (FuncImpl) ref;
    }

    public static FuncImpl func(CodeInstance instance, int index) {
        return instance.func(index);
    }

    /**
     * The index of a function that this instance defines and for which there is compiled code, or
     * -1.
     */
    public static int own(FuncImpl target, CodeInstance instance) {
        return target instanceof WasmFunc func
                        && func.instance == instance.instance
                        && func.compiled != null
                ? func.body.index
                : -1;
    }

    /** The compiled code of a function that has some. */
    public static Code compiled(FuncImpl target) {
        return (Code) ((WasmFunc) target).compiled;
    }

    // Slots of the stack: arguments, results.

    public static void put(int value, Stack stack, int at) {
        stack.slots[at] = value;
    }

    public static void put(long value, Stack stack, int at) {
        stack.slots[at] = value;
    }

    public static void put(float value, Stack stack, int at) {
        stack.slots[at] = Float.floatToRawIntBits(value);
    }

    public static void put(double value, Stack stack, int at) {
        stack.slots[at] = Double.doubleToRawLongBits(value);
    }

    public static void put(Object value, Stack stack, int at) {
        stack.needRefs()[at] = value;
    }

    public static int getI32(Stack stack, int at) {
        return (int) stack.slots[at];
    }

    public static long getI64(Stack stack, int at) {
        return stack.slots[at];
    }

    public static float getF32(Stack stack, int at) {
        return Float.intBitsToFloat((int) stack.slots[at]);
    }

    public static double getF64(Stack stack, int at) {
        return Double.longBitsToDouble(stack.slots[at]);
    }

    public static Object getRef(Stack stack, int at) {
        return stack.needRefs()[at];
    }

    // The results of a compiled function after the first.

    public static void more(int value, CodeInstance instance, int at) {
        instance.stack.moreNumbers[at] = value;
    }

    public static void more(long value, CodeInstance instance, int at) {
        instance.stack.moreNumbers[at] = value;
    }

    public static void more(float value, CodeInstance instance, int at) {
        instance.stack.moreNumbers[at] = Float.floatToRawIntBits(value);
    }

    public static void more(double value, CodeInstance instance, int at) {
        instance.stack.moreNumbers[at] = Double.doubleToRawLongBits(value);
    }

    public static void more(Object value, CodeInstance instance, int at) {
        instance.stack.moreRefs[at] = value;
    }

    public static int moreI32(CodeInstance instance, int at) {
        return (int) instance.stack.moreNumbers[at];
    }

    public static long moreI64(CodeInstance instance, int at) {
        return instance.stack.moreNumbers[at];
    }

    public static float moreF32(CodeInstance instance, int at) {
        return Float.intBitsToFloat((int) instance.stack.moreNumbers[at]);
    }

    public static double moreF64(CodeInstance instance, int at) {
        return Double.longBitsToDouble(instance.stack.moreNumbers[at]);
    }

    public static Object moreRef(CodeInstance instance, int at) {
        var refs = instance.stack.moreRefs;
        var value = refs[at];
        refs[at] = null;
        return value;
    }

    // Instructions that have no code of their own: operands from scratch slot 0 on.

    public static void scratch(int value, CodeInstance instance, int at) {
        instance.scratch.slots[at] = value;
    }

    public static void scratch(long value, CodeInstance instance, int at) {
        instance.scratch.slots[at] = value;
    }

    public static void scratch(float value, CodeInstance instance, int at) {
        instance.scratch.slots[at] = Float.floatToRawIntBits(value);
    }

    public static void scratch(double value, CodeInstance instance, int at) {
        instance.scratch.slots[at] = Double.doubleToRawLongBits(value);
    }

    public static void scratch(Object value, CodeInstance instance, int at) {
        instance.scratch.refs[at] = value;
    }

    /** Makes room for so many scratch slots. */
    public static void needScratch(CodeInstance instance, int count) {
        instance.scratch(count);
    }

    public static void exec(
            CodeInstance instance, int op, int x, int y, long n, long m, int operands) {
        var scratch = instance.scratch;
        try {
            RegisterOps.exec(OPCODES[op], scratch, instance.instance, x, y, n, m);
        } catch (Throwable e) {
            forget(scratch.refs, 0, operands);
            throw e;
        }
        forget(scratch.refs, 1, operands);
    }

    private static void forget(Object[] refs, int from, int to) {
        for (int i = from; i < to; i++) {
            refs[i] = null;
        }
    }

    public static int scratchI32(CodeInstance instance, int at) {
        return (int) instance.scratch.slots[at];
    }

    public static long scratchI64(CodeInstance instance, int at) {
        return instance.scratch.slots[at];
    }

    public static float scratchF32(CodeInstance instance, int at) {
        return Float.intBitsToFloat((int) instance.scratch.slots[at]);
    }

    public static double scratchF64(CodeInstance instance, int at) {
        return Double.longBitsToDouble(instance.scratch.slots[at]);
    }

    public static Object scratchRef(CodeInstance instance) {
        var refs = instance.scratch.refs;
        var value = refs[0];
        refs[0] = null;
        return value;
    }

    /** As {@link #scratchRef}, of any slot. */
    public static Object scratchRefAt(CodeInstance instance, int at) {
        var refs = instance.scratch.refs;
        var value = refs[at];
        refs[at] = null;
        return value;
    }

    /** The entry of a table of constants for an unsigned index, of which the last is for all. */
    public static int lookUp(int index, int[] table) {
        return table[Integer.compareUnsigned(index, table.length) < 0 ? index : table.length - 1];
    }

    // Exceptions.

    /** Whether an exception is of a tag. */
    public static boolean isOf(ThrownException e, CodeInstance instance, int tag) {
        return e.tag == instance.tags[tag];
    }

    /** Makes an exception of the values in the scratch slots. */
    public static ThrownException exception(CodeInstance instance, int tag) {
        var made = ThrownException.capture(instance.tags[tag], instance.scratch, 0);
        forget(instance.scratch.refs, 0, instance.tags[tag].count);
        made.begin();
        return made;
    }

    /** What {@code throw_ref} and {@code rethrow} throw. */
    public static ThrownException again(Object ref) {
        if (ref == null) {
            throw new Trap(TrapKind.NULL_EXCEPTION_REFERENCE);
        }
        var thrown = (ThrownException) ref;
        thrown.begin();
        return thrown;
    }

    /** Puts the values of a caught exception into the scratch slots. */
    public static void release(ThrownException e, CodeInstance instance) {
        e.release(instance.scratch(e.valueCount()), 0);
    }

    // Tables.

    public static Object tableGet(int index, CodeInstance instance, int table) {
        TableImpl from = instance.tables[table];
        return from.at(index & 0xFFFF_FFFFL);
    }

    public static void tableSet(int index, Object value, CodeInstance instance, int table) {
        instance.tables[table].put(index & 0xFFFF_FFFFL, value);
    }

    // Frames of the fast interpreter, for loops that take over from it.

    /** The frame of the function suspended last. */
    public static io.nacelle.runtime.exec.Slots frame(Stack stack) {
        return stack.rooms[stack.depth - 1];
    }

    /**
     * Reads constants from text, one from each pair of characters, into an array from a place on.
     */
    public static int[] fill(int[] table, int from, String text) {
        for (int i = 0; i < text.length() / 2; i++) {
            table[from + i] = text.charAt(2 * i) << 16 | text.charAt(2 * i + 1);
        }
        return table;
    }

    /** Makes slots from one on usable. */
    public static void reserve(Stack stack, int base, int count) {
        stack.reserve(base + count);
    }

    /** Puts the results after the first, whose kinds are given in letters, into slots. */
    public static void spread(Stack stack, int base, String kinds) {
        for (int i = 1; i < kinds.length(); i++) {
            switch (kinds.charAt(i)) {
                case 'v', 'w' -> {
                    stack.slots[base + i] = VectorForm.low(stack.moreRefs[i]);
                    stack.needHigh()[base + i] = VectorForm.high(stack.moreRefs[i]);
                }
                case 'r' -> stack.needRefs()[base + i] = stack.moreRefs[i];
                default -> stack.slots[base + i] = stack.moreNumbers[i];
            }
            stack.moreRefs[i] = null;
        }
    }

    /** Takes the results after the first from slots, to where compiled code expects them. */
    public static void gather(Stack stack, int base, String kinds) {
        for (int i = 1; i < kinds.length(); i++) {
            char kind = kinds.charAt(i);
            switch (kind) {
                case 'v', 'w' ->
                        stack.moreRefs[i] =
                                VectorForm.of(
                                        kind, stack.slots[base + i], stack.needHigh()[base + i]);
                case 'r' -> stack.moreRefs[i] = stack.needRefs()[base + i];
                default -> stack.moreNumbers[i] = stack.slots[base + i];
            }
        }
    }

    /** Makes classes ready that must not begin their lives when the stack is nearly full. */
    public static void initialise() {
        // Where native code is not allowed there will be no native memories, and asking for one
        // would be an error, or a warning.
        boolean isNative = Rt.class.getModule().isNativeAccessEnabled();
        Object[] used = {HeapMemory.INT, isNative ? NativeMemory.ALL : "", OPCODES};
        if (used.length == 0) {
            throw new AssertionError();
        }
    }
}
