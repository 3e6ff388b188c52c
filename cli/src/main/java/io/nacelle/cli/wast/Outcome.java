// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli.wast;

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

    /** It is about a proposal that is not known here. */
    record Skipped(String reason) implements Outcome {}
}
