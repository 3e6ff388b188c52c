// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.jit.rt.Code;
import io.nacelle.jit.rt.JitInstance;
import io.nacelle.jit.rt.Rt;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.exec.Compiler;
import io.nacelle.runtime.exec.Executor;
import io.nacelle.runtime.exec.InstanceImpl;
import io.nacelle.runtime.exec.Stack;
import io.nacelle.runtime.exec.WasmFunc;

/** The compiler as the runtime finds it. */
public final class Jit extends Compiler {
    private final JitExecutor executor = new JitExecutor(this);

    /** For the service loader. */
    public Jit() {
        Rt.initialise();
    }

    @Override
    public Executor executor() {
        return executor;
    }

    private static ModuleCode code(InstanceImpl instance) {
        var of = instance.module.compiled;
        // What calls what directly depends on the mode, so each has code of its own.
        boolean eager = instance.mode() == Mode.JIT;
        int at = 2 * instance.memoryForm().ordinal() + (eager ? 1 : 0);
        var known = (ModuleCode) of.get(at);
        if (known == null) {
            var made = new ModuleCode(instance.module, instance.memoryForm(), eager);
            known = of.compareAndSet(at, null, made) ? made : (ModuleCode) of.get(at);
        }
        return known;
    }

    private static void prepare(WasmFunc func, ModuleCode code, Stack stack) {
        if (func.instance.compiled == null) {
            func.instance.compiled = code.instance(func.instance, stack);
        }
    }

    /** Has a function run in compiled code, which is made when there is none. */
    Code adopt(WasmFunc func, Stack stack) {
        var code = code(func.instance);
        prepare(func, code, stack);
        var made = code.code(func.body);
        func.compiled = made;
        return made;
    }

    @Override
    public boolean switchOver(WasmFunc func) {
        var code = code(func.instance);
        if (code.known(func.body.index) == null && !Background.compile(code, func.body)) {
            return false;
        }
        adopt(func, func.store.stack());
        func.executor = executor;
        func.entry = null;
        return true;
    }

    @Override
    public int runLoop(Stack stack, WasmFunc func, int loop) {
        var code = code(func.instance);
        var known = code.knownLoop(func.body, loop);
        if (known == null) {
            if (!Background.compileLoop(code, func.body, loop)) {
                return Exits.NOT_YET;
            }
            known = code.loop(func.body, loop);
        }
        if (known instanceof ModuleCode.Unable) {
            return Exits.NEVER;
        }
        prepare(func, code, stack);
        return LoopRunner.run(known, stack, func);
    }

    /** What compiled code knows of an instance. */
    static JitInstance of(InstanceImpl instance) {
        return (JitInstance) instance.compiled;
    }
}
