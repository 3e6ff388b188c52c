// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

import io.nacelle.runtime.exec.Compiler;
import io.nacelle.runtime.exec.Compiler.Exits;
import io.nacelle.runtime.exec.FuncBody;
import io.nacelle.runtime.exec.Stack;
import io.nacelle.runtime.exec.WasmFunc;

/** Moves functions and loops from an interpreter to compiled code. */
public final class CodeRuns {
    /** Calls from compiled code before a function is compiled. */
    private static final int CALLS_IN = 40;

    /** A module of so many bytes is worth a look for code that an earlier process has left. */
    private static final int LARGE = 8 << 20;

    private CodeRuns() {}

    /**
     * Whether an earlier process has left code of a function that is called for the first time. For
     * small modules that is only known when something has been compiled: to look takes longer than
     * most of them run.
     */
    public static boolean isKept(WasmFunc func) {
        var instance = func.instance;
        var module = instance.module;
        if (module.engine.config().codeCache().isEmpty()) {
            return false;
        }
        var code = ModuleCode.begun(instance);
        if (code == null) {
            if (module.valid.syntax().source().size() < LARGE || !Compiler.isPresent()) {
                return false;
            }
            code = ModuleCode.of(instance);
        }
        return code.keeps(func.body.index);
    }

    /** Whether there is compiled code of a function for a form of memory. */
    public static boolean isCompiled(FuncBody body) {
        for (int i = 0; i < body.module.compiled.length(); i++) {
            var code = (ModuleCode) body.module.compiled.get(i);
            if (code != null && code.known(body.index) != null) {
                return true;
            }
        }
        return false;
    }

    /**
     * Makes a function run in compiled code, if that is there.
     *
     * @return false when it has still to be made; it has been asked for then
     */
    public static boolean switchOver(Compiler compiler, WasmFunc func) {
        var code = ModuleCode.of(func.instance);
        if (code.known(func.body.index) == null && !compiler.compile(code, func.body)) {
            return false;
        }
        code.adopt(func, func.store.stack());
        func.executor = CodeExecutor.ONE;
        func.entry = null;
        return true;
    }

    /**
     * Notes that compiled code calls a function that an interpreter runs, which costs more than the
     * function may do: after a few such calls it is compiled, however little it does.
     */
    static void called(WasmFunc func) {
        if (func.compiled == null && ++func.callsIn >= CALLS_IN && func.executor.isTier()) {
            func.callsIn = 0;
            Compiler.find().ifPresent(compiler -> switchOver(compiler, func));
        }
    }

    /**
     * Runs a loop of a function in compiled code from its head on, if that is there; else asks for
     * it. The function is the one suspended last; its frame of the fast interpreter has the values
     * that the loop begins with, and takes those that it ends with.
     *
     * @param loop the offset of the loop instruction in the module
     * @return where the function goes on, as {@link Exits} has it, or {@link Exits#NOT_YET}
     */
    public static int runLoop(Compiler compiler, Stack stack, WasmFunc func, int loop) {
        var code = ModuleCode.of(func.instance);
        var known = code.knownLoop(func.body, loop);
        if (known == null) {
            if (!compiler.compileLoop(code, func.body, loop)) {
                return Exits.NOT_YET;
            }
            known = code.loop(func.body, loop);
        }
        if (known instanceof ModuleCode.Unable) {
            return Exits.NEVER;
        }
        code.prepare(func.instance, stack);
        return LoopRunner.run(known, stack, func);
    }
}
