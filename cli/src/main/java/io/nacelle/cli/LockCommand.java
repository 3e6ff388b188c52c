// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import io.nacelle.tree.LockFile;
import io.nacelle.tree.Manifest;
import io.nacelle.tree.TreeException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Writes down what the modules of a tree import. */
@Command(
        name = "lock",
        description = {
            "Write down what the modules of a tree import.",
            "'run --locked' refuses modules that import more than that."
        })
final class LockCommand implements Callable<Integer> {
    @Mixin private Help help;

    @Mixin FeatureOption features = new FeatureOption();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "The lock file. Default: beside the manifest, app.lock for app.toml.")
    Optional<Path> output = Optional.empty();

    @Parameters(index = "0", paramLabel = "MANIFEST", description = "The manifest (.toml).")
    Path manifest;

    @Override
    public Integer call() {
        var tree = TreeRun.read(manifest, Manifest.Outside.nothing());
        var file = output.orElseGet(() -> LockFile.beside(manifest));
        try {
            LockFile.of(tree, features.features()).write(file);
        } catch (TreeException e) {
            throw TreeRun.failure(manifest, e);
        } catch (IOException e) {
            throw ModuleFile.unreadable(file, e);
        }
        return ExitCode.OK;
    }
}
