// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

/** The compiler of WebAssembly to native code, by LLVM. */
module io.nacelle.aotc {
    requires transitive io.nacelle.aot;

    exports io.nacelle.aotc.llvm;
    exports io.nacelle.aotc.obj;
}
