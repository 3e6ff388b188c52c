// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.ClosedException;
import io.nacelle.runtime.Engine;
import io.nacelle.runtime.ExhaustedException;
import io.nacelle.runtime.Extern;
import io.nacelle.runtime.Func;
import io.nacelle.runtime.Global;
import io.nacelle.runtime.HostFunction;
import io.nacelle.runtime.Memory;
import io.nacelle.runtime.StoppedException;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.StoreKind;
import io.nacelle.runtime.StoreLimits;
import io.nacelle.runtime.Table;
import io.nacelle.runtime.Tag;
import io.nacelle.wasm.syntax.AddrType;
import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.GlobalType;
import io.nacelle.wasm.syntax.Limits;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.TableType;
import io.nacelle.wasm.syntax.TagType;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;

/** A store. */
public final class StoreImpl implements Store {
    final EngineImpl engine;
    private final StoreLimits limits;
    private final List<LinearMemory> memories = new ArrayList<>();
    private final List<TableImpl> tables = new ArrayList<>();
    private final Stack stack;

    /** What wakes the host functions that wait on behalf of the guest. */
    private final List<Runnable> wakeUps = new CopyOnWriteArrayList<>();

    private StoreKind kind;
    private long memoryBytes;
    private long tableElements;
    private int instances;

    /** The fuel left, when the engine counts it. */
    public long fuel;

    /** How many uses of the thread that is inside are open. */
    private int nesting;

    private volatile boolean closed;
    private boolean released;

    public StoreImpl(EngineImpl engine, StoreKind kind, StoreLimits limits) {
        this.engine = Objects.requireNonNull(engine);
        this.kind = Objects.requireNonNull(kind);
        this.limits = Objects.requireNonNull(limits);
        this.stack = new Stack(this);
    }

    @Override
    public Engine engine() {
        return engine;
    }

    @Override
    public StoreKind kind() {
        return kind;
    }

    @Override
    public StoreLimits limits() {
        return limits;
    }

    // Use by one thread at a time.

    /** Begins a use of the store by this thread; each is ended by {@link #exit}. */
    Stack enter() {
        var thread = Thread.currentThread();
        if (!stack.isInside(thread) && !stack.tryEnter(thread)) {
            checkOpen();
            throw new IllegalStateException("the store is in use by another thread");
        }
        nesting++;
        if (closed) {
            exit();
            throw new ClosedException();
        }
        return stack;
    }

    /**
     * Begins a use unless this thread is inside already.
     *
     * @return whether {@link #exit} is to be called
     */
    boolean enterIfOutside() {
        if (stack.isInside(Thread.currentThread())) {
            return false;
        }
        enter();
        return true;
    }

    void exit() {
        if (--nesting > 0) {
            return;
        }
        if (closed) {
            release();
        }
        stack.leave();
        if (closed) {
            // Closed between the two lines above: whoever gets in next releases.
            releaseIfIdle();
        }
    }

    /** Throws when the host has asked the guest to stop: what every poll point calls. */
    public void poll() {
        if (stopRequested()) {
            throw stopped();
        }
    }

    @Override
    public boolean stopRequested() {
        return stack.stopRequested();
    }

    /** The exception of a poll that found a request. */
    public RuntimeException stopped() {
        // The request stays until the store is left: no host function in between can swallow it.
        return closed ? new ClosedException() : new StoppedException();
    }

    @Override
    public void stop() {
        if (stack.requestStop()) {
            wakeUps.forEach(Runnable::run);
        }
    }

    @Override
    public void onStop(Runnable wakeUp) {
        wakeUps.add(Objects.requireNonNull(wakeUp));
    }

    @Override
    public void close() {
        closed = true;
        stop();
        releaseIfIdle();
    }

    private void releaseIfIdle() {
        if (stack.tryEnter(Thread.currentThread())) {
            release();
            stack.leave();
        }
    }

    private void release() {
        if (released) {
            return;
        }
        released = true;
        memories.forEach(LinearMemory::release);
        memories.clear();
        tables.forEach(TableImpl::release);
        tables.clear();
    }

    void checkOpen() {
        if (closed) {
            throw new ClosedException();
        }
    }

    /** Refuses references to functions and exceptions of another store. */
    void checkOwner(Object value) {
        if (value instanceof FuncImpl func && func.store != this) {
            throw new IllegalArgumentException("the function belongs to another store");
        }
        if (value instanceof ThrownException thrown && thrown.tag.store != this) {
            throw new IllegalArgumentException("the exception belongs to another store");
        }
    }

    /** Whether something lives in this store. */
    public boolean owns(Extern extern) {
        return this
                == switch (extern) {
                    case FuncImpl func -> func.store;
                    case TableImpl table -> table.store;
                    case LinearMemory memory -> memory.store;
                    case GlobalImpl global -> global.store;
                    case TagImpl tag -> tag.store;
                };
    }

    // Kinds and limits.

    /** The kind that this store's memories have, settled by the first of them. */
    StoreKind kindFor(MemType type) {
        settleKind(List.of(type));
        return kind;
    }

    /** Settles the kind for the memories of a module, if it has some and they are the first. */
    void settleKind(List<MemType> memories) {
        if (kind == StoreKind.AUTO && !memories.isEmpty()) {
            kind =
                    memories.stream().anyMatch(StoreImpl::needsNative)
                            ? StoreKind.NATIVE
                            : StoreKind.HEAP;
        }
    }

    private static boolean needsNative(MemType type) {
        return type.isShared()
                || type.addr() == AddrType.I64
                || LinearMemory.initialBytes(type) > HeapMemory.MAX_BYTES;
    }

    /** The kind for code: settled too when there is no memory yet. */
    StoreKind settledKind() {
        if (kind == StoreKind.AUTO) {
            kind = StoreKind.HEAP;
        }
        return kind;
    }

    void chargeMemory(long bytes, MemType type) {
        if (!tryChargeMemory(bytes)) {
            throw new ExhaustedException(
                    ExhaustedException.Resource.MEMORY,
                    "a memory of "
                            + bytes
                            + " bytes ("
                            + type
                            + ") with "
                            + memoryBytes
                            + " of "
                            + limits.memoryBytes()
                            + " in use");
        }
    }

    boolean tryChargeMemory(long bytes) {
        if (bytes > limits.memoryBytes() - memoryBytes) {
            return false;
        }
        memoryBytes += bytes;
        return true;
    }

    void releaseMemory(long bytes) {
        memoryBytes -= bytes;
    }

    void chargeTable(long elements, TableType type) {
        if (!tryChargeTable(elements)) {
            throw exhausted(type, elements);
        }
    }

    boolean tryChargeTable(long elements) {
        if (elements > limits.tableElements() - tableElements) {
            return false;
        }
        tableElements += elements;
        return true;
    }

    void releaseTable(long elements) {
        tableElements -= elements;
    }

    void chargeInstance() {
        if (instances >= limits.instances()) {
            throw new ExhaustedException(
                    ExhaustedException.Resource.INSTANCES, limits.instances() + " are in use");
        }
        instances++;
    }

    /** How much the store holds, for {@link #undo}. */
    record Mark(int memories, int tables) {}

    Mark mark() {
        return new Mark(memories.size(), tables.size());
    }

    /** Gives back what an instance that came to nothing has taken since a mark, and itself. */
    void undo(Mark mark) {
        for (int i = memories.size(); i-- > mark.memories; ) {
            var memory = memories.remove(i);
            releaseMemory(memory.size());
            memory.release();
        }
        for (int i = tables.size(); i-- > mark.tables; ) {
            var table = tables.remove(i);
            releaseTable(table.size);
            table.release();
        }
        instances--;
    }

    static ExhaustedException exhausted(MemType type, long bytes) {
        return new ExhaustedException(
                ExhaustedException.Resource.MEMORY,
                "no memory of "
                        + (bytes < 0 ? "that many" : Long.toString(bytes))
                        + " bytes ("
                        + type
                        + ")");
    }

    static ExhaustedException exhausted(TableType type, long elements) {
        return new ExhaustedException(
                ExhaustedException.Resource.TABLE,
                "no table of " + Long.toUnsignedString(elements) + " elements (" + type + ")");
    }

    /** Takes fuel for a bulk operation or a straight segment of code. */
    public void burn(long amount) {
        fuel -= amount;
        if (fuel < 0) {
            fuel = 0;
            throw new ExhaustedException(ExhaustedException.Resource.FUEL);
        }
    }

    @Override
    public long fuel() {
        requireMetering();
        return fuel;
    }

    @Override
    public void setFuel(long fuel) {
        requireMetering();
        if (fuel < 0) {
            throw new IllegalArgumentException("fuel is negative");
        }
        this.fuel = fuel;
    }

    private void requireMetering() {
        if (!engine.countsFuel()) {
            throw new IllegalStateException("the engine does not count fuel");
        }
    }

    // What the store consists of.

    LinearMemory add(MemType type) {
        checkOpen();
        var memory = LinearMemory.create(this, type);
        memories.add(memory);
        return memory;
    }

    TableImpl add(TableType type, Object init) {
        checkOpen();
        var table = new TableImpl(this, type, init);
        tables.add(table);
        return table;
    }

    @Override
    public Func newFunc(FuncType type, HostFunction function) {
        checkOpen();
        return new HostFunc(this, DefType.of(type), function);
    }

    @Override
    public Memory newMemory(MemType type) {
        int shift = type.pageSizeLog2();
        if (shift != 0 && shift != MemType.DEFAULT_PAGE_SIZE_LOG2) {
            throw new IllegalArgumentException("no such page size: 2^" + shift);
        }
        long most = shift == 0 ? (1L << 32) - 1 : 1L << 32 - shift;
        checkLimits(type.limits(), type.addr() == AddrType.I32 ? most : -1L);
        enter();
        try {
            return add(type);
        } finally {
            exit();
        }
    }

    @Override
    public Table newTable(TableType type, Object init) {
        Values.check(init, type.element());
        checkOwner(init);
        checkLimits(type.limits(), type.addr() == AddrType.I32 ? (1L << 32) - 1 : -1L);
        enter();
        try {
            return add(type, init);
        } finally {
            exit();
        }
    }

    /** Types that a host makes have not been validated. */
    private static void checkLimits(Limits limits, long most) {
        long max = limits.max().orElse(limits.min());
        if (Long.compareUnsigned(limits.min(), max) > 0 || Long.compareUnsigned(max, most) > 0) {
            throw new IllegalArgumentException("limits out of range: " + limits);
        }
    }

    @Override
    public Global newGlobal(GlobalType type, Object value) {
        checkOpen();
        var global = new GlobalImpl(this, type);
        global.init(value);
        return global;
    }

    @Override
    public Tag newTag(TagType type) {
        checkOpen();
        return new TagImpl(this, (DefType) type.type());
    }
}
