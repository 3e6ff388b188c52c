// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.nacelle.cli.wast.Contradictions;
import io.nacelle.cli.wast.ScriptReport;
import io.nacelle.cli.wast.ScriptRunner;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The official test suite, in every mode on every kind of store. Nothing fails and nothing is
 * skipped; how many commands each script has is on record, so that none is lost.
 */
final class OfficialScriptsTest {
    private static final int ALL_COMMANDS = 67_119;

    private static List<String[]> rows(String resource) throws IOException {
        try (var lines = Files.lines(Scripts.resource(resource))) {
            return lines.filter(line -> !line.startsWith("#")).map(l -> l.split("\t")).toList();
        }
    }

    private static Map<String, Integer> totals() throws IOException {
        return rows("/totals.tsv").stream()
                .collect(
                        Collectors.toMap(
                                row -> row[0],
                                row -> Integer.parseInt(row[1]),
                                (a, b) -> {
                                    throw new IllegalStateException("a script is there twice");
                                },
                                TreeMap::new));
    }

    @Test
    void recordIsComplete() throws IOException {
        assertEquals(ALL_COMMANDS, totals().values().stream().mapToInt(n -> n).sum());
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
    void contradictionsAreFound() throws IOException {
        var found = new TreeSet<String>();
        for (var script : Scripts.official()) {
            if (run(script, Setup.pure().findFirst().orElseThrow()).contradicting() > 0) {
                found.add(script.name());
            }
        }
        assertEquals(Contradictions.official().scripts(), found);
    }

    @TestFactory
    Stream<DynamicTest> scripts() throws IOException {
        var scripts = Scripts.official();
        var totals = totals();
        return Setup.pure()
                .flatMap(setup -> scripts.stream().map(script -> test(script, setup, totals)));
    }

    private static DynamicTest test(
            Scripts.Script script, Setup setup, Map<String, Integer> totals) {
        return dynamicTest(
                script.name() + ", " + setup,
                () -> {
                    var report = run(script, setup);
                    var others =
                            Stream.concat(report.failures(), report.skips())
                                    .map(r -> script.name() + ":" + r.line() + ": " + r.outcome())
                                    .toList();
                    assertEquals(List.of(), others);
                    assertEquals(totals.get(script.name()), report.commands());
                });
    }

    private static ScriptReport run(Scripts.Script script, Setup setup) {
        var text = script.text();
        var config = setup.config().withFeatures(script.features());
        return Contradictions.official().apply(text, ScriptRunner.run(text, config));
    }
}
