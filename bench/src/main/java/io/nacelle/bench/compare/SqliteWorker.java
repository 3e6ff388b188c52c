// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench.compare;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.EngineConfig.Tiering;
import io.nacelle.runtime.Func;
import io.nacelle.runtime.HostFunction;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Memory;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.Store;
import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.ExternType;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.MemType;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** SQLite on Nacelle. {@code SqliteWorker MODE [THRESHOLD]}. */
final class SqliteWorker implements Sqlite.Guest {
    private final Map<String, Func> exports = new HashMap<>();
    private Memory memory;

    private SqliteWorker(EngineConfig config, Path file) throws IOException {
        var store = Store.create(Engine.create(config));
        var module = Module.load(store.engine(), file);
        var linker = Linker.create(store);
        for (var wanted : module.valid().syntax().imports()) {
            switch (module.valid().closed(wanted.type())) {
                case MemType type -> {
                    memory = store.newMemory(type);
                    linker.define(wanted.module(), wanted.name(), memory);
                }
                case ExternType.Func func -> {
                    var type = ((DefType) func.type()).func();
                    linker.define(
                            wanted.module(), wanted.name(), type, function(wanted.name(), type));
                }
                default -> throw new IllegalArgumentException(wanted.name());
            }
        }
        var instance = linker.instantiate(module);
        instance.exports()
                .forEach(
                        (name, export) -> {
                            switch (export) {
                                case Func func -> exports.put(name, func);
                                case Memory own -> memory = own;
                                default -> {}
                            }
                        });
    }

    private HostFunction function(String name, FuncType type) {
        long answer = Sqlite.answer(name);
        if (name.equals("emscripten_resize_heap")) {
            return call -> {
                memory.grow(Sqlite.pages(call.i32(0) & 0xffff_ffffL, memory.size()));
                call.setI32(0, (int) answer);
            };
        }
        if (type.results().isEmpty()) {
            return call -> {};
        }
        return switch (type.results().getFirst().toString()) {
            case "i32" -> call -> call.setI32(0, (int) answer);
            case "i64" -> call -> call.setI64(0, answer);
            case "f64" -> call -> call.setF64(0, Double.longBitsToDouble(answer));
            default -> throw new IllegalArgumentException(name);
        };
    }

    public static void main(String[] args) throws IOException {
        var config =
                EngineConfig.defaults().withMode(Mode.valueOf(args[0].toUpperCase(Locale.ROOT)));
        var tiered =
                args.length == 1
                        ? config
                        : config.withTiering(
                                new Tiering(Integer.parseInt(args[1]), Tiering.DEFAULT.threads()));
        Worker.serve(file -> new Sqlite(new SqliteWorker(tiered, file)));
    }

    @Override
    public long call(String export, long... arguments) {
        var slots = arguments.length == 0 ? new long[1] : arguments;
        exports.get(export).callRaw(slots);
        return slots[0];
    }

    @Override
    public void write(int address, byte[] bytes) {
        memory.write(address & 0xffff_ffffL, bytes, 0, bytes.length);
    }

    @Override
    public int readI32(int address) {
        return memory.readI32(address & 0xffff_ffffL);
    }
}
