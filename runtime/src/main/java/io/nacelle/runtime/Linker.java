// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.runtime.exec.ExternTypes;
import io.nacelle.runtime.exec.HostHandles;
import io.nacelle.runtime.exec.Instantiation;
import io.nacelle.runtime.exec.ModuleImpl;
import io.nacelle.runtime.exec.SnapshotImpl;
import io.nacelle.runtime.exec.StoreImpl;
import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.ExternType;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.Import;
import io.nacelle.wasm.syntax.TagType;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Gives modules what they import, by name, and nothing else: an instance reaches what its linker
 * was given.
 *
 * <p>Not thread-safe; used as its store is.
 */
public final class Linker {
    private record Key(String module, String name) {
        // Written out: what the JDK derives at run time takes its time at each start.
        @Override
        public boolean equals(Object other) {
            return other instanceof Key that
                    && module.equals(that.module)
                    && name.equals(that.name);
        }

        @Override
        public int hashCode() {
            return 31 * module.hashCode() + name.hashCode();
        }
    }

    private final Store store;
    private final Map<Key, Extern> definitions = new LinkedHashMap<>();

    private Linker(Store store) {
        this.store = Objects.requireNonNull(store);
    }

    public static Linker create(Store store) {
        return new Linker(store);
    }

    public Store store() {
        return store;
    }

    /**
     * Defines an import. A later definition of the same name replaces an earlier one.
     *
     * @return this linker
     */
    public Linker define(String module, String name, Extern extern) {
        definitions.put(new Key(module, name), Objects.requireNonNull(extern));
        return this;
    }

    /**
     * Defines a host function.
     *
     * @return this linker
     */
    public Linker define(String module, String name, FuncType type, HostFunction function) {
        return define(module, name, store.newFunc(type, function));
    }

    /**
     * Defines a method as a host function, whose type follows from the method's: an i32 is {@code
     * int} or {@code boolean}, an i64 {@code long}, an f32 {@code float}, an f64 {@code double}, a
     * v128 {@link V128}, a funcref {@link Func}, an externref an object of any other class. A
     * {@code String} or {@code byte[]} among the parameters is a pointer and a length, two i32,
     * into what the caller exports as {@code memory}: checked, and copied, before the method is
     * called. A parameter of type {@link HostFrame} is the call's frame and {@link Instance} its
     * caller; neither counts in the type. It throws as a {@link HostFunction} does.
     *
     * @return this linker
     * @throws IllegalArgumentException when there is no such type
     */
    public Linker define(String module, String name, MethodHandle method) {
        return define(module, name, MethodHandles.publicLookup(), method);
    }

    /**
     * As {@link #define(String, String, MethodHandle)}; the method may return a record, which is
     * several results.
     *
     * @param lookup has access to the record
     */
    public Linker define(
            String module, String name, MethodHandles.Lookup lookup, MethodHandle method) {
        return define(module, name, HostHandles.define(store, lookup, method));
    }

    /**
     * Defines a lambda, or what else implements a functional interface that is public, as a host
     * function: {@code linker.define("env", "add", IntBinaryOperator.class, (a, b) -> a + b)}. The
     * type follows from the interface's method as in {@link #define(String, String, MethodHandle)}.
     *
     * @return this linker
     * @throws IllegalArgumentException when the interface has not one abstract method, or one that
     *     has no such type
     */
    public <T> Linker define(String module, String name, Class<T> type, T function) {
        return define(module, name, MethodHandles.publicLookup(), type, function);
    }

    /**
     * The same for an interface that is not public, or in a package that is not exported.
     *
     * @param lookup has access to the interface
     */
    public <T> Linker define(
            String module, String name, MethodHandles.Lookup lookup, Class<T> type, T function) {
        return define(module, name, lookup, HostHandles.bind(lookup, type, function));
    }

    /**
     * Defines all exports of an instance, under a module name.
     *
     * @return this linker
     */
    public Linker define(String module, Instance instance) {
        instance.exports().forEach((name, extern) -> define(module, name, extern));
        return this;
    }

    /** What a name is defined as. */
    public Optional<Extern> get(String module, String name) {
        return Optional.ofNullable(definitions.get(new Key(module, name)));
    }

    /**
     * Instantiates a module, in the engine's mode.
     *
     * @throws LinkException when imports are missing or do not fit; it names all of them
     * @throws Trap when a segment is out of bounds or the start function traps
     * @throws ExhaustedException when a limit of the store is reached
     */
    public Instance instantiate(Module module) {
        return instantiate(module, store.engine().config().mode());
    }

    /** As {@link #instantiate(Module)}, in a mode of its own. */
    public Instance instantiate(Module module, Mode mode) {
        return instantiate(module, mode, Optional.empty());
    }

    /**
     * As {@link #instantiate(Module, Mode)}.
     *
     * @param name what to call the instance in backtraces when its module has no name
     */
    public Instance instantiate(Module module, Mode mode, Optional<String> name) {
        if (module.engine() != store.engine()) {
            throw new IllegalArgumentException("the module belongs to another engine");
        }
        return Instantiation.instantiate(
                (ModuleImpl) module, (StoreImpl) store, mode, name, resolve(module));
    }

    /**
     * Makes an instance that goes on from a snapshot, in the engine's mode. The start function does
     * not run.
     *
     * @param snapshot of an instance of this engine, from a store of any kind
     * @throws LinkException when imports are missing or do not fit; it names all of them
     * @throws ExhaustedException when a limit of the store is reached
     */
    public Instance instantiate(Snapshot snapshot) {
        return instantiate(snapshot, store.engine().config().mode(), Optional.empty());
    }

    /** As {@link #instantiate(Snapshot)}, in a mode of its own, and named as for a module. */
    public Instance instantiate(Snapshot snapshot, Mode mode, Optional<String> name) {
        var module = snapshot.module();
        if (module.engine() != store.engine()) {
            throw new IllegalArgumentException("the snapshot belongs to another engine");
        }
        return Instantiation.instantiate(
                (SnapshotImpl) snapshot, (StoreImpl) store, mode, name, resolve(module));
    }

    private List<Extern> resolve(Module module) {
        var problems = new ArrayList<LinkException.Problem>();
        var externs = new ArrayList<Extern>();
        for (var wanted : module.valid().syntax().imports()) {
            var expected = module.valid().closed(wanted.type());
            var found = definitions.get(new Key(wanted.module(), wanted.name()));
            if (found == null) {
                problems.add(problem(wanted, "unknown import", expected, "nothing"));
            } else if (!((StoreImpl) store).owns(found)) {
                problems.add(
                        problem(
                                wanted,
                                "incompatible store",
                                expected,
                                "one that lives in another store: make it, or instantiate the"
                                        + " module that has it, in this linker's store"));
            } else if (!ExternTypes.matches(found, expected)) {
                problems.add(
                        problem(
                                wanted,
                                "incompatible import type",
                                expected,
                                describe(found.type())));
            } else {
                externs.add(found);
            }
        }
        if (!problems.isEmpty()) {
            throw new LinkException(problems);
        }
        return externs;
    }

    private static LinkException.Problem problem(
            Import wanted, String reason, ExternType expected, String found) {
        return new LinkException.Problem(
                wanted.module(), wanted.name(), reason, describe(expected), found);
    }

    private static String describe(ExternType type) {
        return switch (type) {
            case ExternType.Func func -> "func " + ((DefType) func.type()).func();
            case TagType tag -> "tag " + ((DefType) tag.type()).func();
            default -> type.kind() + " " + type;
        };
    }
}
