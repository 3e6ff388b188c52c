// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The compiler from WebAssembly to JVM bytecode. The runtime finds it by itself when it is there:
 * modes {@code jit} and {@code auto} use it.
 */
module io.nacelle.jit {
    requires transitive io.nacelle.runtime;
    requires static jdk.incubator.vector;

    exports io.nacelle.jit.ahead;

    provides io.nacelle.runtime.exec.Compiler with
            io.nacelle.jit.Jit;
}
