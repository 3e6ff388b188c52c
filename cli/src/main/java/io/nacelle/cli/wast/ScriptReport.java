// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli.wast;

import java.util.List;
import java.util.stream.Stream;

/**
 * What became of every command of a script, in order. A command is what stands at the script's top
 * level, each counted once.
 */
public record ScriptReport(List<Result> results) {
    /**
     * One command.
     *
     * @param line where it begins, from 1
     * @param fuel what it consumed; 0 when fuel is not counted
     */
    public record Result(int line, Outcome outcome, long fuel) {}

    public ScriptReport {
        results = List.copyOf(results);
    }

    /** A script that cannot be read counts as one command that failed. */
    static ScriptReport unreadable(String reason) {
        return new ScriptReport(List.of(new Result(1, new Outcome.Failed(reason), 0)));
    }

    /** How many commands there are, whatever became of them. */
    public int commands() {
        return results.size();
    }

    public int passed() {
        return count(Outcome.Passed.class);
    }

    public int failed() {
        return count(Outcome.Failed.class);
    }

    public int skipped() {
        return count(Outcome.Skipped.class);
    }

    /** How many failed as the standard says. */
    public int contradicting() {
        return count(Outcome.Contradicts.class);
    }

    private int count(Class<? extends Outcome> kind) {
        return (int) results.stream().filter(r -> kind.isInstance(r.outcome())).count();
    }

    /** Those that failed. */
    public Stream<Result> failures() {
        return results.stream().filter(r -> r.outcome() instanceof Outcome.Failed);
    }

    /** Those that were skipped. */
    public Stream<Result> skips() {
        return results.stream().filter(r -> r.outcome() instanceof Outcome.Skipped);
    }
}
