// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli.wast;

import io.nacelle.wasm.syntax.Feature;

/** What became of a command. */
public sealed interface Outcome {
    /** It did what the script says. */
    record Passed() implements Outcome {}

    /** It did something else. */
    record Failed(String reason) implements Outcome {}

    /**
     * It did something else, and so says the standard, which the script contradicts.
     *
     * @param clause the standard's clause
     */
    record Contradicts(String clause, String reason) implements Outcome {}

    /**
     * It needs what is not executed, itself or by the instance that it is about.
     *
     * @param feature what is not executed
     */
    record Skipped(Feature feature, String reason) implements Outcome {}
}
