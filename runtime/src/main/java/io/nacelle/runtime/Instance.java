// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.runtime.exec.InstanceImpl;

import java.lang.invoke.MethodHandles;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** A module instance (spec 4.2.4). Used by one thread at a time, as its store is. */
public sealed interface Instance permits InstanceImpl {
    Module module();

    Store store();

    /** What the instance is called in backtraces when its module has no name, if it was told. */
    Optional<String> name();

    /** How the instance's functions run. */
    Mode mode();

    /** The exports by name, in the module's order. */
    Map<String, Extern> exports();

    Optional<Extern> export(String name);

    /**
     * An exported function.
     *
     * @throws IllegalArgumentException when there is none with this name
     */
    Func func(String name);

    /**
     * An exported memory.
     *
     * @throws IllegalArgumentException when there is none with this name
     */
    Memory memory(String name);

    /**
     * An exported table.
     *
     * @throws IllegalArgumentException when there is none with this name
     */
    Table table(String name);

    /**
     * An exported global.
     *
     * @throws IllegalArgumentException when there is none with this name
     */
    Global global(String name);

    /**
     * Saves what the instance's memories, globals and tables hold, so that others can start from
     * there. No guest may be running in the store.
     *
     * @throws SnapshotException when there is state that belongs to others, or that cannot be
     *     copied: memories, tables and mutable globals that are imported, shared memories, and
     *     references to functions of other instances and to objects
     * @throws IllegalStateException when the store is in use
     */
    Snapshot snapshot();

    /**
     * Makes an instance that goes on from where this one is now, as {@link #snapshot} and {@link
     * Linker#instantiate(Snapshot)} do, in this one's mode. Each goes its own way from then on.
     *
     * @param linker of any store of the same engine; it gives the imports
     * @throws SnapshotException as {@link #snapshot} does
     */
    Instance fork(Linker linker);

    /**
     * The exports as an interface of the host's. Each of its abstract methods stands for the export
     * that {@link Export} names, or that is called as the method is; if there is none, for the one
     * called so in snake_case, or else in kebab-case. Default and static methods stay as they are.
     *
     * <p>An i32 is an {@code int} or {@code boolean}, an i64 a {@code long}, an f32 a {@code
     * float}, an f64 a {@code double}, a v128 a {@link V128}, a funcref a {@link Func} or {@link
     * Object}, any other reference an object of any class: a result of another class than the
     * method's is a {@link ClassCastException}. No result is {@code void}; several are a record
     * with that many components. A method without parameters that returns {@link Memory}, {@link
     * Table}, {@link Global}, {@link Tag} or {@link Func} gives an export of that kind itself; it
     * gives a {@code Func} unless the function is one that returns a reference and takes nothing.
     *
     * <p>It is implemented by a hidden class beside the lookup's, which is collected with the
     * loader of that: methods call the handles of the functions, and box nothing but results in
     * records when there are references or vectors among them or the parameters. They throw what
     * {@link Func#call} throws. Used by one thread at a time, as the instance is.
     *
     * @param lookup {@code MethodHandles.lookup()} of a class that may use the interface
     * @throws IllegalArgumentException when the type is no interface that can be implemented so, or
     *     exports are missing or do not fit; the message tells of all of them
     */
    <T> T as(MethodHandles.Lookup lookup, Class<T> type);

    /** What the host keeps with the instance under a key. */
    <T> Optional<T> context(ContextKey<T> key);

    /**
     * The same, made and kept when there is nothing yet: for host functions, which a start function
     * may call before anybody has the instance.
     */
    <T> T context(ContextKey<T> key, Supplier<T> made);

    /**
     * Keeps something with the instance, in place of what was kept under the key before. Snapshots
     * and forks do not have it.
     */
    <T> void setContext(ContextKey<T> key, T value);
}
