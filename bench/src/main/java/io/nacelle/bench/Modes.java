// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench;

/** Prints every mode that can run here, for scripts. */
final class Modes {
    private Modes() {}

    public static void main(String[] args) {
        System.out.println(Candidate.allModes());
    }
}
