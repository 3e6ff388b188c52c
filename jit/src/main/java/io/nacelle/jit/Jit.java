// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.runtime.code.ModuleCode;
import io.nacelle.runtime.code.Rt;
import io.nacelle.runtime.exec.Compiler;
import io.nacelle.runtime.exec.FuncBody;
import io.nacelle.runtime.exec.MemoryForm;
import io.nacelle.runtime.exec.ModuleImpl;

/** The compiler as the runtime finds it. */
public final class Jit extends Compiler {
    /** For the service loader. */
    public Jit() {
        Rt.initialise();
    }

    @Override
    public ModuleCode begin(ModuleImpl module, MemoryForm form, boolean eager) {
        return new CompiledModule(module, form, eager);
    }

    @Override
    public boolean compile(ModuleCode code, FuncBody body) {
        return Background.compile((CompiledModule) code, body);
    }

    @Override
    public boolean compileLoop(ModuleCode code, FuncBody body, int offset) {
        return Background.compileLoop((CompiledModule) code, body, offset);
    }
}
