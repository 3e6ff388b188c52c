// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import java.util.Locale;

/** How the functions of an instance run. Results, traps and limits are the same in every mode. */
public enum Mode {
    /** Interprets the module's bytes in place: least memory, starts at once. */
    CLASSIC,
    /** Interprets register code, made of each function at its first call: most speed. */
    FAST;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
