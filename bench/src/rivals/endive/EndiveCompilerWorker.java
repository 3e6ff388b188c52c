// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench.rivals;

import io.nacelle.bench.compare.Worker;

import run.endive.compiler.InterpreterFallback;
import run.endive.compiler.MachineFactoryCompiler;
import run.endive.runtime.Instance;
import run.endive.wasm.Parser;

import java.io.IOException;

/** Endive's compiler at run time. It leaves to its interpreter what is too long for a method. */
final class EndiveCompilerWorker {
    private EndiveCompilerWorker() {}

    public static void main(String[] args) throws IOException {
        Worker.serve(
                file -> {
                    var module = Parser.parse(file);
                    var machine =
                            MachineFactoryCompiler.builder(module)
                                    .withInterpreterFallback(InterpreterFallback.WARN)
                                    .compile();
                    return EndiveInterpreterWorker.kernel(
                            Instance.builder(module).withMachineFactory(machine));
                });
    }
}
