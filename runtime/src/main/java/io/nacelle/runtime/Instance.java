// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.runtime.exec.InstanceImpl;

import java.util.Map;
import java.util.Optional;

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
}
