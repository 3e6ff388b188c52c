// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.ExhaustedException;
import io.nacelle.runtime.Extern;
import io.nacelle.runtime.Func;
import io.nacelle.runtime.Global;
import io.nacelle.runtime.GuestException;
import io.nacelle.runtime.I31;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.LinkException;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Memory;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.ObjectRef;
import io.nacelle.runtime.StoppedException;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.StoreLimits;
import io.nacelle.runtime.Table;
import io.nacelle.runtime.Trap;
import io.nacelle.runtime.V128;
import io.nacelle.wasm.syntax.AbsHeapType;
import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.ExternType;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.GlobalType;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.TableType;
import io.nacelle.wasm.syntax.TagType;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.syntax.VecType;
import io.nacelle.wasm.valid.ValidModule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Runs a module that nobody knows, with whatever it imports and little of everything, and tells all
 * that can be seen of it: it must be the same in every mode and on every kind of store.
 */
final class Guest {
    private static final StoreLimits LIMITS =
            StoreLimits.defaults()
                    .withMemoryBytes(64 << 20)
                    .withTableElements(100_000)
                    .withStackBytes(1 << 18)
                    .withObjectBytes(16 << 20);

    private static final long FUEL = 100_000;
    private static final int MAX_CALLS = 32;
    private static final String HOST_OBJECT = "a host's object";

    /** How much of what objects refer to is seen. */
    private static final int DEPTH = 3;

    private static final int MAX_FIELDS = 20;

    private static final long LONGEST_WAIT_MILLIS = 3_000;

    private static final ScheduledExecutorService CLOCK =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("guests' end").factory());

    private final Setup setup;
    private final List<String> seen = new ArrayList<>();

    private Guest(Setup setup) {
        this.setup = setup;
    }

    /** What can be seen of a module's run. Throws what the runtime throws against its word. */
    static List<String> run(ValidModule valid, Setup setup) {
        var guest = new Guest(setup);
        var engine = Engine.create(EngineConfig.defaults().withFuel());
        try (var store = Store.create(engine, setup.kind(), LIMITS)) {
            // No fuel is spent on waiting.
            var end = CLOCK.schedule(store::stop, LONGEST_WAIT_MILLIS, TimeUnit.MILLISECONDS);
            try {
                guest.run(Module.of(engine, valid), store);
            } catch (StoppedException e) {
                guest.seen.add("waits");
            } finally {
                end.cancel(false);
            }
        }
        return guest.seen;
    }

    private interface Step {
        Object make();
    }

    /** Does a step; whatever is documented to come of it is seen, anything else is thrown. */
    private Optional<Object> attempt(String what, Step step) {
        try {
            return Optional.ofNullable(step.make());
        } catch (GuestException e) {
            seen.add(what + ": " + describe(e, DEPTH));
            return Optional.empty();
        } catch (ExhaustedException e) {
            // Details say how a kind of store came to it.
            seen.add(what + ": " + e.resource());
            return Optional.empty();
        } catch (Trap | LinkException e) {
            seen.add(what + ": " + e);
            return Optional.empty();
        }
    }

    private void run(Module module, Store store) {
        store.setFuel(FUEL);
        var linker = Linker.create(store);
        for (var wanted : module.valid().syntax().imports()) {
            attempt(
                            "import",
                            () -> extern(store, module.valid().closed(wanted.type())).orElse(null))
                    .ifPresent(e -> linker.define(wanted.module(), wanted.name(), (Extern) e));
        }
        var made = attempt("instantiate", () -> linker.instantiate(module, setup.first()));
        seen.add("fuel " + store.fuel());
        made.ifPresent(instance -> use((Instance) instance, store));
    }

    private void use(Instance instance, Store store) {
        int calls = 0;
        for (var export : instance.exports().entrySet()) {
            if (export.getValue() instanceof Func func && calls++ < MAX_CALLS) {
                store.setFuel(FUEL);
                attempt(export.getKey(), () -> call(func))
                        .ifPresent(r -> seen.add(export.getKey() + " = " + r));
                seen.add("fuel " + store.fuel());
            }
        }
        for (var export : instance.exports().entrySet()) {
            seen.add(export.getKey() + ": " + state(export.getValue()));
        }
    }

    private String call(Func func) {
        var type = func.funcType();
        var args = type.params().stream().map(Guest::zero).toArray();
        for (int i = 0; i < args.length; i++) {
            if (args[i] == null && !((RefType) type.params().get(i)).isNullable()) {
                return "no arguments";
            }
        }
        return Arrays.stream(func.call(args)).map(v -> describe(v, DEPTH)).toList().toString();
    }

    private static Object zero(ValType type) {
        return switch (type) {
            case NumType.I32 -> 0;
            case NumType.I64 -> 0L;
            case NumType.F32 -> 0f;
            case NumType.F64 -> 0.0;
            case VecType _ -> new V128(0, 0);
            case RefType ref -> ref.isNullable() ? null : something(ref);
        };
    }

    /** A reference of a type that has no null; none for types that a module defines. */
    private static Object something(RefType type) {
        return switch (type.heap()) {
            case AbsHeapType.ANY, AbsHeapType.EQ, AbsHeapType.I31 -> I31.wrap(0);
            case AbsHeapType.EXTERN -> HOST_OBJECT;
            default -> null;
        };
    }

    /** A value without what is different each time, as identities are. */
    private static String describe(Object value, int depth) {
        return switch (value) {
            case Func _ -> "func";
            case ObjectRef object when depth == 0 -> object.type().toString();
            case ObjectRef object -> {
                var fields = IntStream.range(0, Math.min(object.size(), MAX_FIELDS));
                yield fields.mapToObj(i -> describe(object.get(i), depth - 1))
                        .collect(Collectors.joining(" ", object.type() + " of ", ""));
            }
            case GuestException e ->
                    e.values().stream()
                            .map(v -> describe(v, depth - 1))
                            .collect(Collectors.joining(" ", "exception of ", ""));
            case null -> "null";
            default -> value.toString();
        };
    }

    private static Optional<Extern> extern(Store store, ExternType type) {
        return Optional.ofNullable(
                switch (type) {
                    case ExternType.Func func -> {
                        var plain = ((DefType) func.type()).func();
                        yield store.newFunc(FuncType.of(plain.params(), plain.results()), _ -> {});
                    }
                    case GlobalType global ->
                            isZeroable(global.type())
                                    ? store.newGlobal(global, zero(global.type()))
                                    : null;
                    case TableType table ->
                            table.element().isNullable() ? store.newTable(table, null) : null;
                    case MemType memory -> store.newMemory(memory);
                    case TagType tag -> store.newTag(tag);
                });
    }

    private static boolean isZeroable(ValType type) {
        return !(type instanceof RefType ref) || ref.isNullable();
    }

    private static String state(Extern extern) {
        return switch (extern) {
            case Func func -> func.funcType().toString();
            case Global global -> describe(global.get(), DEPTH);
            case Memory memory -> {
                var bytes = new byte[(int) memory.size()];
                memory.read(0, bytes, 0, bytes.length);
                yield bytes.length + " bytes, hash " + Arrays.hashCode(bytes);
            }
            case Table table -> {
                int nulls = 0;
                for (long i = 0; i < table.size(); i++) {
                    nulls += table.get(i) == null ? 1 : 0;
                }
                yield table.size() + " elements, " + nulls + " null";
            }
            default -> "tag";
        };
    }
}
