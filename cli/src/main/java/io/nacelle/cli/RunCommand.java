// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.Extern;
import io.nacelle.runtime.Func;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.JsStrings;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.StoreKind;
import io.nacelle.runtime.StoreLimits;
import io.nacelle.wasi.ProcExit;
import io.nacelle.wasi.Wasi;
import io.nacelle.wasi.WasiConfig;
import io.nacelle.wasm.syntax.Export;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.valid.ValidModule;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/** Runs a program, or calls one function of a module. */
@Command(
        name = "run",
        description = {
            "Run a WASI program, or with --invoke one function of a module.",
            "What follows FILE is handed to the program.",
            "FILE can be the manifest of a tree of modules (.toml), which says what it is given."
        })
final class RunCommand implements Callable<Integer> {
    @Mixin private Help help;

    private static final String START = "_start";
    private static final String INITIALIZE = "_initialize";
    private static final int MAX_NAMES = 20;
    private static final String WASI = "wasi_snapshot_preview1";
    private static final String WASI_THREADS = "wasi";

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description = "How to run: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    Mode mode = Mode.AUTO;

    @Mixin TieringOption tiering = new TieringOption();

    @Mixin CacheOption cache = new CacheOption();

    /** Seen by the launcher, which starts a JVM that has them. */
    @Option(
            names = "--vectors",
            description =
                    "Compute vectors by those of the JDK, which are an incubating module: programs"
                            + " that use SIMD much become several times as fast.")
    boolean vectors;

    @Option(
            names = "--store",
            paramLabel = "KIND",
            description =
                    "Where memories live: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    StoreKind store = StoreKind.AUTO;

    @Option(
            names = "--dir",
            paramLabel = "HOST[::GUEST][::ro]",
            converter = DirectoryGrant.Converter.class,
            description = "Give the program a directory, under a name of its own, or read-only.")
    List<DirectoryGrant> directories = List.of();

    @Option(
            names = "--env",
            paramLabel = "NAME[=VALUE]",
            description = "Set an environment variable; without a value it is this process's own.")
    List<String> environment = List.of();

    @Option(
            names = "--invoke",
            paramLabel = "NAME",
            description = "Call this exported function with the arguments, and print its results.")
    Optional<String> invoke = Optional.empty();

    @Option(
            names = "--argv0",
            paramLabel = "NAME",
            description = "The program's name as it sees it. Default: the name of the file.")
    Optional<String> argv0 = Optional.empty();

    @Option(
            names = "--preload",
            paramLabel = "NAME=FILE",
            description =
                    "Instantiate another module first, whose exports can be imported by NAME.")
    Map<String, Path> preloads = new LinkedHashMap<>();

    @Option(
            names = "--string-constants",
            paramLabel = "MODULE",
            description = "Let imports from MODULE be strings, each of its own name.")
    Optional<String> stringConstants = Optional.empty();

    /** The libraries to preload, once there is an engine. */
    private final Map<String, Module> preloaded = new LinkedHashMap<>();

    /** The program, once there is an engine. */
    private Optional<Module> prepared = Optional.empty();

    @Option(
            names = "--fuel",
            paramLabel = "UNITS",
            description = "Stop when so many units are consumed; an instruction takes one.")
    Optional<Long> fuel = Optional.empty();

    @Option(
            names = "--deterministic",
            description = "Make floating-point results the same to the bit on every machine.")
    boolean deterministic;

    @Option(
            names = "--locked",
            description = "Refuse modules of a tree that import more than its lock file says.")
    boolean locked;

    @Option(
            names = "--locked-exact",
            description = "Refuse modules of a tree that are not, byte for byte, those locked.")
    boolean lockedExact;

    @Mixin FeatureOption features = new FeatureOption();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Quantity.Seconds.class,
            description = "Stop after so long: seconds, or with a unit (500ms, 2s, 1m).")
    Optional<Double> timeout = Optional.empty();

    @Option(
            names = "--max-memory",
            paramLabel = "BYTES",
            converter = Quantity.Bytes.class,
            description = "The most that all memories together may take (64MiB, 64MB).")
    Optional<Long> maxMemory = Optional.empty();

    @Option(
            names = "--max-stack",
            paramLabel = "BYTES",
            converter = Quantity.SmallBytes.class,
            description = "The most that the call stack may take (4MiB).")
    Optional<Integer> maxStack = Optional.empty();

    @Option(
            names = "--max-call-depth",
            paramLabel = "COUNT",
            description = "The most calls that may be open within one another.")
    Optional<Integer> maxCallDepth = Optional.empty();

    @Option(
            names = "--max-instances",
            paramLabel = "COUNT",
            description = "The most instances: of the program, its threads and what is preloaded.")
    Optional<Integer> maxInstances = Optional.empty();

    @Option(
            names = "--max-threads",
            paramLabel = "COUNT",
            description =
                    "The most threads beside the first. Default: "
                            + WasiConfig.DEFAULT_MAX_THREADS
                            + ".")
    int maxThreads = WasiConfig.DEFAULT_MAX_THREADS;

    @Parameters(
            index = "0",
            paramLabel = "FILE",
            description = "The module (.wasm or .wat), or a manifest (.toml).")
    Path file;

    @Parameters(
            index = "1..*",
            paramLabel = "ARGS",
            description = "Arguments of the program or of the function.")
    List<String> arguments = List.of();

    @Override
    public Integer call() throws IOException {
        checkNumbers();
        if (isManifest(file)) {
            return new TreeRun(this).run();
        }
        if (locked || lockedExact) {
            throw new Failure(ExitCode.USAGE, "--locked is for manifests (.toml), not for modules");
        }
        var allowed = features.features();
        var program = new ModuleFile(file).readValid(allowed);
        var libraries = new LinkedHashMap<String, ValidModule>();
        preloads.forEach(
                (name, path) -> libraries.put(name, new ModuleFile(path).readValid(allowed)));

        var engine = engine(fuel.isPresent(), maxCallDepth.isPresent());
        try (var wasi = Wasi.create(wasiConfig());
                var guests = Store.create(engine, store, limits());
                var _ = new Watchdog(timeout, guests)) {
            fuel.ifPresent(guests::setFuel);
            var linker = Linker.create(guests);
            var module = Module.of(engine, program);
            if (importsWasi(program) || libraries.values().stream().anyMatch(this::importsWasi)) {
                wasi.define(linker, module);
            }
            libraries.forEach((name, valid) -> preloaded.put(name, Module.of(engine, valid)));
            prepared = Optional.of(module);
            preload(linker);
            return run(wasi, linker.instantiate(module, mode, Optional.of(programName())));
        } catch (ProcExit exit) {
            return exit.exitCode();
        } catch (RuntimeException e) {
            return GuestFailure.report(e, file);
        }
    }

    /**
     * Whether a file is a manifest. By its name: to look inside would cost every run its time, and
     * so would a class of its own.
     */
    private static boolean isManifest(Path file) {
        return file.toString().endsWith(".toml");
    }

    /**
     * An engine as the options want it.
     *
     * @param fuel whether it counts fuel
     * @param depth whether it counts calls
     */
    Engine engine(boolean fuel, boolean depth) {
        var config =
                EngineConfig.defaults()
                        .withMode(mode)
                        .withTiering(tiering.tiering())
                        .withFeatures(features.features());
        if (deterministic) {
            config = config.withDeterminism();
        }
        config = fuel ? config.withFuel() : config;
        return Engine.create(cache.apply(depth ? config.withCallDepth() : config));
    }

    /**
     * Defines strings and instantiates the libraries: for the program, and again for each of its
     * threads.
     */
    private void preload(Linker linker) {
        preloaded.values().forEach(module -> defineStrings(linker, module));
        prepared.ifPresent(module -> defineStrings(linker, module));
        preloaded.forEach(
                (name, module) -> {
                    var instance = linker.instantiate(module, mode, Optional.of(name));
                    checkInitializer(instance, preloads.get(name));
                    if (instance.export(INITIALIZE).orElse(null) instanceof Func initializer) {
                        initializer.call();
                    }
                    linker.define(name, instance);
                });
    }

    private void defineStrings(Linker linker, Module module) {
        if (imports(module.valid(), JsStrings.MODULE)) {
            JsStrings.define(linker);
        }
        stringConstants.ifPresent(name -> JsStrings.defineConstants(linker, module, name));
    }

    private int run(Wasi wasi, Instance instance) {
        if (invoke.isPresent()) {
            initialize(wasi, instance, file);
            wasi.together(
                    () -> {
                        invoke(instance, invoke.get());
                        return ExitCode.OK;
                    });
            return ExitCode.OK;
        }
        if (instance.export(START).orElse(null) instanceof Func start) {
            checkType(START, start, file);
            return wasi.run(instance);
        }
        var syntax = instance.module().valid().syntax();
        if (syntax.start().isEmpty() && instance.export(INITIALIZE).isEmpty()) {
            throw new Failure(file + ": not a program: no " + START + "; " + functions(instance));
        }
        initialize(wasi, instance, file);
        return ExitCode.OK;
    }

    private static void initialize(Wasi wasi, Instance instance, Path file) {
        checkInitializer(instance, file);
        wasi.initialize(instance);
    }

    private static void checkInitializer(Instance instance, Path file) {
        instance.export(INITIALIZE).ifPresent(e -> checkType(INITIALIZE, e, file));
    }

    private static void checkType(String name, Extern export, Path file) {
        if (!(export instanceof Func func)) {
            throw new Failure(file + ": the export " + name + " is not a function");
        }
        if (!func.funcType().equals(FuncType.of())) {
            throw new Failure(
                    file
                            + ": "
                            + name
                            + " has the type "
                            + func.funcType()
                            + " instead of "
                            + FuncType.of());
        }
    }

    private void invoke(Instance instance, String name) {
        if (!(instance.export(name).orElse(null) instanceof Func func)) {
            throw new Failure(
                    file + ": no exported function '" + name + "'; " + functions(instance));
        }
        for (var result : func.call(Values.parse(name, func.funcType(), arguments))) {
            System.out.println(Values.format(result));
        }
    }

    private static String functions(Instance instance) {
        return instance.module().valid().syntax().exports().stream()
                .filter(e -> e.kind() == Export.Kind.FUNC)
                .map(e -> Printable.quoted(e.name()))
                .limit(MAX_NAMES)
                .collect(
                        Collectors.collectingAndThen(
                                Collectors.joining(", "),
                                names ->
                                        names.isEmpty()
                                                ? "it exports no function"
                                                : "--invoke can call " + names));
    }

    private boolean importsWasi(ValidModule module) {
        return imports(module, WASI) || imports(module, WASI_THREADS);
    }

    private static boolean imports(ValidModule module, String name) {
        for (var one : module.syntax().imports()) {
            if (one.module().equals(name)) {
                return true;
            }
        }
        return false;
    }

    String programName() {
        return argv0.orElseGet(
                () -> file.getFileName() == null ? "" : file.getFileName().toString());
    }

    /** Refuses numbers that mean nothing before anything is done with the module. */
    private void checkNumbers() {
        fuel.ifPresent(n -> checkCount("--fuel", n));
        maxMemory.ifPresent(n -> checkCount("--max-memory", n));
        maxStack.ifPresent(n -> checkCount("--max-stack", n));
        maxCallDepth.ifPresent(n -> checkDepth(n));
        maxInstances.ifPresent(n -> checkCount("--max-instances", n));
        checkCount("--max-threads", maxThreads);
        if (timeout.isPresent() && !(timeout.get() > 0)) {
            throw new Failure(ExitCode.USAGE, "--timeout " + timeout.get() + " is not positive");
        }
    }

    private static void checkDepth(int calls) {
        if (calls < 1) {
            throw new Failure(
                    ExitCode.USAGE, "--max-call-depth " + calls + " is less than one call");
        }
    }

    private static void checkCount(String option, long number) {
        if (number < 0) {
            throw new Failure(ExitCode.USAGE, option + " " + number + " is negative");
        }
    }

    private StoreLimits limits() {
        var limits = StoreLimits.defaults();
        limits = maxMemory.isPresent() ? limits.withMemoryBytes(maxMemory.get()) : limits;
        limits = maxCallDepth.isPresent() ? limits.withCallDepth(maxCallDepth.get()) : limits;
        limits = maxInstances.isPresent() ? limits.withInstances(maxInstances.get()) : limits;
        return maxStack.isPresent() ? limits.withStackBytes(maxStack.get()) : limits;
    }

    private WasiConfig wasiConfig() {
        var words = new ArrayList<String>();
        words.add(programName());
        words.addAll(arguments);
        var config =
                WasiConfig.empty()
                        .withProcessStreams()
                        .withArguments(words)
                        .withMaxThreads(maxThreads)
                        .withThreadImports(this::preload);
        for (var variable : environment) {
            int at = variable.indexOf('=');
            var name = at < 0 ? variable : variable.substring(0, at);
            if (name.isEmpty()) {
                throw new Failure(ExitCode.USAGE, "--env '" + variable + "' has no name");
            }
            var value = at < 0 ? System.getenv(name) : variable.substring(at + 1);
            if (value != null) {
                config = config.withEnvironment(name, value);
            }
        }
        for (var directory : directories) {
            try {
                config =
                        config.withDirectory(
                                directory.host(), directory.guest(), directory.access());
            } catch (IOException _) {
                throw new Failure("--dir " + directory.host() + ": " + directoryFault(directory));
            } catch (UnsupportedOperationException e) {
                throw new Failure("--dir " + directory.host() + ": " + e.getMessage());
            }
        }
        return config;
    }

    private static String directoryFault(DirectoryGrant directory) {
        if (Files.exists(directory.host())) {
            return "not a directory";
        }
        return Files.notExists(directory.host()) ? "no such directory" : "permission denied";
    }
}
