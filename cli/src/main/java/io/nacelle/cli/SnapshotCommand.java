// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.Func;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.SnapshotException;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.StoreKind;
import io.nacelle.wasi.ProcExit;
import io.nacelle.wasi.Wasi;
import io.nacelle.wasi.WasiConfig;
import io.nacelle.wasm.syntax.Export;
import io.nacelle.wasm.syntax.FuncType;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;

/** Runs what a module does first, and writes a module that has done it. */
@Command(
        name = "snapshot",
        description = {
            "Instantiate a module, call functions of it, and write a module that begins where that"
                    + " ends.",
            "The module reaches standard streams, clocks and random numbers, and no files. What it"
                    + " prints goes to standard error."
        })
final class SnapshotCommand implements Callable<Integer> {
    private static final String REACTOR = "_initialize";
    private static final String INITIALIZER = "wizer.initialize";

    /** What is done, and must not be done again. */
    private static final Set<String> DONE = Set.of(REACTOR, INITIALIZER);

    @Mixin private Help help;

    @Parameters(paramLabel = "FILE", description = "The module (.wasm or .wat).")
    private Path file;

    @Option(
            names = "--call",
            paramLabel = "NAME",
            description =
                    "Call this exported function, which takes and gives nothing; after _initialize,"
                            + " if there is one. May be repeated. Default: "
                            + INITIALIZER
                            + ".")
    private List<String> calls = List.of();

    @Option(
            names = "--rename",
            paramLabel = "NEW=OLD",
            description =
                    "Export what was OLD as NEW, in the place of what NEW was. May be repeated.")
    private Map<String, String> renames = new LinkedHashMap<>();

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description = "How to run: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Mode mode = Mode.AUTO;

    @Option(names = "--timeout", paramLabel = "SECONDS", description = "Stop after so long.")
    private Optional<Double> timeout = Optional.empty();

    @Mixin private FeatureOption features;

    @Mixin private Output output;

    @Override
    public Integer call() throws IOException {
        if (timeout.isPresent() && !(timeout.get() > 0)) {
            throw new Failure(ExitCode.USAGE, "--timeout " + timeout.get() + " is not positive");
        }
        var allowed = features.features();
        var valid = new ModuleFile(file).readValid(allowed);
        var engine = Engine.create(EngineConfig.defaults().withMode(mode).withFeatures(allowed));
        var config =
                WasiConfig.empty().withProcessStreams().withStdout(System.err).withArguments("");
        byte[] made;
        try (var wasi = Wasi.create(config);
                var store = Store.create(engine, StoreKind.AUTO);
                var _ = new Watchdog(timeout, store)) {
            var linker = Linker.create(store);
            var module = Module.of(engine, valid);
            wasi.define(linker, module);
            var instance = linker.instantiate(module);
            initialize(wasi, instance);
            made = instance.snapshot().encode(this::exports);
        } catch (SnapshotException e) {
            throw new Failure(file + ": " + e.getMessage());
        } catch (ProcExit exit) {
            throw new Failure(
                    file + ": it exited, with code " + exit.exitCode() + ", instead of returning");
        } catch (RuntimeException e) {
            return e instanceof Failure ? rethrow(e) : GuestFailure.report(e, file);
        }
        output.write(made);
        return ExitCode.OK;
    }

    private static Integer rethrow(RuntimeException e) {
        throw e;
    }

    private void initialize(Wasi wasi, Instance instance) {
        var names = new ArrayList<String>();
        if (instance.export(REACTOR).isPresent()) {
            names.add(REACTOR);
        }
        if (calls.isEmpty() && instance.export(INITIALIZER).isPresent()) {
            names.add(INITIALIZER);
        }
        names.addAll(calls);
        boolean starts = instance.module().valid().syntax().start().isPresent();
        if (names.isEmpty() && !starts) {
            throw new Failure(
                    file
                            + ": nothing to do first: no export "
                            + INITIALIZER
                            + "; --call names another");
        }
        for (var name : names) {
            if (!(instance.export(name).orElse(null) instanceof Func func)) {
                throw new Failure(file + ": no exported function " + Printable.quoted(name));
            }
            if (!func.funcType().equals(FuncType.of())) {
                throw new Failure(
                        file
                                + ": "
                                + Printable.quoted(name)
                                + " has the type "
                                + func.funcType()
                                + " instead of "
                                + FuncType.of());
            }
            wasi.together(
                    () -> {
                        func.call();
                        return ExitCode.OK;
                    });
        }
    }

    private List<Export> exports(List<Export> old) {
        var made = new ArrayList<Export>();
        for (var export : old) {
            if (!DONE.contains(export.name())
                    && !renames.containsKey(export.name())
                    && !renames.containsValue(export.name())) {
                made.add(export);
            }
        }
        renames.forEach(
                (name, was) -> {
                    var export =
                            old.stream()
                                    .filter(one -> one.name().equals(was))
                                    .findFirst()
                                    .orElseThrow(
                                            () ->
                                                    new Failure(
                                                            file
                                                                    + ": no export "
                                                                    + Printable.quoted(was)));
                    made.add(new Export(name, export.kind(), export.index()));
                });
        return made;
    }
}
