// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import io.nacelle.tree.LockFile;
import io.nacelle.tree.Manifest;
import io.nacelle.tree.ModuleTree;
import io.nacelle.tree.TreeException;
import io.nacelle.wasi.ProcExit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;

/** Runs a tree of modules. What it is given stands in the manifest and nowhere else. */
final class TreeRun {
    private final RunCommand options;
    private Optional<Watchdog> watchdog = Optional.empty();

    TreeRun(RunCommand options) {
        this.options = options;
    }

    int run() throws IOException {
        refuse("--dir", !options.directories.isEmpty());
        refuse("--env", !options.environment.isEmpty());
        refuse("--preload", !options.preloads.isEmpty());
        refuse("--invoke", options.invoke.isPresent());
        refuse("--string-constants", options.stringConstants.isPresent());
        try {
            var limited = limited(read(options.file, outside()));
            var engine =
                    options.engine(
                            limited.fuel().isPresent(),
                            limited.limits().callDepth() < Integer.MAX_VALUE);
            try (var tree =
                    ModuleTree.link(
                            engine,
                            limited,
                            lock(limited),
                            store ->
                                    watchdog = Optional.of(new Watchdog(options.timeout, store)))) {
                if (tree.root().export("_start").isEmpty()) {
                    // A library has been initialised, and that was all.
                    return ExitCode.OK;
                }
                return tree.run();
            }
        } catch (ProcExit exit) {
            return exit.exitCode();
        } catch (TreeException e) {
            throw failure(options.file, e);
        } catch (IllegalArgumentException e) {
            throw new Failure(options.file + ": " + e.getMessage());
        } catch (RuntimeException e) {
            return GuestFailure.report(e, options.file);
        } finally {
            watchdog.ifPresent(Watchdog::close);
        }
    }

    /** Reads a manifest, or says what is wrong with it. */
    static Manifest read(Path file, Manifest.Outside outside) {
        try {
            return Manifest.read(file, outside);
        } catch (IOException e) {
            throw ModuleFile.unreadable(file, e);
        } catch (TreeException e) {
            throw new Failure(Printable.lines(e.getMessage()));
        }
    }

    static Failure failure(Path file, TreeException e) {
        var message = Printable.lines(e.getMessage());
        // What is wrong in a manifest has its name in front already.
        return new Failure(message.startsWith(file + ":") ? message : file + ": " + message);
    }

    private static void refuse(String option, boolean given) {
        if (given) {
            throw new Failure(
                    ExitCode.USAGE,
                    option + " is for modules; the manifest says what a tree is given");
        }
    }

    private Manifest.Outside outside() {
        var words = new ArrayList<String>();
        words.add(options.programName());
        words.addAll(options.arguments);
        return new Manifest.Outside(words, System.getenv(), Map.of());
    }

    /** The lower of what the manifest and the options allow. */
    private Manifest limited(Manifest manifest) {
        var limits = manifest.limits();
        if (options.maxMemory.isPresent()) {
            limits =
                    limits.withMemoryBytes(Math.min(limits.memoryBytes(), options.maxMemory.get()));
        }
        if (options.maxStack.isPresent()) {
            limits = limits.withStackBytes(Math.min(limits.stackBytes(), options.maxStack.get()));
        }
        if (options.maxCallDepth.isPresent()) {
            limits = limits.withCallDepth(Math.min(limits.callDepth(), options.maxCallDepth.get()));
        }
        if (options.maxInstances.isPresent()) {
            limits = limits.withInstances(Math.min(limits.instances(), options.maxInstances.get()));
        }
        var result = manifest.withLimits(limits);
        if (options.fuel.isPresent()) {
            result =
                    result.withFuel(
                            Math.min(manifest.fuel().orElse(Long.MAX_VALUE), options.fuel.get()));
        }
        return result;
    }

    private Optional<LockFile> lock(Manifest manifest) {
        if (!options.locked && !options.lockedExact) {
            return Optional.empty();
        }
        var file = LockFile.beside(options.file);
        try {
            var lock = LockFile.read(file);
            if (options.lockedExact) {
                return Optional.of(lock.withStrictness(LockFile.Strictness.EXACT));
            }
            for (var path : lock.changed(manifest, options.features.features())) {
                Console.error("note: " + path + " has other code than when it was locked");
            }
            return Optional.of(lock);
        } catch (IOException e) {
            throw ModuleFile.unreadable(file, e);
        }
    }
}
