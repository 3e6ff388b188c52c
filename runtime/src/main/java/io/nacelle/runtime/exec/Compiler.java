// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import java.util.Optional;
import java.util.ServiceLoader;

/**
 * A compiler of functions to the JVM's code, which the runtime finds as a service when something is
 * to be compiled: nothing of it is loaded before.
 *
 * <p>Thread-safe.
 */
public abstract class Compiler {
    /** For implementations. */
    protected Compiler() {}

    /** Looked for when it is first needed. */
    private static final class Holder {
        static final Optional<Compiler> FOUND =
                ServiceLoader.load(Compiler.class, Compiler.class.getClassLoader()).findFirst();

        private Holder() {}
    }

    /** The compiler, if there is one. */
    public static Optional<Compiler> find() {
        return Holder.FOUND;
    }

    /** Whether there is a compiler. */
    public static boolean isPresent() {
        return find().isPresent();
    }

    /** What runs functions in compiled code and compiles those that are not yet. */
    public abstract Executor executor();

    /**
     * Makes a function run in compiled code, if that is there.
     *
     * @return false when it has still to be made; it has been asked for then
     */
    public abstract boolean switchOver(WasmFunc func);

    /**
     * Runs a loop of a function in compiled code from its head on, if that is there; else asks for
     * it. The function is the one suspended last; its frame of the fast interpreter has the values
     * that the loop begins with, and takes those that it ends with.
     *
     * @param loop the offset of the loop instruction in the module
     * @return where the function goes on, as {@link Exits} has it, or {@link Exits#NOT_YET}
     */
    public abstract int runLoop(Stack stack, WasmFunc func, int loop);

    /** Encodes where a compiled loop was left. */
    public static final class Exits {
        /** There is no code yet. */
        public static final int NOT_YET = -1;

        /** The function returns; its results are the first operands. */
        public static final int RETURN = -2;

        /** The loop cannot be compiled apart from its function. */
        public static final int NEVER = -3;

        private Exits() {}

        /** Control goes to the beginning of a loop, by the offset of its instruction. */
        public static int start(int offset) {
            return offset << 1;
        }

        /** Control goes to the end of a block. */
        public static int end(int offset) {
            return offset << 1 | 1;
        }
    }
}
