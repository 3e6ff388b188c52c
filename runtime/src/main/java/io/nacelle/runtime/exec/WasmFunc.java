// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.wasm.syntax.DefType;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A function of a WebAssembly instance: the pair of instance and code. */
public final class WasmFunc extends FuncImpl {
    /** Reads {@link #instance}. */
    public static final VarHandle INSTANCE;

    static {
        try {
            INSTANCE =
                    MethodHandles.lookup()
                            .findVarHandle(WasmFunc.class, "instance", InstanceImpl.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    public final InstanceImpl instance;

    /**
     * The instance again. C2 computes before a switch whatever more than one of its cases needs;
     * the interpreter's loop asks for the instance under one name in one place each.
     */
    public final InstanceImpl home;

    public final FuncBody body;

    /** The instance's globals: here for the interpreter, at one load less. */
    public final GlobalImpl[] globals;

    /** What runs it: the instance's executor, or another that this one has handed it to. */
    public Executor executor;

    /**
     * The register code of {@link io.nacelle.runtime.Mode#FAST}, once it is made: also in the body,
     * but the interpreter needs it here, at one load from an activation.
     */
    public long[] code;

    /** The same as long as calls are to run it: null once there is compiled code. */
    public long[] entry;

    /** The compiled function of {@link Compiler}, or null. */
    public CompiledFunc compiled;

    /** How often compiled code has called it while there was none of its own. */
    public int callsIn;

    /** The slots that a frame of that code has. */
    public int frameSlots;

    WasmFunc(InstanceImpl instance, FuncBody body, DefType type) {
        super(instance.store, type);
        this.instance = instance;
        this.home = instance;
        this.body = body;
        this.globals = instance.globals;
        this.executor = instance.executor;
    }

    /** A function that the instance defines, by its index. */
    public WasmFunc callee(int index) {
        return (WasmFunc) instance.func(index);
    }

    @Override
    FuncImpl enter(Stack stack, int base) {
        int cost = stack.enterExecutor(this);
        try {
            return executor.run(stack, this, base);
        } finally {
            stack.left += cost;
        }
    }

    @Override
    public String toString() {
        return instance.module.describe(body.index);
    }
}
