// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.Instance;
import io.nacelle.runtime.code.CodeExecutor;
import io.nacelle.runtime.code.CodeInstance;
import io.nacelle.runtime.code.Leaving;

/**
 * How generated classes call the compiled functions of an instance: what {@link Calls} does around
 * a call, in pieces, with the arguments and results on Java's stack.
 *
 * <p>Used by one thread at a time, as its store is, which is checked.
 */
public final class Entrance {
    /** What compiled functions are passed last. */
    public final CodeInstance instance;

    private final StoreImpl store;
    private final Stack stack;
    private final WasmFunc self;

    private Entrance(InstanceImpl of) {
        this.store = of.store;
        store.enter();
        try {
            this.stack = store.stack();
            of.module.precompiled.prepare(of, stack);
            this.instance = (CodeInstance) of.compiled;
            this.self = instance.self;
        } finally {
            store.exit();
        }
    }

    /** The entrance to an instance, or null when its functions run elsewhere. */
    public static Entrance of(Instance instance) {
        var of = (InstanceImpl) instance;
        boolean runs =
                of.executor == CodeExecutor.ONE
                        && of.module.precompiled != null
                        && of.module.valid.funcCount() > of.module.valid.importedFuncs();
        return runs ? new Entrance(of) : null;
    }

    /**
     * Looks whether an argument fits, that the JVM has not looked at.
     *
     * @throws IllegalArgumentException when it does not
     */
    public void check(Object value, int func, int param) {
        Values.check(value, instance.func(func).funcType().params().get(param));
        store.checkOwner(value);
    }

    /**
     * Begins a use of the store. {@link #leave} or {@link #failed} ends it.
     *
     * @throws IllegalStateException when another thread uses it
     * @throws io.nacelle.runtime.ClosedException when it is closed
     */
    public void enter() {
        store.enter();
    }

    /** Where the stack is, to be given to what ends the call. */
    public long place() {
        return (long) stack.top << 32 | stack.depth;
    }

    /** Where the limits of the stack are, to be given to what ends the call. */
    public long bounds() {
        return (long) stack.entryDepth << 32 | stack.left & 0xFFFF_FFFFL;
    }

    /**
     * Counts the call.
     *
     * @return the bytes of stack that the function may use
     * @throws io.nacelle.runtime.ExhaustedException when there are too few
     */
    public int begin() {
        stack.entryDepth = stack.depth;
        stack.enterExecutor(CodeExecutor.ONE);
        return stack.left;
    }

    /** Ends a call. */
    public void leave(long place, long bounds) {
        stack.restore((int) (place >> 32), (int) place, (int) (bounds >> 32), (int) bounds);
        store.exit();
    }

    /** Ends a call that an exception has left; throws that in the form that the host sees. */
    public RuntimeException failed(Throwable e, long place, long bounds) {
        try {
            throw Entrance.<RuntimeException>unchecked(
                    Calls.leaving(Leaving.form(e, self), stack, (int) place));
        } finally {
            leave(place, bounds);
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E unchecked(Throwable e) throws E {
        throw (E) e;
    }
}
