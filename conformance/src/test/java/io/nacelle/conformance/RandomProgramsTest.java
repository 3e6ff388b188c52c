// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.ExhaustedException;
import io.nacelle.runtime.Func;
import io.nacelle.runtime.GuestException;
import io.nacelle.runtime.GuestFrame;
import io.nacelle.runtime.I31;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.ObjectRef;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.StoreKind;
import io.nacelle.runtime.StoreLimits;
import io.nacelle.runtime.Tag;
import io.nacelle.runtime.Trap;
import io.nacelle.runtime.V128;
import io.nacelle.wasm.binary.BinaryEncoder;
import io.nacelle.wasm.syntax.AbsHeapType;
import io.nacelle.wasm.syntax.FeatureSet;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Random programs do the same in every mode, in instances of different modes that call one another,
 * on every kind of store, and with fuel counted: results, traps, exceptions and what they carry,
 * all that changed, the fuel that is left, and the room on the stack afterwards. {@code
 * -Dnacelle.random=N} asks for more of them, {@code -Dnacelle.random.seed=N} for others, and {@code
 * -Dnacelle.random.setups=N} runs each in so many setups only, in turns, so that there is time for
 * many programs.
 */
final class RandomProgramsTest {
    private static final int COUNT = Integer.getInteger("nacelle.random", 30);
    private static final long SEED = Long.getLong("nacelle.random.seed", 1);

    /** In how many setups each program runs; 0 for all. */
    private static final int SETUPS_EACH = Integer.getInteger("nacelle.random.setups", 0);

    /** Of so many programs one is asked for the room on the stack. */
    private static final int MEASURED = 6;

    /** Of so many programs one runs with few calls within one another, too. */
    private static final int SHALLOW = 4;

    private static final int CALLS = 300;
    private static final int ROUNDS = 1_000;
    private static final int DEPTH = 3;
    private static final int MAX_FIELDS = 20;

    private static final StoreLimits LIMITS = StoreLimits.defaults().withStackBytes(8 << 20);

    /** One after the other: all at once, loops midway, and whenever the background is ready. */
    private static final List<EngineConfig.Tiering> TIERINGS =
            List.of(
                    new EngineConfig.Tiering(1, 0),
                    new EngineConfig.Tiering(60, 0),
                    new EngineConfig.Tiering(400, 0),
                    new EngineConfig.Tiering(60, 1));

    /** The innermost frames, which every mode knows however deep the stack was. */
    private static final int FRAMES = 20;

    private static final List<Setup> SETUPS = Setup.all().toList();

    /** Programs that ended as they were meant to, without a trap. */
    private int ended;

    private int caught;

    /**
     * Programs that once did not do the same: most have frames too large for register code, others
     * exceptions that a loop passes on.
     */
    @ParameterizedTest
    @ValueSource(
            longs = {
                900_462, 911_868, 912_025, 934_897, 953_409, 962_509, 973_014, 981_489, 983_821,
                990_387, 996_478, 999_733, 1_019_028, 70_148, 2_008_999, 2_065_844
            })
    void sameAgain(long seed) throws InterruptedException {
        compareAll(seed, 1);
    }

    @Test
    @Timeout(36_000)
    void sameEverywhere() throws InterruptedException {
        compareAll(SEED, COUNT);
        System.out.println(COUNT + " programs: " + ended + " ended, " + caught + " exceptions");
        assertTrue(ended > COUNT / 4, "ended: " + ended);
        assertTrue(caught > COUNT / 20, "exceptions: " + caught);
    }

    private void compareAll(long first, int count) throws InterruptedException {
        var failure = new Throwable[1];
        // Guests may call one another through the host as deep as the limit of a store allows.
        var thread =
                new Thread(
                        null,
                        () -> {
                            try {
                                for (int i = 0; i < count; i++) {
                                    compare(first + i);
                                }
                            } catch (Throwable e) {
                                failure[0] = e;
                            }
                        },
                        "guests",
                        256 << 20);
        thread.start();
        thread.join();
        if (failure[0] != null) {
            throw new AssertionError(failure[0].getMessage(), failure[0]);
        }
    }

    private void compare(long seed) {
        var programs = new RandomPrograms(seed);
        var texts = List.of(programs.module(0), programs.module(1));
        var fuel = new SplittableRandom(seed).nextLong(100, 5_000);
        List<String> plain = null;
        List<String> metered = null;
        List<String> starved = null;
        List<String> shallow = null;
        var few = LIMITS.withCallDepth(new SplittableRandom(seed).nextInt(1, 40));
        try {
            var binaries =
                    texts.stream().map(t -> BinaryEncoder.encode(TextParser.parse(t))).toList();
            var config =
                    EngineConfig.defaults()
                            .withFeatures(FeatureSet.ALL)
                            .withTiering(TIERINGS.get((int) (seed % TIERINGS.size())));
            var uncounted = load(Engine.create(config), binaries);
            var counted = load(Engine.create(config.withFuel()), binaries);
            var called = load(Engine.create(config.withCallDepth()), binaries);
            boolean measured = seed % MEASURED == 0;
            // With few setups, each program is run with one of the kinds of fuel.
            boolean all = SETUPS_EACH == 0;
            long kind = Math.floorMod(seed, 3);
            for (var setup : setups(seed)) {
                if (all || kind == 0) {
                    plain =
                            same(
                                    plain,
                                    new Run(programs, setup, LIMITS, -1).all(uncounted, measured),
                                    setup);
                }
                if (all || kind == 1) {
                    metered =
                            same(
                                    metered,
                                    new Run(programs, setup, LIMITS, 1L << 40).all(counted, false),
                                    setup);
                }
                if (seed % SHALLOW == 0) {
                    shallow =
                            same(
                                    shallow,
                                    new Run(programs, setup, few, -1).all(called, false),
                                    setup);
                }
                if (all || kind == 2) {
                    starved =
                            same(
                                    starved,
                                    new Run(programs, setup, LIMITS, fuel).all(counted, false),
                                    setup);
                }
            }
            if (all) {
                assertEquals(
                        plain.stream().filter(t -> !t.startsWith("fuel")).toList(),
                        metered.stream().filter(t -> !t.startsWith("fuel")).toList());
            }
        } catch (Throwable e) {
            throw new AssertionError(
                    "seed " + seed + ": " + e + "\n" + String.join("\n", texts), e);
        }
        var ran = plain != null ? plain : metered != null ? metered : starved;
        ended += ran.stream().anyMatch(t -> t.startsWith("returned")) ? 1 : 0;
        caught += (int) ran.stream().filter(t -> t.startsWith("exception")).count();
    }

    /** All; or an interpreter, compiled code, and others in turns. */
    private static List<Setup> setups(long seed) {
        if (SETUPS_EACH == 0) {
            return SETUPS;
        }
        var kinds = new StoreKind[] {StoreKind.HEAP, StoreKind.NATIVE};
        var some = new ArrayList<Setup>();
        some.add(
                new Setup(
                        List.of(seed % 4 < 2 ? Mode.FAST : Mode.CLASSIC), kinds[(int) (seed % 2)]));
        some.add(new Setup(List.of(Mode.JIT), kinds[(int) (seed / 4 % 2)]));
        for (int i = 2; i < SETUPS_EACH; i++) {
            some.add(SETUPS.get((int) ((seed / 8 + 7L * i) % SETUPS.size())));
        }
        return some;
    }

    private static List<Module> load(Engine engine, List<byte[]> binaries) {
        return binaries.stream().map(binary -> Module.load(engine, binary)).toList();
    }

    private static List<String> same(List<String> known, List<String> seen, Setup setup) {
        if (known != null && setup.isMixed() && (isTooDeep(known) || isTooDeep(seen))) {
            // Calls between instances of different modes count for more: docs/limits.md.
            return known;
        }
        if (known != null) {
            for (int i = 0; i < Math.min(known.size(), seen.size()); i++) {
                assertEquals(known.get(i), seen.get(i), setup.toString());
            }
            assertEquals(known.size(), seen.size(), setup.toString());
        }
        return seen;
    }

    private static boolean isTooDeep(List<String> seen) {
        return seen.contains("exhausted " + ExhaustedException.Resource.CALL_STACK);
    }

    /** One run of a program. */
    private static final class Run {
        private final RandomPrograms programs;
        private final Setup setup;
        private final StoreLimits limits;
        private final long fuel;
        private final List<String> seen = new ArrayList<>();
        private final List<Tag> tags = new ArrayList<>();
        private final List<Instance> instances = new ArrayList<>();

        /**
         * @param fuel less than nothing when none is counted
         */
        Run(RandomPrograms programs, Setup setup, StoreLimits limits, long fuel) {
            this.programs = programs;
            this.setup = setup;
            this.limits = limits;
            this.fuel = fuel;
        }

        List<String> all(List<Module> modules, boolean measured) {
            try (var store = Store.create(modules.getFirst().engine(), setup.kind(), limits)) {
                if (fuel >= 0) {
                    store.setFuel(Long.MAX_VALUE);
                }
                instantiate(store, modules);
                int deep = measured ? depth() : 0;
                for (int i = 0; i < 2 * RandomPrograms.FUNCS; i++) {
                    if (i % RandomPrograms.FUNCS < 2) {
                        call(store, i);
                    }
                }
                if (measured) {
                    assertEquals(deep, depth(), "room on the stack");
                }
            }
            return seen;
        }

        private void instantiate(Store store, List<Module> modules) {
            var linker = Linker.create(store);
            var i32 = List.<ValType>of(NumType.I32);
            var any = List.<ValType>of(RefType.nullable(AbsHeapType.ANY));
            var exn = List.<ValType>of(RefType.nullable(AbsHeapType.EXN));
            linker.define(
                    "host", "call", FuncType.of(i32, i32), f -> f.setI32(0, hosted(f.i32(0))));
            linker.define(
                    "host",
                    "throw",
                    FuncType.of(exn, List.of()),
                    f -> {
                        if (f.ref(0) != null) {
                            throw (GuestException) f.ref(0);
                        }
                    });
            linker.define("host", "same", FuncType.of(any, any), f -> f.setRef(0, f.ref(0)));
            for (int i = 0; i < modules.size(); i++) {
                var mode = i == 0 ? setup.first() : setup.second();
                var made = linker.instantiate(modules.get(i), mode);
                instances.add(made);
                linker.define("first", made);
            }
            for (int i = 0; i < RandomPrograms.TAGS.size(); i++) {
                tags.add((Tag) instances.getFirst().export("t" + i).orElseThrow());
            }
        }

        /** The host's function throws, calls back, and may catch what comes of that. */
        private int hosted(int value) {
            switch (value & 3) {
                case 0 -> throw GuestException.of(tags.get(0), value);
                case 1 -> {
                    return value >> 1;
                }
                default -> {
                    var callee = func((value >> 2 & 1) * RandomPrograms.FUNCS + 3);
                    try {
                        return (int) callee.call(value >> 1)[0];
                    } catch (GuestException e) {
                        if ((value & 3) == 2) {
                            throw e;
                        }
                        return e.valueCount();
                    }
                }
            }
        }

        private Func func(int number) {
            return instances.get(number / RandomPrograms.FUNCS).func("f" + number);
        }

        private int depth() {
            int sum = 0;
            for (var instance : instances) {
                try {
                    instance.func("deepen").call();
                    throw new AssertionError("no end");
                } catch (ExhaustedException e) {
                    int depth = (int) instance.global("depth").get();
                    instance.global("depth").set(0);
                    sum = 31 * sum + depth;
                }
            }
            return sum;
        }

        private void call(Store store, int number) {
            for (var instance : instances) {
                instance.global("calls").set(CALLS);
                instance.global("rounds").set(ROUNDS);
            }
            if (fuel >= 0) {
                store.setFuel(fuel);
            }
            var args = programs.signature(number).params().stream().map(Run::argument).toArray();
            try {
                var results = func(number).call(args);
                seen.add("returned " + describe(Arrays.asList(results)));
            } catch (GuestException e) {
                seen.add("exception " + describe(e, DEPTH) + frames(e));
            } catch (ExhaustedException e) {
                seen.add("exhausted " + e.resource());
            } catch (Trap e) {
                seen.add("trap " + e.kind() + frames(e));
            }
            if (fuel >= 0) {
                seen.add("fuel " + store.fuel());
            }
            for (var instance : instances) {
                for (var type : RandomPrograms.Type.values()) {
                    var name = "g" + type.ordinal();
                    seen.add(name + " " + describe(instance.global(name).get(), DEPTH));
                }
                seen.add("calls left " + instance.global("calls").get());
                seen.add("rounds left " + instance.global("rounds").get());
                for (var name : programs.memories()) {
                    var bytes = new byte[(int) instance.memory(name).size()];
                    instance.memory(name).read(0, bytes, 0, bytes.length);
                    seen.add(name + " " + Arrays.hashCode(bytes));
                }
                var objects = instance.table("objects");
                for (long i = 0; i < objects.size(); i++) {
                    seen.add("object " + describe(objects.get(i), DEPTH));
                }
            }
        }

        private static String frames(RuntimeException e) {
            return GuestFrame.of(e).stream()
                    .limit(FRAMES)
                    .map(frame -> " " + frame.funcIndex() + "@" + frame.offset())
                    .collect(Collectors.joining());
        }

        private static Object argument(RandomPrograms.Type type) {
            return switch (type) {
                case I32 -> 5;
                case I64 -> -7L;
                case F64 -> 2.5;
                case V128 -> new V128(3, 4);
                case ANY, EQ, I31 -> I31.wrap(6);
                case EXTERN -> "a host's object";
                default -> null;
            };
        }

        private String describe(List<Object> values) {
            return values.stream().map(v -> describe(v, DEPTH)).toList().toString();
        }

        private String describe(Object value, int depth) {
            return switch (value) {
                case Func func -> "func " + func.funcType();
                case ObjectRef object when depth == 0 -> "object";
                case ObjectRef object ->
                        IntStream.range(0, Math.min(object.size(), MAX_FIELDS))
                                .mapToObj(i -> describe(object.get(i), depth - 1))
                                .collect(Collectors.joining(" ", "(", ")"));
                case GuestException e when depth == 0 -> "t" + tags.indexOf(e.tag());
                case GuestException e ->
                        e.values().stream()
                                .map(v -> describe(v, depth - 1))
                                .collect(
                                        Collectors.joining(
                                                " ", "t" + tags.indexOf(e.tag()) + " of ", ""));
                case null -> "null";
                default -> value.toString();
            };
        }
    }
}
