// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import io.nacelle.jit.ahead.JarOptions;
import io.nacelle.jit.ahead.JavaNames;
import io.nacelle.jit.ahead.ModuleJar;
import io.nacelle.runtime.StoreKind;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Compiles a module to a jar. */
@Command(
        name = "compile",
        description = {
            "Compile a module, before it is run, to a jar for Java programs: its code as classes, and"
                    + " a typed interface of its exports.",
            "A program that uses it needs io.nacelle.runtime of the same version, and no compiler."
        })
final class CompileCommand implements Callable<Integer> {
    /** What a module can be compiled to. */
    enum Target {
        JVM
    }

    @Mixin private Help help;

    @Parameters(paramLabel = "FILE", description = "The module (.wasm or .wat).")
    private Path file;

    @Option(
            names = "--target",
            paramLabel = "TARGET",
            description = "What to compile to: jvm (the default), which is a jar.")
    private Target target = Target.JVM;

    @Option(
            names = "--package",
            paramLabel = "NAME",
            description = {
                "The package of the class that programs use, which is the name of the Java module"
                        + " too; the name of the file otherwise."
            })
    private Optional<String> packageName = Optional.empty();

    @Option(
            names = "--class-name",
            paramLabel = "NAME",
            description = "Its name; the name of the file, with a capital letter, otherwise.")
    private Optional<String> className = Optional.empty();

    @Option(
            names = "--store",
            paramLabel = "KIND",
            description = {
                "The kind of store that the code is for: heap, native, or auto (the default), which"
                        + " is heap unless the module's memory cannot be there."
            })
    private StoreKind store = StoreKind.AUTO;

    @Option(names = "--fuel", description = "For engines that count fuel, and for no others.")
    private boolean fuel;

    @Option(
            names = "--deterministic",
            description = "For engines that ask for determinism, and for no others.")
    private boolean deterministic;

    @Mixin private FeatureOption features;

    @Mixin private Output output;

    @Override
    public Integer call() {
        var options = options();
        var valid = new ModuleFile(file).readValid(features.features());
        ModuleJar jar;
        try {
            jar = ModuleJar.compile(valid, options);
        } catch (IllegalArgumentException e) {
            throw new Failure(file + ": " + e.getMessage());
        }
        output.write(jar::writeTo);
        return ExitCode.OK;
    }

    private JarOptions options() {
        var name = name();
        try {
            var options =
                    JarOptions.of(
                                    packageName.orElseGet(
                                            () -> JavaNames.of(name.toLowerCase(Locale.ROOT))),
                                    className.orElseGet(() -> JavaNames.ofClass(name)))
                            .withStore(store)
                            .withFeatures(features.features());
            if (fuel) {
                options = options.withFuel();
            }
            return deterministic ? options.withDeterminism() : options;
        } catch (IllegalArgumentException e) {
            throw new Failure(ExitCode.USAGE, e.getMessage());
        }
    }

    /** The name of the file, without what tells its format. */
    private String name() {
        if (file.equals(ModuleFile.STANDARD) || file.getFileName() == null) {
            return "module";
        }
        return file.getFileName().toString().replaceFirst("\\.(wasm|wat)$", "");
    }
}
