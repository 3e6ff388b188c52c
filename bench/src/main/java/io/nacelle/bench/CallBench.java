// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench;

import io.nacelle.runtime.Func;
import io.nacelle.runtime.HostFunction;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Module;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.text.TextParser;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Set;

/**
 * What a call costs, in CPU nanoseconds: from the host into the guest, from the guest into the
 * host, and between functions of the guest, those beyond a loop that does not call. Of several runs
 * the least counts. Each mode has a JVM of its own, as it would in a program.
 *
 * <p>{@code CallBench [--modes …] [--stores …] [--calls N] [--tail-calls N]}
 */
final class CallBench {
    private static final int REPEATS = 7;

    /** The name of a measurement, and what of {@code calls.wat} it runs. */
    private record Case(String export, int callsARound) {}

    private static final List<Case> IN_THE_GUEST =
            List.of(
                    new Case("direct", 1),
                    new Case("indirect, one", 1),
                    new Case("indirect, eight", 1),
                    new Case("host", 3),
                    new Case("host, eight", 8),
                    new Case("host, any", 1));

    private static final List<String> TARGETS =
            List.of("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth");

    private static final List<String> HOST_NAMES =
            List.of("one", "two", "three", "four", "five", "six", "seven", "eight");

    private static final List<HostFunction> HOST_FUNCTIONS =
            List.of(
                    frame -> frame.setI32(0, frame.i32(0) + 1),
                    frame -> frame.setI32(0, ~frame.i32(0)),
                    frame -> frame.setI32(0, frame.i32(0) * 5),
                    frame -> frame.setI32(0, frame.i32(0) - 9),
                    frame -> frame.setI32(0, frame.i32(0) ^ 77),
                    frame -> frame.setI32(0, frame.i32(0) * 3),
                    frame -> frame.setI32(0, -frame.i32(0)),
                    frame -> frame.setI32(0, frame.i32(0) + 3));

    private final Candidate candidate;
    private final Instance instance;
    private final int calls;
    // Not final and not static: a program that holds several instances cannot have them compiled
    // in.
    private Func[] targets;
    private MethodHandle[] handles;

    /** What {@link Constant} is to have. */
    private static MethodHandle[] given;

    /** What the JVM can take for a constant. */
    private static final class Constant {
        static final MethodHandle FIRST = given[0];
        static final MethodHandle SECOND = given[1];
        static final MethodHandle THIRD = given[2];

        private Constant() {}
    }

    private CallBench(Candidate candidate, int calls) throws IOException {
        this.candidate = candidate;
        this.calls = calls;
        var store = candidate.store();
        var module = Module.of(store.engine(), TextParser.parse(Resources.text("calls.wat")));
        var type = new FuncType(List.of(NumType.I32), List.of(NumType.I32));
        var linker = Linker.create(store);
        for (int i = 0; i < HOST_FUNCTIONS.size(); i++) {
            linker.define("host", HOST_NAMES.get(i), type, HOST_FUNCTIONS.get(i));
        }
        instance = linker.instantiate(module);
        targets = TARGETS.stream().map(instance::func).toArray(Func[]::new);
        handles =
                TARGETS.stream().map(instance::func).map(Func::handle).toArray(MethodHandle[]::new);
        given = handles;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        var options =
                Options.parse(
                        args,
                        Set.of("--alone"),
                        Set.of("--modes", "--stores", "--calls", "--tail-calls"));
        var modes = options.get("--modes", Candidate.allModes());
        var stores = options.get("--stores", "heap");
        int calls = options.get("--calls", 5_000_000);
        int tailCalls = options.get("--tail-calls", 100_000_000);
        for (var candidate : Candidate.parse(modes, stores)) {
            if (options.has("--alone")) {
                var bench = new CallBench(candidate, calls);
                bench.intoTheGuest();
                bench.inTheGuest();
                bench.tailCalls(tailCalls);
                continue;
            }
            var command =
                    JavaCommand.of(
                            CallBench.class,
                            "--alone",
                            "--modes",
                            candidate.mode().toString(),
                            "--stores",
                            candidate.kind().toString(),
                            "--calls",
                            String.valueOf(calls),
                            "--tail-calls",
                            String.valueOf(tailCalls));
            int status = new ProcessBuilder(command).inheritIO().start().waitFor();
            if (status != 0) {
                System.exit(status);
            }
        }
    }

    /** Calls functions in turn from one place, each with what the one before gave. */
    private interface Way {
        int call(int functions, int calls) throws Throwable;
    }

    private void intoTheGuest() {
        into("in, raw", 3, this::raw);
        into("in, typed", 3, this::typed);
        into("in, constant", 3, CallBench::constant);
        into("in, raw, eight", 8, this::raw);
        into("in, typed, eight", 8, this::typed);
    }

    private void into(String name, int functions, Way way) {
        double best = Double.MAX_VALUE;
        int expected = model(functions, calls);
        for (int i = 0; i < REPEATS; i++) {
            long time = Meter.cpu();
            int given;
            try {
                given = way.call(functions, calls);
            } catch (Throwable e) {
                throw new IllegalStateException(name, e);
            }
            best = Math.min(best, Meter.cpu() - time);
            check(name, given, expected);
        }
        report(name, best / calls);
    }

    private int raw(int functions, int count) {
        var slots = new long[1];
        int next = 0;
        for (int i = 0; i < count; i++) {
            targets[next].callRaw(slots);
            next = next == functions - 1 ? 0 : next + 1;
        }
        return (int) slots[0];
    }

    private int typed(int functions, int count) throws Throwable {
        int value = 0;
        int next = 0;
        for (int i = 0; i < count; i++) {
            value = (int) handles[next].invokeExact(value);
            next = next == functions - 1 ? 0 : next + 1;
        }
        return value;
    }

    /** The three in places of their own. */
    private static int constant(int functions, int count) throws Throwable {
        int value = 0;
        for (int i = 0; i < count; i += functions) {
            value = (int) Constant.FIRST.invokeExact(value);
            if (i + 1 < count) {
                value = (int) Constant.SECOND.invokeExact(value);
            }
            if (i + 2 < count) {
                value = (int) Constant.THIRD.invokeExact(value);
            }
        }
        return value;
    }

    /** What the guest's functions make of a number in turn. */
    private static int model(int functions, int count) {
        int value = 0;
        for (int i = 0; i < count; i++) {
            value = guest(i % functions, value);
        }
        return value;
    }

    private static int guest(int function, int value) {
        return switch (function) {
            case 0 -> value + 1;
            case 1 -> value ^ 0x5bd1e995;
            case 2 -> Integer.rotateLeft(value, 7);
            case 3 -> value - 12345;
            case 4 -> value * 0x2c9277b5;
            case 5 -> value + (value >>> 3);
            case 6 -> value ^ value << 5;
            default -> 99 - value;
        };
    }

    private void inTheGuest() {
        double nothing = least("nothing", calls);
        report("a loop alone", nothing);
        for (var test : IN_THE_GUEST) {
            double time = least(test.export, calls) - nothing;
            report(test.export.replace("host", "out"), time / test.callsARound);
        }
    }

    /** All of them one after the other, on a stack that could not hold a thousandth. */
    private void tailCalls(int count) {
        least("tail", Math.min(count, 1_000_000));
        var slots = new long[] {count};
        long time = Meter.cpu();
        instance.func("tail").callRaw(slots);
        report("tail, mutual", (double) (Meter.cpu() - time) / count);
    }

    /** The least nanoseconds of a round. */
    private double least(String export, int count) {
        var func = instance.func(export);
        var slots = new long[1];
        double best = Double.MAX_VALUE;
        int expected = inTheGuest(export, count);
        for (int i = 0; i < REPEATS; i++) {
            slots[0] = count;
            long time = Meter.cpu();
            func.callRaw(slots);
            best = Math.min(best, Meter.cpu() - time);
            check(export, (int) slots[0], expected);
        }
        return best / count;
    }

    /** What an export of {@code calls.wat} has to give. */
    private static int inTheGuest(String export, int count) {
        int x = 0;
        for (int n = count; n > 0; n--) {
            int low = n & 7;
            switch (export) {
                case "nothing" -> x += low;
                case "direct" -> x = guest(0, x) + low;
                case "indirect, one" -> x = guest(4, x) + low;
                case "indirect, eight" -> x = guest(low, x) + low;
                case "host" -> x = hosts(3, x) + low;
                case "host, eight" -> x = hosts(8, x) + low;
                case "host, any" -> x = host(low, x) + low;
                default -> x = (count - n & 1) == 0 ? x + n : x ^ n;
            }
        }
        return export.equals("tail") && (count & 1) != 0 ? ~x : x;
    }

    private static int hosts(int functions, int value) {
        int x = value;
        for (int i = 0; i < functions; i++) {
            x = host(i, x);
        }
        return x;
    }

    /** What the function of {@link #HOST_FUNCTIONS} makes of a number. */
    private static int host(int function, int value) {
        return switch (function) {
            case 0 -> value + 1;
            case 1 -> ~value;
            case 2 -> value * 5;
            case 3 -> value - 9;
            case 4 -> value ^ 77;
            case 5 -> value * 3;
            case 6 -> -value;
            default -> value + 3;
        };
    }

    private void report(String what, double nanoseconds) {
        System.out.printf("%-16s %-16s %8.2f ns%n", candidate, what, nanoseconds);
    }

    private static void check(String what, int value, int expected) {
        if (value != expected) {
            throw new IllegalStateException(what + " gave " + value + ", not " + expected);
        }
    }
}
