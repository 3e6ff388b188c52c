// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.runtime.exec.EngineImpl;
import io.nacelle.runtime.exec.StoreImpl;
import io.nacelle.runtime.exec.TenantBudget;
import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.GlobalType;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.TableType;
import io.nacelle.wasm.syntax.TagType;

import java.util.Objects;
import java.util.Optional;

/**
 * What a group of instances consists of: their functions, memories, tables and globals, the stack
 * they run on, and the limits they share (spec 4.2.3). Closing it releases all of that.
 *
 * <p>A store is used by one thread at a time, which is checked: a call while another thread is
 * inside throws {@link IllegalStateException}. Only {@link #stop()} and {@link #close()} may be
 * called by any thread at any time, and shared memories be used. A guest with several threads has a
 * store for each: see {@link #newThreadStore()}.
 */
public sealed interface Store extends AutoCloseable permits StoreImpl {
    static Store create(Engine engine) {
        return create(engine, StoreKind.AUTO, StoreLimits.defaults());
    }

    static Store create(Engine engine, StoreKind kind) {
        return create(engine, kind, StoreLimits.defaults());
    }

    static Store create(Engine engine, StoreKind kind, StoreLimits limits) {
        return new StoreImpl((EngineImpl) engine, kind, limits, null);
    }

    /**
     * Makes a store that counts against a budget besides.
     *
     * @param limits what this store may use by itself
     * @param budget what it may use together with the others of the budget
     */
    static Store create(Engine engine, StoreKind kind, StoreLimits limits, Budget budget) {
        var tenant = (TenantBudget) Objects.requireNonNull(budget);
        return new StoreImpl((EngineImpl) engine, kind, limits, tenant);
    }

    /**
     * Makes a store for another thread of the same guest: with the engine, the kind and the limits
     * of this one. What memories, tables, instances and fuel the limits allow is shared by all
     * stores of the guest; the call stack is each store's own. Stopping or closing the first store
     * does the same to those that were made from it, however often removed.
     *
     * <p>It is to be closed when its thread has ended.
     *
     * @throws ExhaustedException when the budget has no more threads
     */
    Store newThreadStore();

    Engine engine();

    /** Where memories live; {@link StoreKind#AUTO} until the first memory is made. */
    StoreKind kind();

    StoreLimits limits();

    /** The budget that the store was made with, if any. */
    Optional<Budget> tenant();

    Func newFunc(FuncType type, HostFunction function);

    Memory newMemory(MemType type);

    /** A table whose elements are null or, when its type has no null, the given value. */
    Table newTable(TableType type, Object init);

    Global newGlobal(GlobalType type, Object value);

    /**
     * Makes a tag, whose exceptions carry values of the types of the parameters.
     *
     * @throws IllegalArgumentException when the type is no closed function type
     */
    Tag newTag(TagType type);

    /**
     * Makes a structure.
     *
     * @param fields the values of all fields, in order; none for the default values
     * @throws IllegalArgumentException when the type is no structure type or has a descriptor, or
     *     the values are not those of its fields or belong to another store
     * @throws ExhaustedException when it is larger than {@link StoreLimits#objectBytes}
     */
    StructRef newStruct(DefType type, Object... fields);

    /**
     * Makes an array of these elements.
     *
     * @throws IllegalArgumentException when the type is no array type, or an element is not of its
     *     element type or belongs to another store
     * @throws ExhaustedException when it is larger than {@link StoreLimits#objectBytes}
     */
    ArrayRef newArray(DefType type, Object... elements);

    /**
     * Makes an array of zeros or nulls.
     *
     * @throws IllegalArgumentException when the type is no array type or its elements have no
     *     default value, or the length is negative
     * @throws ExhaustedException when it is larger than {@link StoreLimits#objectBytes}
     */
    ArrayRef newDefaultArray(DefType type, int length);

    /**
     * The fuel left.
     *
     * @throws IllegalStateException when the engine does not count fuel
     */
    long fuel();

    /**
     * Sets the fuel left.
     *
     * @throws IllegalStateException when the engine does not count fuel
     */
    void setFuel(long fuel);

    /**
     * Stops the guest that is running, if any, with {@link StoppedException}, at its next poll:
     * loop heads, function entries, chunks of bulk operations. The request holds until the host's
     * outermost call has ended, whatever host functions in between catch; it has no effect on later
     * calls. May be called by any thread.
     */
    void stop();

    /**
     * Whether the guest that is running is to stop: for host functions that wait or work long on
     * its behalf, which then throw {@link StoppedException}.
     */
    boolean stopRequested();

    /**
     * Has a host function's blocking wait woken when the guest is to stop: {@link #stop()} and
     * {@link #close()} run this while somebody is inside. The wait then ends, and the host function
     * throws or returns; the guest stops at its next poll.
     *
     * @param wakeUp called by any thread, also when nothing waits; it must not block or throw
     */
    void onStop(Runnable wakeUp);

    /**
     * Releases the store's memories and code; every use afterwards throws {@link ClosedException}.
     * While a guest runs it is stopped, and the release follows when it has ended. May be called by
     * any thread, more than once.
     */
    @Override
    void close();
}
