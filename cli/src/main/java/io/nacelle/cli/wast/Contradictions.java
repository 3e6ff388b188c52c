// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli.wast;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
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
 * <p>A list has a line for each: the script's path in its suite, the SHA-256 of the script in
 * hexadecimal digits, the line of the command and the clause, between tabs. Lines that begin with
 * {@code #} are comments. The digest says which script is meant, so that a list of one revision of
 * a suite says nothing about others.
 *
 * <p>Immutable.
 */
public final class Contradictions {
    private static final String RESOURCE = "contradictions.tsv";
    private static final int COLUMNS = 4;

    private final SortedSet<String> scripts = new TreeSet<>();

    /** Clauses by digest of the script and line. */
    private final Map<String, SortedMap<Integer, String>> clauses = new HashMap<>();

    private Contradictions() {}

    /** Those of the official test suite. */
    public static Contradictions official() {
        try (var in = Contradictions.class.getResourceAsStream(RESOURCE)) {
            var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return parse(text.lines().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads a list.
     *
     * @throws IllegalArgumentException when a line is not of that form, or one command is listed
     *     twice
     */
    public static Contradictions parse(List<String> lines) {
        var list = new Contradictions();
        for (var line : lines) {
            if (!line.isBlank() && !line.startsWith("#")) {
                list.add(line);
            }
        }
        return list;
    }

    private void add(String line) {
        var columns = line.split("\t");
        if (columns.length != COLUMNS || columns[COLUMNS - 1].isBlank()) {
            throw new IllegalArgumentException("not a script, digest, line and clause: " + line);
        }
        scripts.add(columns[0]);
        var ofScript = clauses.computeIfAbsent(columns[1], _ -> new TreeMap<>());
        if (ofScript.put(number(columns[2], line), columns[3]) != null) {
            throw new IllegalArgumentException("listed twice: " + line);
        }
    }

    private static int number(String text, String line) {
        try {
            return Integer.parseUnsignedInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not the number of a line: " + line, e);
        }
    }

    /** The scripts that the list is about, by their paths in their suite. */
    public SortedSet<String> scripts() {
        return Collections.unmodifiableSortedSet(scripts);
    }

    /**
     * A report in which failures that are listed are counted apart, and listed commands that do not
     * fail are failures.
     *
     * @param script the script's text, byte by byte
     */
    public ScriptReport apply(byte[] script, ScriptReport report) {
        var listed = new TreeMap<>(clauses.getOrDefault(digest(script), new TreeMap<>()));
        if (listed.isEmpty()) {
            return report;
        }
        var results = new ArrayList<ScriptReport.Result>();
        for (var result : report.results()) {
            var clause = listed.remove(result.line());
            var outcome = clause == null ? result.outcome() : judge(result.outcome(), clause);
            results.add(new ScriptReport.Result(result.line(), outcome, result.fuel()));
        }
        for (int line : listed.keySet()) {
            var outcome = new Outcome.Failed("listed, but no command");
            results.add(new ScriptReport.Result(line, outcome, 0));
        }
        return new ScriptReport(results);
    }

    private static Outcome judge(Outcome outcome, String clause) {
        return outcome instanceof Outcome.Failed failed
                ? new Outcome.Contradicts(clause, failed.reason())
                : new Outcome.Failed("listed as contradicting the standard, but does not fail");
    }

    private static String digest(byte[] script) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(script));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
