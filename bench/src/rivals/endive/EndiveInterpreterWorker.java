// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench.rivals;

import io.nacelle.bench.Kernel;
import io.nacelle.bench.compare.Worker;

import run.endive.runtime.ByteArrayMemory;
import run.endive.runtime.Instance;
import run.endive.wasm.Parser;

import java.io.IOException;

/** Endive's interpreter. */
final class EndiveInterpreterWorker {
    private EndiveInterpreterWorker() {}

    public static void main(String[] args) throws IOException {
        Worker.serve(file -> kernel(Instance.builder(Parser.parse(file))));
    }

    /** A kernel on the kind of memory that Endive names as the faster one. */
    static Kernel kernel(Instance.Builder builder) {
        var instance = builder.withMemoryFactory(ByteArrayMemory::new).build();
        var run = instance.export("run");
        var work = instance.export("work");
        return new Kernel() {
            @Override
            public int run(int n) {
                return (int) run.apply(n)[0];
            }

            @Override
            public int work(Size size) {
                return (int) work.apply(size == Size.QUICK ? 1 : 0)[0];
            }
        };
    }
}
