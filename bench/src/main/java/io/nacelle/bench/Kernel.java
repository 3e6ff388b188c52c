// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench;

/** A benchmark kernel in one of its forms. */
public interface Kernel {
    /** How much work a kernel does. */
    enum Size {
        FULL,
        QUICK
    }

    /** Does the work {@code n} and returns its checksum. */
    int run(int n);

    /** The {@code n} of a size. */
    int work(Size size);
}
