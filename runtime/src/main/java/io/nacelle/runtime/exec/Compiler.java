// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.code.ModuleCode;

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

    /**
     * Begins the code of a module.
     *
     * @param eager whether functions are compiled when compiled code first calls them, and not when
     *     they are asked for
     */
    public abstract ModuleCode begin(ModuleImpl module, MemoryForm form, boolean eager);

    /**
     * Compiles a function of code that it has begun, or has it compiled in the background.
     *
     * @return whether it is compiled now
     */
    public abstract boolean compile(ModuleCode code, FuncBody body);

    /** The same for a loop, by the offset of its instruction in the module. */
    public abstract boolean compileLoop(ModuleCode code, FuncBody body, int offset);

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
