// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.nacelle.cli.wast.Contradictions;
import io.nacelle.cli.wast.Outcome;
import io.nacelle.cli.wast.ScriptRunner;
import io.nacelle.wasm.syntax.Feature;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The official test suite, in every mode on every kind of store. How many commands each script has
 * and how many of them are skipped is on record, so that none is lost.
 */
final class OfficialScriptsTest {
    private static final int ALL_COMMANDS = 67_119;

    private static final Set<Feature> NOT_EXECUTED =
            EnumSet.of(Feature.GC, Feature.THREADS, Feature.CUSTOM_DESCRIPTORS);

    private record Total(int commands, int skipped) {}

    private static List<String[]> rows(String resource) throws IOException {
        try (var lines = Files.lines(Scripts.resource(resource))) {
            return lines.filter(line -> !line.startsWith("#")).map(l -> l.split("\t")).toList();
        }
    }

    private static Map<String, Total> totals() throws IOException {
        return rows("/totals.tsv").stream()
                .collect(
                        Collectors.toMap(
                                row -> row[0],
                                row ->
                                        new Total(
                                                Integer.parseInt(row[1]), Integer.parseInt(row[2])),
                                (a, b) -> {
                                    throw new IllegalStateException("a script is there twice");
                                },
                                TreeMap::new));
    }

    private static Contradictions contradictions() throws IOException {
        return Contradictions.parse(Files.readAllLines(Scripts.resource("/contradictions.tsv")));
    }

    @Test
    void recordIsComplete() throws IOException {
        assertEquals(ALL_COMMANDS, totals().values().stream().mapToInt(Total::commands).sum());
    }

    @Test
    void everyScriptIsOnRecord() throws IOException {
        assertEquals(
                totals().keySet(),
                Scripts.official().stream()
                        .map(Scripts.Script::name)
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    @Test
    void contradictionsAreOfScriptsThatExist() throws IOException {
        var scripts = totals().keySet();
        assertTrue(
                contradictions().scripts().stream()
                        .map(path -> path.toString().replace('\\', '/'))
                        .allMatch(scripts::contains));
    }

    @TestFactory
    Stream<DynamicTest> scripts() throws IOException {
        var scripts = Scripts.official();
        var totals = totals();
        var contradictions = contradictions();
        return Setup.pure()
                .flatMap(
                        setup ->
                                scripts.stream()
                                        .map(
                                                script -> {
                                                    var total = totals.get(script.name());
                                                    return dynamicTest(
                                                            script.name() + ", " + setup,
                                                            () ->
                                                                    check(
                                                                            script,
                                                                            setup,
                                                                            total,
                                                                            contradictions));
                                                }));
    }

    private static void check(
            Scripts.Script script, Setup setup, Total total, Contradictions contradictions) {
        var config = setup.config().withFeatures(script.features());
        var report = contradictions.apply(script.path(), ScriptRunner.run(script.text(), config));
        var failures =
                report.failures()
                        .map(r -> script.name() + ":" + r.line() + ": " + r.outcome())
                        .toList();
        assertEquals(List.of(), failures);
        assertEquals(total, new Total(report.commands(), report.skipped()));
        report.skips()
                .map(r -> (Outcome.Skipped) r.outcome())
                .forEach(s -> assertTrue(NOT_EXECUTED.contains(s.feature()), s::reason));
    }
}
