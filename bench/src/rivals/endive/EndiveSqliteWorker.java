// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench.rivals;

import io.nacelle.bench.compare.Sqlite;
import io.nacelle.bench.compare.Worker;

import run.endive.compiler.InterpreterFallback;
import run.endive.compiler.MachineFactoryCompiler;
import run.endive.runtime.ByteArrayMemory;
import run.endive.runtime.HostFunction;
import run.endive.runtime.ImportMemory;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.runtime.Memory;
import run.endive.wasm.Parser;
import run.endive.wasm.types.FunctionImport;
import run.endive.wasm.types.FunctionType;
import run.endive.wasm.types.MemoryImport;

import java.io.IOException;
import java.nio.file.Path;

/** SQLite on Endive. {@code EndiveSqliteWorker compiler|interpreter}. */
final class EndiveSqliteWorker implements Sqlite.Guest {
    private final Instance instance;
    private Memory memory;

    private EndiveSqliteWorker(Path file, boolean compiles) {
        var module = Parser.parse(file);
        var imports = ImportValues.builder();
        for (int i = 0; i < module.importSection().importCount(); i++) {
            switch (module.importSection().getImport(i)) {
                case MemoryImport wanted -> {
                    memory = new ByteArrayMemory(wanted.limits());
                    imports.addMemory(new ImportMemory(wanted.module(), wanted.name(), memory));
                }
                case FunctionImport wanted ->
                        imports.addFunction(
                                function(wanted, module.typeSection().getType(wanted.typeIndex())));
                default -> throw new IllegalArgumentException(file.toString());
            }
        }
        var builder =
                Instance.builder(module)
                        .withImportValues(imports.build())
                        .withMemoryFactory(ByteArrayMemory::new);
        if (compiles) {
            builder.withMachineFactory(
                    MachineFactoryCompiler.builder(module)
                            .withInterpreterFallback(InterpreterFallback.WARN)
                            .compile());
        }
        instance = builder.build();
        if (memory == null) {
            memory = instance.memory();
        }
    }

    private HostFunction function(FunctionImport wanted, FunctionType type) {
        long answer = Sqlite.answer(wanted.name());
        boolean grows = wanted.name().equals("emscripten_resize_heap");
        boolean gives = !type.returns().isEmpty();
        return new HostFunction(
                wanted.module(),
                wanted.name(),
                type,
                (caller, arguments) -> {
                    if (grows) {
                        long size = (long) memory.pages() << 16;
                        memory.grow((int) Sqlite.pages(arguments[0] & 0xffff_ffffL, size));
                    }
                    return gives ? new long[] {answer} : new long[0];
                });
    }

    public static void main(String[] args) throws IOException {
        boolean compiles = args[0].equals("compiler");
        Worker.serve(file -> new Sqlite(new EndiveSqliteWorker(file, compiles)));
    }

    @Override
    public long call(String export, long... arguments) {
        var results = instance.export(export).apply(arguments);
        return results == null || results.length == 0 ? 0 : results[0];
    }

    @Override
    public void write(int address, byte[] bytes) {
        memory.write(address, bytes, 0, bytes.length);
    }

    @Override
    public int readI32(int address) {
        return memory.readInt(address);
    }
}
