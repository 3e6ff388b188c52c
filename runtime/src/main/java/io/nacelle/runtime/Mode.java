// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.runtime.exec.Compiler;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How the functions of an instance run. Results, traps and limits are the same in every mode. */
public enum Mode {
    /** Interprets the module's bytes in place: least memory, starts at once. */
    CLASSIC,
    /** Interprets register code, made of each function at its first call: most speed. */
    FAST,
    /**
     * Compiles each function to JVM bytecode at its first call. Needs the module {@code
     * io.nacelle.jit}.
     */
    JIT,
    /**
     * Begins as {@link #FAST} and compiles what turns out to be hot, in the background: functions,
     * and loops while they run. Without the module {@code io.nacelle.jit} it stays what it begins
     * as.
     */
    AUTO;

    /** The modes that this program can run: without a compiler there is no {@link #JIT}. */
    public static List<Mode> available() {
        return Arrays.stream(values()).filter(Mode::isAvailable).toList();
    }

    /** Whether instances can run in this mode. */
    public boolean isAvailable() {
        return this != JIT || Compiler.isPresent();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
