// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.ExhaustedException;
import io.nacelle.runtime.Extern;
import io.nacelle.runtime.Func;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.LinkException;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.Snapshot;
import io.nacelle.runtime.SnapshotException;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.StoreKind;
import io.nacelle.runtime.StoreLimits;
import io.nacelle.runtime.V128;
import io.nacelle.wasm.binary.BinaryDecoder;
import io.nacelle.wasm.binary.BinaryEncoder;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.syntax.VecType;
import io.nacelle.wasm.syntax.WasmModule;
import io.nacelle.wasm.text.TextParser;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Makes many instances, and says what they took. */
@Command(
        name = "instances",
        description = {
            "Hold many instances of a module at one time, each in a store of its own, and measure"
                    + " what they take.",
            "Without FILE, of a module with one page of memory whose function touches it."
        })
final class InstancesBench implements Callable<Integer> {
    /** A memory with some data, and a function that reads, writes and answers. */
    private static final String ONE_PAGE =
            """
            (module
              (memory (export "memory") 1)
              (global $calls (mut i32) (i32.const 0))
              (data (i32.const 1024) "nacelle")
              (func (export "run") (result i32)
                (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
                (i32.store (i32.const 2048) (global.get $calls))
                (i32.add (i32.load8_u (i32.const 1024)) (i32.load (i32.const 2048)))))
            """;

    private static final int MOST = 1_000_000;
    private static final int WARM_ROUNDS = 20_000;
    private static final long WARM_NANOS = 5_000_000_000L;
    private static final double PERCENT_99 = 0.99;
    private static final double THOUSAND = 1000;
    private static final double HALF = 0.5;

    @Mixin private Help help;

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "How many instances. Default: ${DEFAULT-VALUE}.")
    private int count = 10_000;

    @Option(
            names = "--store",
            paramLabel = "KIND",
            description = "Where memories live: heap (the default) or native.")
    private StoreKind kind = StoreKind.HEAP;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description = "How to run: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Mode mode = Mode.AUTO;

    @Option(names = "--one-store", description = "Make all instances in one store.")
    private boolean oneStore;

    @Option(
            names = "--call",
            paramLabel = "NAME",
            description =
                    "The exported function that answers first. Default: ${DEFAULT-VALUE}; without"
                            + " such a one nothing is called. Its arguments are zeros.")
    private String function = "run";

    @Option(
            names = "--prepare",
            paramLabel = "NAME",
            description =
                    "Call this exported function, without arguments, of one instance, and begin all"
                            + " others from where that ends.")
    private Optional<String> prepare = Optional.empty();

    @Option(names = "--json", description = "Print the figures as JSON.")
    private boolean json;

    @Mixin private FeatureOption features = new FeatureOption();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "FILE",
            description = "The module (.wasm or .wat), which must import nothing.")
    private Optional<Path> file = Optional.empty();

    private Engine engine;
    private Module module;
    private Optional<Snapshot> snapshot = Optional.empty();

    @Override
    public Integer call() {
        if (count < 1 || count > MOST) {
            throw new Failure(ExitCode.USAGE, "--count is not between 1 and " + MOST);
        }
        var allowed = features.features();
        engine = Engine.create(EngineConfig.defaults().withMode(mode).withFeatures(allowed));
        module =
                file.map(path -> Module.of(engine, new ModuleFile(path).readValid(allowed)))
                        .orElseGet(() -> Module.of(engine, onePage()));
        Map<String, Object> figures;
        try {
            snapshot = prepare.map(this::prepare);
            figures = measure();
        } catch (SnapshotException e) {
            throw new Failure(name() + ": " + e.getMessage());
        } catch (LinkException e) {
            throw new Failure(
                    name() + ": it imports something, and is given nothing: " + e.getMessage());
        } catch (ExhaustedException e) {
            throw new Failure(name() + ": " + e.getMessage());
        } catch (Failure failure) {
            throw failure;
        } catch (RuntimeException e) {
            return GuestFailure.report(e, Path.of(name()));
        }
        System.out.print(json ? Json.of(figures) : text(figures));
        return ExitCode.OK;
    }

    private static WasmModule onePage() {
        return BinaryDecoder.decode(
                ByteSource.of(BinaryEncoder.encode(TextParser.parse(ONE_PAGE))));
    }

    private String name() {
        return file.map(Path::toString).orElse("the built-in module");
    }

    private Store store() {
        return Store.create(
                engine, kind, StoreLimits.defaults().withInstances(Math.max(count, MOST)));
    }

    private Instance instance(Store store) {
        var linker = Linker.create(store);
        return snapshot.isPresent()
                ? linker.instantiate(snapshot.get(), mode, Optional.empty())
                : linker.instantiate(module, mode);
    }

    /** The state after the call of a function that takes nothing. */
    private Snapshot prepare(String name) {
        try (var store = store()) {
            var instance = instance(store);
            if (!(instance.export(name).orElse(null) instanceof Func func)
                    || !func.funcType().params().isEmpty()) {
                throw new Failure(
                        name()
                                + ": no exported function "
                                + Printable.quoted(name)
                                + " without parameters");
            }
            func.call();
            return instance.snapshot();
        }
    }

    private Optional<Func> function(Instance instance) {
        Extern found = instance.export(function).orElse(null);
        return found instanceof Func func ? Optional.of(func) : Optional.empty();
    }

    private static Object[] zeros(Func func) {
        return func.funcType().params().stream().map(InstancesBench::zero).toArray();
    }

    private static Object zero(ValType type) {
        return switch (type) {
            case NumType.I32 -> 0;
            case NumType.I64 -> 0L;
            case NumType.F32 -> 0F;
            case NumType.F64 -> 0D;
            case VecType.V128 -> new V128(0, 0);
            default -> null;
        };
    }

    /** Creates, calls and closes until the code that does so is compiled. */
    private void warmUp() {
        long start = System.nanoTime();
        for (int i = 0; i < WARM_ROUNDS && System.nanoTime() - start < WARM_NANOS; i++) {
            try (var store = store()) {
                function(instance(store)).ifPresent(func -> func.call(zeros(func)));
            }
        }
    }

    private Map<String, Object> measure() {
        warmUp();
        var creation = new long[count];
        var answers = new long[count];
        var stores = new ArrayList<Store>(count);
        var instances = new ArrayList<Instance>(count);
        var shared = oneStore ? Optional.of(store()) : Optional.<Store>empty();
        var before = ProcessMemory.now();
        try {
            for (int i = 0; i < count; i++) {
                long start = System.nanoTime();
                var store = shared.orElseGet(this::store);
                var instance = instance(store);
                creation[i] = System.nanoTime() - start;
                instances.add(instance);
                stores.add(store);
            }
            var held = ProcessMemory.now();
            for (var instance : instances) {
                function(instance).ifPresent(func -> func.call(zeros(func)));
            }
            var called = ProcessMemory.now();
            stores.forEach(Store::close);
            stores.clear();
            instances.clear();
            stores.trimToSize();
            instances.trimToSize();
            boolean answered = firstAnswers(answers);
            var after = ProcessMemory.now();
            var figures = new LinkedHashMap<String, Object>();
            figures.put("instances", count);
            figures.put("store", kind.name().toLowerCase(Locale.ROOT));
            figures.put("mode", mode.name().toLowerCase(Locale.ROOT));
            figures.put("stores", oneStore ? 1 : count);
            figures.put("prepared", snapshot.isPresent());
            figures.put("instantiation_us", percentiles(creation));
            figures.put("first_answer_us", answered ? percentiles(answers) : null);
            figures.put("bytes_per_instance", perInstance(before, held));
            figures.put("bytes_per_call", answered ? perInstance(held, called) : null);
            figures.put("bytes_left_per_instance", perInstance(before, after));
            return figures;
        } finally {
            stores.forEach(Store::close);
            shared.ifPresent(Store::close);
        }
    }

    /** From nothing but the module to the result of the first call, one after the other. */
    private boolean firstAnswers(long[] nanos) {
        boolean answered = false;
        for (int i = 0; i < count; i++) {
            long start = System.nanoTime();
            try (var store = store()) {
                var func = function(instance(store));
                if (func.isPresent()) {
                    func.get().call(zeros(func.get()));
                    answered = true;
                }
                nanos[i] = System.nanoTime() - start;
            }
        }
        return answered;
    }

    private static Map<String, Object> percentiles(long[] nanos) {
        var sorted = nanos.clone();
        Arrays.sort(sorted);
        var map = new LinkedHashMap<String, Object>();
        map.put("median", at(sorted, HALF));
        map.put("p99", at(sorted, PERCENT_99));
        map.put("worst", at(sorted, 1));
        return map;
    }

    private static double at(long[] sorted, double part) {
        int index = (int) Math.ceil(part * sorted.length) - 1;
        return sorted[Math.max(0, index)] / THOUSAND;
    }

    private Map<String, Object> perInstance(ProcessMemory from, ProcessMemory to) {
        var map = new LinkedHashMap<String, Object>();
        long heap = to.heap() - from.heap();
        map.put("heap", heap / count);
        var resident = to.resident().flatMap(b -> from.resident().map(a -> b - a));
        map.put("resident", resident.map(bytes -> bytes / count).orElse(null));
        map.put(
                "at_most",
                resident.map(bytes -> (Math.max(0, bytes) + Math.max(0, heap)) / count)
                        .orElse(null));
        map.put(
                "page_tables",
                to.pageTables()
                        .flatMap(b -> from.pageTables().map(a -> (b - a) / count))
                        .orElse(null));
        map.put(
                "mappings",
                to.mappings()
                        .flatMap(b -> from.mappings().map(a -> (double) (b - a) / count))
                        .orElse(null));
        return map;
    }

    private String text(Map<String, Object> figures) {
        var out = new StringBuilder();
        out.append(
                String.format(
                        Locale.ROOT,
                        "%,d instances of %s in %,d %s stores, mode %s%n",
                        count,
                        name(),
                        oneStore ? 1 : count,
                        figures.get("store"),
                        figures.get("mode")));
        times(out, "instantiation", figures.get("instantiation_us"));
        times(out, "start to first answer", figures.get("first_answer_us"));
        out.append(
                String.format(
                        "%n%-24s%12s%12s%12s%14s%n",
                        "bytes an instance", "heap", "resident", "at most", "page tables"));
        for (var row :
                List.of(
                        Map.entry("held", "bytes_per_instance"),
                        Map.entry("its first call, beside", "bytes_per_call"),
                        Map.entry("left after closing", "bytes_left_per_instance"))) {
            if (figures.get(row.getValue()) instanceof Map<?, ?> map) {
                out.append(
                        String.format(
                                Locale.ROOT,
                                "%-24s%12s%12s%12s%14s%n",
                                row.getKey(),
                                number(map.get("heap")),
                                number(map.get("resident")),
                                number(map.get("at_most")),
                                number(map.get("page_tables"))));
            }
        }
        return out.toString();
    }

    private static String number(Object value) {
        return value instanceof Number n ? String.format(Locale.ROOT, "%,d", n.longValue()) : "?";
    }

    private static void times(StringBuilder out, String what, Object figures) {
        if (figures instanceof Map<?, ?> map) {
            out.append(
                    String.format(
                            Locale.ROOT,
                            "%-24smedian %.1f µs, 99 %% within %.1f µs, worst %.1f µs%n",
                            what,
                            (Double) map.get("median"),
                            (Double) map.get("p99"),
                            (Double) map.get("worst")));
        }
    }
}
