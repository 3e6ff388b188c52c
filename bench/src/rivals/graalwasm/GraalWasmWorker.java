// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench.rivals;

import io.nacelle.bench.Kernel;
import io.nacelle.bench.compare.Worker;

import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.Value;

import java.io.IOException;
import java.nio.file.Path;

/** GraalWasm, with its compiler. */
final class GraalWasmWorker {
    private GraalWasmWorker() {}

    public static void main(String[] args) throws IOException {
        var engine = Engine.create("wasm");
        Worker.serve(file -> kernel(engine, file));
    }

    private static Kernel kernel(Engine engine, Path file) throws IOException {
        var context = Context.newBuilder("wasm").engine(engine).build();
        var source = Source.newBuilder("wasm", file.toFile()).build();
        var exports = context.eval(source).newInstance().getMember("exports");
        var run = exports.getMember("run");
        var work = exports.getMember("work");
        return new Kernel() {
            @Override
            public int run(int n) {
                return call(run, n);
            }

            @Override
            public int work(Size size) {
                return call(work, size == Size.QUICK ? 1 : 0);
            }
        };
    }

    private static int call(Value function, int argument) {
        return function.execute(argument).asInt();
    }
}
