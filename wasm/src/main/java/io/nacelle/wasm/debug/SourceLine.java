// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.debug;

import java.util.Objects;
import java.util.Optional;

/**
 * A place in the source of a program.
 *
 * @param function the function that the compiler has inlined there, or the one that the code
 *     belongs to, where the debugging information names it
 * @param file the path, as the compiler has recorded it
 * @param line from 1
 * @param column from 1, or 0 when it is not known
 */
public record SourceLine(Optional<String> function, String file, int line, int column) {
    public SourceLine {
        Objects.requireNonNull(function);
        Objects.requireNonNull(file);
    }

    /** The last part of the path. */
    public String fileName() {
        return file.substring(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
    }

    /** Path and line, as compilers write them: {@code src/shop.c:12}. */
    @Override
    public String toString() {
        return file + ":" + line;
    }
}
