// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench.compare;

import java.nio.file.Path;

/** What a contender runs, of what tools/build-kernels makes of a kernel. */
enum Form {
    NATIVE,
    /** Native, without the compiler's own vectors. */
    SCALAR,
    WASM;

    Path file(Path directory, Subject subject) {
        return switch (this) {
            case NATIVE -> directory.resolve(subject.source() + ".so");
            case SCALAR -> directory.resolve("scalar").resolve(subject.source() + ".so");
            case WASM -> {
                var wasm = subject.simd() ? directory.resolve("simd") : directory;
                yield wasm.resolve(subject.source() + ".wasm");
            }
        };
    }
}
