// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.Mode;
import io.nacelle.runtime.code.CodeExecutor;
import io.nacelle.runtime.interp.ClassicInterpreter;
import io.nacelle.runtime.interp.FastInterpreter;

/** Finds the executor of a mode and a form of memory. */
final class Executors {
    private Executors() {}

    static Executor of(Mode mode, MemoryForm form, ModuleImpl module) {
        if (module.precompiled != null && (mode == Mode.JIT || mode == Mode.AUTO)) {
            module.precompiled.requireFit(form);
            return CodeExecutor.ONE;
        }
        return switch (mode) {
            case CLASSIC -> ClassicInterpreter.of(form);
            case FAST -> FastInterpreter.of(form);
            case AUTO -> FastInterpreter.tiering(form);
            case JIT -> {
                if (!Compiler.isPresent()) {
                    throw new IllegalStateException(
                            "mode jit needs the module io.nacelle.jit, which is not there");
                }
                yield CodeExecutor.ONE;
            }
        };
    }
}
