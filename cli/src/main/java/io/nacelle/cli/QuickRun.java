// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import io.nacelle.runtime.Mode;
import io.nacelle.runtime.StoreKind;
import io.nacelle.wasm.syntax.FeatureSet;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the words after {@code run} where they are plain and right. Building picocli's model of all
 * commands takes several times as long as a small program runs; so picocli reads only what is left
 * to it here: words that are wrong, that ask for help, or that are written in rarer ways.
 */
final class QuickRun {
    private final RunCommand command = new RunCommand();
    private final Set<String> seen = new HashSet<>();
    private final List<DirectoryGrant> directories = new ArrayList<>();
    private final List<String> environment = new ArrayList<>();
    private final LinkedHashMap<String, Path> preloads = new LinkedHashMap<>();

    private QuickRun() {}

    /**
     * The command that words ask for.
     *
     * @param args the words, from the command's name on
     * @return empty when it is for picocli to say what they mean
     */
    static Optional<RunCommand> parse(String... args) {
        if (args.length == 0 || !args[0].equals("run")) {
            return Optional.empty();
        }
        try {
            return new QuickRun().read(args);
        } catch (RuntimeException _) {
            // A value that is not right; picocli says so as it says everything.
            return Optional.empty();
        }
    }

    private Optional<RunCommand> read(String[] args) {
        int at = 1;
        while (at < args.length && args[at].startsWith("-")) {
            var word = args[at++];
            int equals = word.indexOf('=');
            var name = equals < 0 ? word : word.substring(0, equals);
            if (equals < 0 && flag(name)) {
                continue;
            }
            if (equals < 0 && at == args.length) {
                return Optional.empty();
            }
            var value = equals < 0 ? args[at++] : word.substring(equals + 1);
            // Words that begin with a dash may be options where a value was forgotten.
            if (value.isEmpty() || value.startsWith("-") || !option(name, value)) {
                return Optional.empty();
            }
        }
        // Manifests are rare, and take longer than picocli.
        if (at == args.length || args[at].isEmpty() || args[at].endsWith(".toml")) {
            return Optional.empty();
        }
        command.directories = List.copyOf(directories);
        command.environment = List.copyOf(environment);
        command.preloads = preloads;
        command.file = Path.of(args[at]);
        command.arguments = List.of(args).subList(at + 1, args.length);
        return Optional.of(command);
    }

    private boolean flag(String name) {
        switch (name) {
            case "--vectors" -> command.vectors = true;
            case "--deterministic" -> command.deterministic = true;
            case "--locked" -> command.locked = true;
            case "--locked-exact" -> command.lockedExact = true;
            case "--no-cache" -> command.cache.off = true;
            default -> {
                return false;
            }
        }
        return seen.add(name);
    }

    private boolean option(String name, String value) {
        switch (name) {
            case "--dir" -> {
                return directories.add(DirectoryGrant.parse(value));
            }
            case "--env" -> {
                return environment.add(value);
            }
            case "--preload" -> {
                int split = value.indexOf('=');
                return split > 0
                        && split < value.length() - 1
                        && value.indexOf('=', split + 1) < 0
                        && preloads.put(
                                        value.substring(0, split),
                                        Path.of(value.substring(split + 1)))
                                == null;
            }
            case "--mode" -> command.mode = Mode.valueOf(constant(value));
            case "--store" -> command.store = StoreKind.valueOf(constant(value));
            case "--tier-threshold" -> command.tiering.threshold = Integer.parseInt(value);
            case "--tier-threads" -> command.tiering.threads = Integer.parseInt(value);
            case "--cache-dir" -> command.cache.directory = Optional.of(Path.of(value));
            case "--features" -> command.features.features = Optional.of(FeatureSet.parse(value));
            case "--invoke" -> command.invoke = Optional.of(value);
            case "--argv0" -> command.argv0 = Optional.of(value);
            case "--string-constants" -> command.stringConstants = Optional.of(value);
            case "--fuel" -> command.fuel = Optional.of(Long.parseLong(value));
            case "--timeout" -> command.timeout = Optional.of(Quantity.seconds(value));
            case "--max-memory" -> command.maxMemory = Optional.of(Quantity.bytes(value));
            case "--max-stack" -> command.maxStack = Optional.of(Quantity.smallBytes(value));
            case "--max-call-depth" -> command.maxCallDepth = Optional.of(Integer.parseInt(value));
            case "--max-instances" -> command.maxInstances = Optional.of(Integer.parseInt(value));
            case "--max-threads" -> command.maxThreads = Integer.parseInt(value);
            default -> {
                return false;
            }
        }
        // Twice the same option is a mistake.
        return seen.add(name);
    }

    private static String constant(String value) {
        return value.toUpperCase(Locale.ROOT);
    }
}
