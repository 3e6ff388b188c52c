// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import io.nacelle.cli.wast.Contradictions;
import io.nacelle.cli.wast.Outcome;
import io.nacelle.cli.wast.ScriptConfig;
import io.nacelle.cli.wast.ScriptReport;
import io.nacelle.cli.wast.ScriptRunner;
import io.nacelle.cli.wast.SuiteLayout;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.StoreKind;
import io.nacelle.wasm.syntax.Feature;
import io.nacelle.wasm.syntax.FeatureSet;

import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;

/** Runs test scripts. */
@Command(
        name = "wast",
        description = {
            "Run test scripts of the WebAssembly specification.",
            "The last line counts commands: passed, failed, skipped."
        })
final class WastCommand implements Callable<Integer> {
    private static final String SUFFIX = ".wast";

    /** A proposal by the name that users know it by. */
    static final class FeatureConverter implements ITypeConverter<Feature> {
        @Override
        public Feature convert(String label) {
            return Arrays.stream(Feature.values())
                    .filter(f -> f.label().equals(label))
                    .findFirst()
                    .orElseThrow(
                            () ->
                                    new TypeConversionException(
                                            "no feature '"
                                                    + label
                                                    + "'; there are "
                                                    + FeatureSet.ALL));
        }
    }

    @Mixin private Help help;

    @Option(
            names = "--mode",
            split = ",",
            paramLabel = "MODE",
            description =
                    "How to run: ${COMPLETION-CANDIDATES}. Of several, a script's instances take"
                            + " one each in turn. Default: auto.")
    private List<Mode> modes = List.of(Mode.AUTO);

    @Mixin private TieringOption tiering;

    @Option(
            names = "--store",
            paramLabel = "KIND",
            description =
                    "Where memories live: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private StoreKind store = StoreKind.AUTO;

    @Mixin private FeatureOption base;

    @Option(
            names = "--enable",
            split = ",",
            paramLabel = "FEATURE",
            converter = FeatureConverter.class,
            description =
                    "Allow modules to use proposals that are off, as custom-descriptors is but in"
                            + " scripts below proposals/custom-descriptors.")
    private List<Feature> enabled = List.of();

    @Option(
            names = "--disable",
            split = ",",
            paramLabel = "FEATURE",
            converter = FeatureConverter.class,
            description = "Take modules that use these for invalid.")
    private List<Feature> disabled = List.of();

    @Option(
            names = "--contradictions",
            paramLabel = "LIST",
            description = {
                "A list of assertions that contradict the standard, counted apart while they fail:"
                        + " a script's path in its suite, its SHA-256, a line and the clause,"
                        + " between tabs. Default: those of the official test suite."
            })
    private Optional<Path> list = Optional.empty();

    @Option(
            names = {"-v", "--verbose"},
            description =
                    "Count for each script too, and say what was skipped and what contradicts the"
                            + " standard, and why.")
    private boolean verbose;

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description = "Scripts (.wast), or directories with such.")
    private List<Path> files;

    private final Map<String, Integer> skips = new TreeMap<>();
    private final Counts total = new Counts();

    /** What became of commands. */
    private static final class Counts {
        int passed;
        int failed;
        int skipped;
        int contradicting;

        void add(ScriptReport report) {
            passed += report.passed();
            failed += report.failed();
            skipped += report.skipped();
            contradicting += report.contradicting();
        }

        @Override
        public String toString() {
            var text = passed + " passed, " + failed + " failed, " + skipped + " skipped";
            return contradicting == 0
                    ? text
                    : text + ", " + contradicting + " contradicting the standard";
        }
    }

    @Override
    public Integer call() throws Failure {
        var contradictions = contradictions();
        var config =
                ScriptConfig.defaults()
                        .withModes(modes.toArray(Mode[]::new))
                        .withTiering(tiering.tiering())
                        .withStore(store);
        for (var file : scripts()) {
            var features =
                    EnumSet.copyOf(
                            base.requested()
                                    .<Set<Feature>>map(f -> f)
                                    .orElseGet(() -> SuiteLayout.features(file)));
            features.addAll(enabled);
            features.removeAll(disabled);
            run(file, config.withFeatures(features), contradictions);
        }
        if (verbose) {
            skips.forEach((reason, count) -> System.out.println(count + " skipped: " + reason));
        }
        System.out.println(total);
        return total.failed == 0 ? ExitCode.OK : ExitCode.FAILURE;
    }

    /** The files, and all scripts in directories among them. */
    private List<Path> scripts() throws Failure {
        var scripts = new ArrayList<Path>();
        for (var file : files) {
            if (!Files.isDirectory(file)) {
                scripts.add(file);
                continue;
            }
            int before = scripts.size();
            try (var below = Files.walk(file)) {
                below.filter(f -> f.toString().endsWith(SUFFIX) && Files.isRegularFile(f))
                        .sorted()
                        .forEach(scripts::add);
            } catch (IOException e) {
                throw ModuleFile.unreadable(file, e);
            } catch (UncheckedIOException e) {
                throw ModuleFile.unreadable(file, e.getCause());
            }
            if (scripts.size() == before) {
                throw new Failure(file + ": a directory without scripts (" + SUFFIX + ")");
            }
        }
        return scripts;
    }

    private Contradictions contradictions() throws Failure {
        if (list.isEmpty()) {
            return Contradictions.official();
        }
        try {
            return Contradictions.parse(Files.readAllLines(list.get()));
        } catch (IOException e) {
            throw ModuleFile.unreadable(list.get(), e);
        } catch (IllegalArgumentException e) {
            throw new Failure(list.get() + ": " + e.getMessage());
        }
    }

    private void run(Path file, ScriptConfig config, Contradictions contradictions) {
        try {
            var script = Files.readAllBytes(file);
            count(file, contradictions.apply(script, ScriptRunner.run(script, config)));
        } catch (IOException e) {
            total.failed++;
            System.out.println(ModuleFile.unreadable(file, e).getMessage());
        }
    }

    private void count(Path file, ScriptReport report) {
        total.add(report);
        for (var result : report.results()) {
            var place = file + ":" + result.line() + ": ";
            switch (result.outcome()) {
                case Outcome.Passed _ -> {}
                case Outcome.Failed failure -> System.out.println(place + failure.reason());
                case Outcome.Skipped skip -> skips.merge(skip.reason(), 1, Integer::sum);
                case Outcome.Contradicts contradicts -> {
                    if (verbose) {
                        System.out.println(
                                place
                                        + contradicts.reason()
                                        + ", as the standard says: "
                                        + contradicts.clause());
                    }
                }
            }
        }
        if (verbose) {
            var counts = new Counts();
            counts.add(report);
            System.out.println(file + ": " + counts);
        }
    }
}
