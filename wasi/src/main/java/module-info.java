// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The WebAssembly System Interface, version 0.1 ({@code wasi_snapshot_preview1}).
 *
 * <p>A guest reaches only what its {@link io.nacelle.wasi.WasiConfig} names. Files of the host are
 * reached by system calls through the foreign function interface, so this module wants {@code
 * --enable-native-access=io.nacelle.wasi} when a directory of the host is granted; nothing else
 * uses native access.
 */
module io.nacelle.wasi {
    requires transitive io.nacelle.runtime;
    requires java.management;
    requires jdk.management;

    exports io.nacelle.wasi;
    exports io.nacelle.wasi.fs;
}
