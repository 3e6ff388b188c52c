// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.Precompiled;
import io.nacelle.runtime.exec.Backtrace;
import io.nacelle.runtime.exec.FuncBody;
import io.nacelle.runtime.exec.MemoryForm;
import io.nacelle.runtime.exec.ModuleImpl;

import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * The code of a module that was compiled when the program was built. Functions of instances in
 * modes that compile begin in it; nothing is compiled at run time.
 */
public final class PrecompiledCode extends ModuleCode {
    private final String name;
    private final Origin origin;
    private final Precompiled.Functions functions;
    private final Frames frames;

    /**
     * @param name what the code is called in messages
     */
    public PrecompiledCode(
            ModuleImpl module, String name, Origin origin, Precompiled.Functions functions) {
        super(module, origin.form().orElse(MemoryForm.HEAP), (Assumptions) functions.assumptions());
        this.name = name;
        this.origin = origin;
        this.functions = functions;
        this.frames = new Frames(this, functions.getClass().getPackageName() + ".");
    }

    /** Whether the code is this class's. */
    public boolean isOf(Class<? extends Precompiled.Functions> type) {
        return functions.getClass() == type;
    }

    /**
     * Looks whether an instance can run in the code.
     *
     * @throws IllegalStateException when the code was compiled for other options of the engine, or
     *     another kind of store; the message tells the remedy
     */
    public void requireFit(MemoryForm of) {
        var config = module.engine.config();
        if (origin.metering() != config.metering()) {
            throw unfit(
                    config.metering() == EngineConfig.Metering.FUEL
                            ? "without fuel, which the engine counts: compile it with --fuel"
                            : "with fuel, which the engine does not count: compile it without"
                                    + " --fuel");
        }
        if (module.countsCalls()) {
            throw unfit("without counting calls, which the engine does: use another mode for it");
        }
        if (origin.profile() != config.profile()) {
            throw unfit(
                    config.profile() == EngineConfig.Profile.DETERMINISTIC
                            ? "without determinism, which the engine asks for: compile it with"
                                    + " --deterministic"
                            : "for determinism, which the engine does not ask for: compile it"
                                    + " without --deterministic");
        }
        if (origin.form().isPresent() && origin.form().get() != of) {
            throw unfit(
                    of == MemoryForm.HEAP
                            ? "for native stores, and the store is of kind heap: compile it with"
                                    + " --store heap, or use a native store"
                            : "for stores of kind heap, and the store is native: compile it with"
                                    + " --store native, or use a store of kind heap");
        }
    }

    private IllegalStateException unfit(String how) {
        return new IllegalStateException(
                name + " was compiled " + how + " (modes classic and fast run it as it is)");
    }

    @Override
    protected Code make(FuncBody body) {
        return (Code) functions.function(body.index);
    }

    @Override
    protected LoopCode makeLoop(FuncBody body, int offset) {
        return new Unable();
    }

    @Override
    protected Optional<MethodHandle> makeEntry(FuncBody body) {
        // The interface that is generated with the code is the way to call it so.
        return Optional.empty();
    }

    @Override
    Backtrace.Finder finder() {
        return frames;
    }

    /** Tells its classes from others in stack traces: they are in a package of their own. */
    private static final class Frames implements Backtrace.Finder {
        /** The class by whose methods the host calls in. */
        private static final String ENTRIES = "Entries";

        private final ModuleCode code;
        private final String prefix;

        Frames(ModuleCode code, String prefix) {
            this.code = code;
            this.prefix = prefix;
        }

        @Override
        public Backtrace.Found find(StackTraceElement element) {
            return owns(element) ? FrameFinder.find(code, prefix, element) : null;
        }

        @Override
        public boolean owns(StackTraceElement element) {
            return element.getClassName().startsWith(prefix);
        }

        @Override
        public boolean isRun(StackTraceElement element) {
            return owns(element)
                    && element.getClassName().substring(prefix.length()).equals(ENTRIES);
        }
    }
}
