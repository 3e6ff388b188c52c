// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

/** The runtime: engines, stores, instances, linking, and the two interpreters. */
module io.nacelle.runtime {
    requires transitive io.nacelle.wasm;
    requires static java.management;
    requires static jdk.management;

    exports io.nacelle.runtime;
    exports io.nacelle.runtime.code to
            io.nacelle.jit;
    exports io.nacelle.runtime.exec to
            io.nacelle.jit,
            io.nacelle.tree;
    exports io.nacelle.runtime.exec.gc to
            io.nacelle.jit;
    exports io.nacelle.runtime.interp to
            io.nacelle.jit;

    uses io.nacelle.runtime.exec.Compiler;
}
