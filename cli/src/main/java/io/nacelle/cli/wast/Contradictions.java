// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli.wast;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Assertions of scripts that contradict the standard, each listed with the clause that it
 * contradicts. They are counted apart, and only as long as they fail: a list cannot grow stale.
 *
 * <p>A list has a line for each: the script's path in its suite, the line of the command and the
 * clause, between tabs. Lines that begin with {@code #} are comments.
 *
 * <p>Immutable.
 */
public final class Contradictions {
    private static final Contradictions NONE = new Contradictions(Map.of());

    private final Map<Path, SortedMap<Integer, String>> clauses;

    private Contradictions(Map<Path, SortedMap<Integer, String>> clauses) {
        this.clauses = clauses;
    }

    /** No script contradicts anything. */
    public static Contradictions none() {
        return NONE;
    }

    /**
     * Reads a list.
     *
     * @throws IllegalArgumentException when a line is not of that form, or one command is listed
     *     twice
     */
    public static Contradictions parse(List<String> lines) {
        var clauses = new HashMap<Path, SortedMap<Integer, String>>();
        for (var line : lines) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            var columns = line.split("\t");
            if (columns.length != 3 || columns[2].isBlank()) {
                throw new IllegalArgumentException("not a script, a line and a clause: " + line);
            }
            var ofScript = clauses.computeIfAbsent(Path.of(columns[0]), _ -> new TreeMap<>());
            if (ofScript.put(number(columns[1], line), columns[2]) != null) {
                throw new IllegalArgumentException("listed twice: " + line);
            }
        }
        return new Contradictions(clauses);
    }

    private static int number(String text, String line) {
        try {
            return Integer.parseUnsignedInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not the number of a line: " + line, e);
        }
    }

    /** The scripts that the list is about, by their paths in their suite. */
    public SortedSet<Path> scripts() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(clauses.keySet()));
    }

    /**
     * A report in which failures that are listed are counted apart, and listed commands that do not
     * fail are failures.
     *
     * @param script the script's path, which ends as the list has it
     */
    public ScriptReport apply(Path script, ScriptReport report) {
        var listed = new TreeMap<Integer, String>();
        clauses.forEach(
                (name, ofScript) -> {
                    if (script.endsWith(name)) {
                        listed.putAll(ofScript);
                    }
                });
        if (listed.isEmpty()) {
            return report;
        }
        var results = new ArrayList<ScriptReport.Result>();
        for (var result : report.results()) {
            var clause = listed.remove(result.line());
            var outcome = clause == null ? result.outcome() : judge(result.outcome(), clause);
            results.add(new ScriptReport.Result(result.line(), outcome, result.fuel()));
        }
        listed.keySet()
                .forEach(
                        line ->
                                results.add(
                                        new ScriptReport.Result(
                                                line,
                                                new Outcome.Failed("listed, but no command"),
                                                0)));
        return new ScriptReport(results);
    }

    private static Outcome judge(Outcome outcome, String clause) {
        return outcome instanceof Outcome.Failed failed
                ? new Outcome.Contradicts(clause, failed.reason())
                : new Outcome.Failed("listed as contradicting the standard, but does not fail");
    }
}
