// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

import io.nacelle.runtime.exec.Entrance;
import io.nacelle.runtime.exec.FuncImpl;
import io.nacelle.runtime.exec.GlobalImpl;
import io.nacelle.runtime.exec.HeapMemory;
import io.nacelle.runtime.exec.InstanceImpl;
import io.nacelle.runtime.exec.LinearMemory;
import io.nacelle.runtime.exec.NativeMemory;
import io.nacelle.runtime.exec.PlainCall;
import io.nacelle.runtime.exec.Slots;
import io.nacelle.runtime.exec.Stack;
import io.nacelle.runtime.exec.StoreImpl;
import io.nacelle.runtime.exec.TableImpl;
import io.nacelle.runtime.exec.TagImpl;
import io.nacelle.runtime.exec.WasmFunc;
import io.nacelle.wasm.syntax.DefType;

import java.util.Arrays;

/** An instance as compiled code sees it: the last parameter of every compiled function. */
public final class CodeInstance {
    private static final int FEW_SLOTS = 8;

    public final InstanceImpl instance;
    public final StoreImpl store;
    public final Stack stack;

    /** Memory 0, when it is an array. */
    public final HeapMemory heap;

    /** Memory 0, when it is off the heap. */
    public final NativeMemory nat;

    public final LinearMemory[] memories;
    public final TableImpl[] tables;
    public final GlobalImpl[] globals;

    // The first globals: of most modules, the stack pointer is among them.
    public final GlobalImpl g0;
    public final GlobalImpl g1;
    public final GlobalImpl g2;
    public final GlobalImpl g3;
    public final TagImpl[] tags;
    public final DefType[] types;

    /** Whether compiled code counts the calls it makes. */
    final boolean countsCalls;

    /** By function: not 0 when there is compiled code for it. */
    public final byte[] ready;

    /** Some function of the instance: what the host is told that calls it. */
    public final WasmFunc self;

    /** Operands of instructions that have no code of their own. */
    public final Slots scratch = new Slots(FEW_SLOTS);

    /** The frames of calls of imported functions that are the host's, by index. */
    public final PlainCall[] plainCalls;

    /** Functions that have been called, by index. */
    private final FuncImpl[] funcs;

    private Entrance entrance;

    public CodeInstance(InstanceImpl instance, Stack stack, byte[] ready) {
        this.instance = instance;
        this.store = instance.store;
        this.stack = stack;
        this.memories = instance.memories;
        this.tables = instance.tables;
        this.globals = instance.globals;
        this.tags = instance.tags;
        this.types = instance.module.types;
        this.ready = ready;
        this.countsCalls = instance.module.countsCalls();
        var memory = memories.length == 0 ? null : memories[0];
        this.heap = memory instanceof HeapMemory array ? array : null;
        this.nat = memory instanceof NativeMemory off ? off : null;
        this.g0 = global(0);
        this.g1 = global(1);
        this.g2 = global(2);
        this.g3 = global(3);
        var valid = instance.module.valid;
        this.plainCalls = new PlainCall[valid.importedFuncs()];
        this.funcs = new FuncImpl[valid.funcCount()];
        this.self = (WasmFunc) instance.func(valid.importedFuncs());
        scratch.needHigh();
        scratch.needRefs();
    }

    private GlobalImpl global(int index) {
        return index < globals.length ? globals[index] : null;
    }

    /** How the host's typed calls of the instance's compiled functions come in. */
    public Entrance entrance() {
        if (entrance == null) {
            entrance = new Entrance(this);
        }
        return entrance;
    }

    /** A function by its index. */
    public FuncImpl func(int index) {
        var known = funcs[index];
        if (known == null) {
            known = instance.func(index);
            funcs[index] = known;
        }
        return known;
    }

    /** Forgets which function was imported, for another one. */
    public void rebind(int index, FuncImpl func) {
        funcs[index] = func;
        plainCalls[index] = null;
    }

    /** Makes the scratch slots large enough for so many operands. */
    public Slots scratch(int count) {
        if (scratch.slots.length < count) {
            scratch.slots = Arrays.copyOf(scratch.slots, count);
            scratch.needHigh();
            scratch.needRefs();
        }
        return scratch;
    }
}
