// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

/** What the command itself says, as opposed to the guest. */
final class Console {
    private Console() {}

    static void error(String message) {
        System.err.println("nacelle: " + Printable.lines(message));
    }
}
