// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

/**
 * A function of a module, and what executors have prepared of it. Shared by all instances of the
 * module; prepared forms are immutable once published.
 */
public final class FuncBody {
    /** Bytes that every frame counts on top of its slots. */
    private static final int FRAME_OVERHEAD = 64;

    public final ModuleImpl module;

    /** The index in the module's function index space. */
    public final int index;

    public final int paramCount;
    public final int resultCount;

    /** What {@link io.nacelle.runtime.Mode#FAST} has made of it, or null. */
    public volatile Prepared fast;

    /** What {@link io.nacelle.runtime.Mode#AUTO} interprets, or null. */
    public volatile Prepared tiering;

    /** What {@link io.nacelle.runtime.Mode#CLASSIC} has made of it, or null. */
    public volatile Prepared classic;

    FuncBody(ModuleImpl module, int index) {
        this.module = module;
        this.index = index;
        var type = module.valid.funcType(index).func();
        this.paramCount = type.params().size();
        this.resultCount = type.results().size();
    }

    /** An executor's own form of a function. */
    public abstract static class Prepared {
        /** Has it look at once whether there is compiled code. */
        public void hurry() {}
    }

    /**
     * What a frame counts against the stack limit of its store: the same in every mode.
     *
     * @param slots parameters, locals and the greatest height of the operand stack
     */
    public static int frameCost(int slots) {
        return FRAME_OVERHEAD + 8 * slots;
    }
}
