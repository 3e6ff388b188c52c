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
 * <p>A record, because HotSpot takes what is in one for constants where it is constant itself, as
 * in the method handles that {@link Handles} makes.
 *
 * <p>Used by one thread at a time, as its store is, which is checked.
 *
 * @param instance what compiled functions are passed last
 * @param self some function of the instance
 */
public record Entrance(CodeInstance instance, StoreImpl store, Stack stack, WasmFunc self) {
    /** For who asks the instance for the one it has. */
    public Entrance(CodeInstance instance) {
        this(instance, instance.store, instance.stack, instance.self);
    }

    /** The entrance to an instance, or null when its functions run elsewhere. */
    public static Entrance of(Instance instance) {
        var of = (InstanceImpl) instance;
        boolean runs =
                of.executor == CodeExecutor.ONE
                        && of.module.precompiled != null
                        && of.module.valid.funcCount() > of.module.valid.importedFuncs();
        if (!runs) {
            return null;
        }
        of.store.enter();
        try {
            of.module.precompiled.prepare(of, of.store.stack());
            return ((CodeInstance) of.compiled).entrance();
        } finally {
            of.store.exit();
        }
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
        var thread = Thread.currentThread();
        if (!stack.tryEnterByBias(thread)) {
            store.enterOtherwise(thread);
        }
    }

    // What the stack is like before a call, to be given to what ends it.

    public int top() {
        return stack.top;
    }

    public int depth() {
        return stack.depth;
    }

    public int entryDepth() {
        return stack.entryDepth;
    }

    public int left() {
        return stack.left;
    }

    /**
     * Counts the call.
     *
     * @return the bytes of stack that the function may use
     * @throws io.nacelle.runtime.ExhaustedException when there are too few
     */
    public int begin() {
        int depth = stack.depth;
        // Writing what is there already would have the next call wait for it.
        if (stack.entryDepth != depth) {
            stack.entryDepth = depth;
        }
        return stack.enterCompiled();
    }

    /** Ends a call that has returned, and with it all that it has called. */
    public void leave(int entryDepth, int left) {
        if (stack.entryDepth != entryDepth || stack.left != left || stack.refs.length > 0) {
            stack.restore(stack.top, stack.depth, entryDepth, left);
        }
        if (!stack.leaveByBias()) {
            store.exitOtherwise();
        }
    }

    /** Ends a call that an exception has left; throws that in the form that the host sees. */
    public RuntimeException failed(Throwable e, int top, int depth, int entryDepth, int left) {
        try {
            throw Entrance.<RuntimeException>unchecked(
                    Calls.leaving(Leaving.form(e, self), stack, depth));
        } finally {
            stack.restore(top, depth, entryDepth, left);
            store.exit();
        }
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E unchecked(Throwable e) throws E {
        throw (E) e;
    }
}
