// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.Mode;
import io.nacelle.tree.Channel;
import io.nacelle.tree.Grants;
import io.nacelle.tree.ImportSource;
import io.nacelle.tree.Manifest;
import io.nacelle.tree.ModuleTree;
import io.nacelle.tree.Node;
import io.nacelle.tree.SharedBuffer;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.NumType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What it costs the modules of a tree to call each other and to exchange bytes, in CPU nanoseconds:
 * calls within an instance, into another, through a binding that was made late, and to the host;
 * accesses to a shared buffer, and messages sent and received. Of several runs the least counts,
 * less the loop around. Each mode has a JVM of its own.
 *
 * <p>{@code TreeBench [--modes …] [--calls N]}
 */
final class TreeBench {
    private static final int REPEATS = 9;

    private static final String CALLEE =
            """
            (module (func (export "step") (param i32) (result i32)
              (i32.add (i32.mul (local.get 0) (i32.const 31)) (i32.const 7))))
            """;

    private static final List<String> CALLS =
            List.of("inline", "same instance", "other instance", "bound late", "host function");

    private static final List<String> BYTES =
            List.of(
                    "buffer, load",
                    "buffer, store",
                    "message, 64 B",
                    "buffer, 64 KiB",
                    "message, 64 KiB");

    private final String mode;
    private final ModuleTree tree;

    private TreeBench(String mode) throws IOException {
        this.mode = mode;
        var step = FuncType.of(List.of(NumType.I32), List.of(NumType.I32));
        var root =
                Node.of("caller", Resources.text("tree.wat").getBytes(StandardCharsets.UTF_8))
                        .withChild(Node.of("callee", CALLEE.getBytes(StandardCharsets.UTF_8)))
                        .withImport("early", ImportSource.child("callee"))
                        .withImport("late", ImportSource.child("callee").late())
                        .withBuffer("page", SharedBuffer.create(1 << 16))
                        .withChannel("mail", Channel.create(4, 1 << 16));
        var grants =
                Grants.none()
                        .withHost(
                                "host",
                                (linker, module) ->
                                        linker.define(
                                                module,
                                                "step",
                                                step,
                                                f -> f.setI32(0, f.i32(0) * 31 + 7)));
        var config = EngineConfig.defaults().withMode(Mode.valueOf(mode.toUpperCase(Locale.ROOT)));
        tree = ModuleTree.link(Engine.create(config), Manifest.of(root, grants));
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        var options = Options.parse(args, Set.of("--alone"), Set.of("--modes", "--calls"));
        int calls = options.get("--calls", 20_000_000);
        for (var mode : options.get("--modes", Candidate.allModes()).split(",")) {
            if (options.has("--alone")) {
                new TreeBench(mode).run(calls);
                continue;
            }
            var command =
                    JavaCommand.of(
                            TreeBench.class,
                            "--alone",
                            "--modes",
                            mode,
                            "--calls",
                            String.valueOf(calls));
            int status = new ProcessBuilder(command).inheritIO().start().waitFor();
            if (status != 0) {
                System.exit(status);
            }
        }
    }

    private void run(int calls) {
        int expected = 0;
        for (int n = calls; n > 0; n--) {
            expected = expected * 31 + 7 ^ n;
        }
        for (var name : CALLS) {
            least(name, calls / 10);
        }
        least("nothing", calls);
        double nothing = least("nothing", calls);
        report("a loop alone", nothing);
        for (var name : CALLS) {
            report(name, least(name, calls) - nothing);
            if (call(name, calls) != expected) {
                throw new IllegalStateException(name + " gave a wrong number");
            }
        }
        for (var name : BYTES) {
            int count = name.endsWith("KiB") ? calls / 200 : calls / 10;
            report(name, least(name, count) - nothing);
        }
    }

    private int call(String export, int count) {
        var slots = new long[] {count};
        tree.root().func(export).callRaw(slots);
        return (int) slots[0];
    }

    /** The least nanoseconds of a round. */
    private double least(String export, int count) {
        double best = Double.MAX_VALUE;
        for (int i = 0; i < REPEATS; i++) {
            long time = Meter.cpu();
            call(export, count);
            best = Math.min(best, Meter.cpu() - time);
        }
        return best / count;
    }

    private void report(String what, double nanoseconds) {
        System.out.printf("%-8s %-16s %10.2f ns%n", mode, what, nanoseconds);
    }
}
