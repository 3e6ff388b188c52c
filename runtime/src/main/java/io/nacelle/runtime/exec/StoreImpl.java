// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.ArrayRef;
import io.nacelle.runtime.Budget;
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
import io.nacelle.runtime.StructRef;
import io.nacelle.runtime.Table;
import io.nacelle.runtime.Tag;
import io.nacelle.runtime.code.Polls;
import io.nacelle.runtime.exec.gc.ArrayKind;
import io.nacelle.runtime.exec.gc.GcObject;
import io.nacelle.runtime.exec.gc.HostObjects;
import io.nacelle.runtime.exec.gc.ObjectKind;
import io.nacelle.runtime.exec.gc.StructKind;
import io.nacelle.wasm.syntax.AddrType;
import io.nacelle.wasm.syntax.ArrayType;
import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.GlobalType;
import io.nacelle.wasm.syntax.Limits;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.StructType;
import io.nacelle.wasm.syntax.TableType;
import io.nacelle.wasm.syntax.TagType;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/** A store. */
public final class StoreImpl implements Store {
    /** Bytes kept by a store with objects for the time when there is no memory left. */
    private static final int RESERVE = 1 << 16;

    final EngineImpl engine;
    private final StoreLimits limits;
    private final List<LinearMemory> memories = new ArrayList<>();
    private final List<TableImpl> tables = new ArrayList<>();
    private final Stack stack;

    /** What wakes the host functions that wait on behalf of the guest. */
    private final List<Runnable> wakeUps = new CopyOnWriteArrayList<>();

    /** What compiled code that runs in the store asks whether to look for requests to stop. */
    private final Set<Polls> polls = ConcurrentHashMap.newKeySet();

    /** Whether they have been told of a request. */
    private boolean polling;

    /** By the types of which objects have been made. */
    private final Map<DefType, ObjectKind> objectKinds = new HashMap<>();

    /** What is given up when there is no memory left, so that there is some to say so. */
    private byte[] reserve = {};

    /** Whether {@link #reserve} has been given up. */
    private boolean spent;

    private StoreKind kind;

    /** What this store's memories, tables and instances count for, with those of its group. */
    private final GuestBudget budget;

    /** The stores of the guest's other threads; the first store's, for all of them. */
    private final ThreadStores group;

    private int instances;

    /** The thread that waits in this store to be notified, or null. */
    private volatile Thread waiting;

    /** The fuel left, when the engine counts it. */
    public long fuel;

    /** The last fuel taken from what other guests have too. */
    private long portion;

    /** What is to happen when there is no more fuel: the call that is inside, or null. */
    volatile SuspendableImpl suspendable;

    private volatile boolean closed;
    private boolean released;

    /**
     * Makes a store.
     *
     * @param tenant what it has together with others, or null
     */
    public StoreImpl(EngineImpl engine, StoreKind kind, StoreLimits limits, TenantBudget tenant) {
        this.engine = Objects.requireNonNull(engine);
        this.kind = Objects.requireNonNull(kind);
        this.limits = Objects.requireNonNull(limits);
        if (limits.callDepth() < Integer.MAX_VALUE && !engine.countsCalls()) {
            throw new IllegalArgumentException(
                    "a limit of call depth needs an engine that counts calls");
        }
        this.budget = new GuestBudget(limits, this.engine.space, tenant);
        this.group = new ThreadStores(this);
        this.stack = new Stack(this);
        if (tenant != null) {
            tenant.add(this);
        }
    }

    /** A store for another thread of the guest that has the first one. */
    private StoreImpl(StoreImpl first) {
        this.engine = first.engine;
        this.kind = first.kind;
        this.limits = first.limits;
        this.budget = first.budget;
        this.group = first.group;
        this.stack = new Stack(this);
    }

    @Override
    public Store newThreadStore() {
        checkOpen();
        if (engine.countsFuel() && group.shareFuel()) {
            budget.setFuel(fuel);
            fuel = 0;
        }
        if (!budget.tryChargeThread()) {
            throw new ExhaustedException(ExhaustedException.Resource.THREADS);
        }
        var made = new StoreImpl(group.first());
        if (budget.tenant != null) {
            budget.tenant.add(made);
        }
        group.add(made);
        return made;
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
        if (!stack.tryEnterByBias(thread)) {
            enterOtherwise(thread);
        }
        return stack;
    }

    /** Begins a use by a thread that cannot get in without asking, or is inside. */
    void enterOtherwise(Thread thread) {
        if (stack.isInside(thread)) {
            stack.nesting++;
        } else if (!stack.tryEnter(thread)) {
            checkOpen();
            throw new IllegalStateException("the store is in use by another thread");
        }
        // Who closes a store takes away what others enter by without asking.
        if (closed) {
            exit();
            throw new ClosedException();
        }
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
        if (!stack.leaveByBias()) {
            exitOtherwise();
        }
    }

    /** Ends a use where there may be more to do. */
    void exitOtherwise() {
        if (stack.nesting > 0) {
            stack.nesting--;
            return;
        }
        if (spent) {
            restock();
        }
        if (closed) {
            release();
        }
        stack.leave();
        afterExit();
    }

    /** Whether there is nothing to do when a thread leaves. */
    boolean leavesPlainly() {
        return !spent && !polling && !closed;
    }

    /** Does what other threads may have left to the one that was inside. */
    void afterExit() {
        if (polling) {
            endPolls();
        }
        if (closed) {
            // Closed as it left: whoever gets in next releases.
            releaseIfIdle();
        }
    }

    /** What its functions run on. */
    public Stack stack() {
        return stack;
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
        if (closed) {
            return new ClosedException();
        }
        return budget.tenant != null && budget.tenant.isExpired()
                ? new ExhaustedException(ExhaustedException.Resource.TIME)
                : new StoppedException();
    }

    @Override
    public void stop() {
        if (stack.requestStop()) {
            beginPolls();
            LockSupport.unpark(waiting);
            var suspended = suspendable;
            if (suspended != null) {
                suspended.wake();
            }
            wakeUps.forEach(Runnable::run);
        }
        group.stop(this);
    }

    /** Notes that compiled code runs in the store which is to be told of requests to stop. */
    public void addPolls(Polls some) {
        synchronized (polls) {
            if (polls.add(some) && polling) {
                some.begin();
            }
        }
    }

    private void beginPolls() {
        synchronized (polls) {
            if (!polling && stopRequested()) {
                polling = true;
                polls.forEach(Polls::begin);
            }
        }
    }

    private void endPolls() {
        synchronized (polls) {
            polling = false;
            polls.forEach(Polls::end);
        }
    }

    /** The thread inside begins to wait: from now on a request to stop wakes it. */
    void beginWait() {
        waiting = Thread.currentThread();
        // Either whoever asks to stop sees the thread, or the thread's next look sees the request.
        VarHandle.fullFence();
    }

    void endWait() {
        waiting = null;
    }

    boolean isInside() {
        return stack.isInside(Thread.currentThread());
    }

    @Override
    public void onStop(Runnable wakeUp) {
        wakeUps.add(Objects.requireNonNull(wakeUp));
    }

    @Override
    public void close() {
        closed = true;
        // Before the request to stop, which would end the others in another way.
        group.close(this);
        stop();
        releaseIfIdle();
    }

    @Override
    public Optional<Budget> tenant() {
        return Optional.ofNullable(budget.tenant);
    }

    private void releaseIfIdle() {
        if (!isInside() && stack.tryEnter(Thread.currentThread())) {
            release();
            stack.leave();
        }
    }

    private void release() {
        if (released) {
            return;
        }
        released = true;
        memories.forEach(LinearMemory::discard);
        memories.clear();
        for (var table : tables) {
            releaseTable(table.size);
            table.release();
        }
        tables.clear();
        budget.releaseInstances(instances);
        if (group.sharesFuel()) {
            budget.addFuel(fuel);
        }
        returnPortion();
        if (group.first() != this) {
            budget.releaseThread();
        }
        if (budget.tenant != null) {
            budget.tenant.remove(this);
        }
    }

    /** Gives back what is left of the last portion of fuel that others could use. */
    private void returnPortion() {
        if (portion > 0 && fuel > 0) {
            long rest = Math.min(portion, fuel);
            fuel -= rest;
            budget.tenant.addFuel(rest);
        }
        portion = 0;
    }

    boolean isClosed() {
        return closed;
    }

    void checkOpen() {
        if (closed) {
            throw new ClosedException();
        }
    }

    /**
     * Refuses references to functions and exceptions of another store, and to its objects, which
     * may hold some: whatever the type they go by, since an externref can be converted.
     */
    public void checkOwner(Object value) {
        if (value instanceof FuncImpl func && func.store != this) {
            throw new IllegalArgumentException("the function belongs to another store");
        }
        if (value instanceof ThrownException thrown && thrown.tag.store != this) {
            throw new IllegalArgumentException("the exception belongs to another store");
        }
        if (value instanceof GcObject object && object.kind.store != this) {
            throw new IllegalArgumentException("the object belongs to another store");
        }
    }

    /** Whether something lives in this store, or can be used by it as if it did. */
    public boolean owns(Extern extern) {
        if (extern instanceof FuncImpl func) {
            return func.store == this;
        }
        if (extern instanceof TableImpl table) {
            return table.store == this;
        }
        if (extern instanceof SharedView shared) {
            shared.checkOpen();
            return shared.storage.engine == engine;
        }
        if (extern instanceof LinearMemory memory) {
            return memory.store == this;
        }
        return extern instanceof GlobalImpl global
                ? global.store == this
                : ((TagImpl) extern).store == this;
    }

    /** A memory as this store has it: a shared one may come from elsewhere. */
    LinearMemory adopt(LinearMemory memory) {
        if (memory.store == this || !(memory instanceof SharedView shared)) {
            return memory;
        }
        for (var known : memories) {
            if (known instanceof SharedView view && view.storage == shared.storage) {
                return view;
            }
        }
        shared.storage.acquire();
        var view = new SharedView(this, shared.storage);
        memories.add(view);
        return view;
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
            kind = StoreKind.HEAP;
            for (var type : memories) {
                if (needsNative(type)) {
                    kind = StoreKind.NATIVE;
                }
            }
        }
    }

    static boolean needsNative(MemType type) {
        return type.addr() == AddrType.I64
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
                            + budget.memoryBytes()
                            + " of "
                            + limits.memoryBytes()
                            + " in use");
        }
    }

    boolean tryChargeMemory(long bytes) {
        return budget.tryChargeMemory(bytes);
    }

    void releaseMemory(long bytes) {
        budget.releaseMemory(bytes);
    }

    void chargeTable(long elements, TableType type) {
        if (!tryChargeTable(elements)) {
            throw exhausted(type, elements);
        }
    }

    boolean tryChargeTable(long elements) {
        return budget.tryChargeTable(elements);
    }

    void releaseTable(long elements) {
        budget.releaseTable(elements);
    }

    void chargeInstance() {
        if (!budget.tryChargeInstance()) {
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
            memories.remove(i).discard();
        }
        for (int i = tables.size(); i-- > mark.tables; ) {
            var table = tables.remove(i);
            releaseTable(table.size);
            table.release();
        }
        instances--;
        budget.releaseInstances(1);
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
        if (fuel < 0 && !refuel()) {
            fuel = 0;
            throw new ExhaustedException(ExhaustedException.Resource.FUEL);
        }
    }

    /** Takes fuel from what the guest's threads share, to make up for what is owed. */
    private boolean refuel() {
        if (group.sharesFuel()) {
            fuel += budget.takeFuel(ThreadStores.FUEL_SLICE - fuel);
        }
        if (fuel < 0 && budget.tenant != null) {
            portion = budget.tenant.takeFuel(ThreadStores.FUEL_SLICE - fuel);
            fuel += portion;
        }
        var suspended = suspendable;
        while (fuel < 0 && suspended != null) {
            suspended.suspend();
        }
        return fuel >= 0;
    }

    @Override
    public long fuel() {
        requireMetering();
        return Math.max(0, group.sharesFuel() ? fuel + budget.fuel() : fuel);
    }

    @Override
    public void setFuel(long fuel) {
        requireMetering();
        if (fuel < 0) {
            throw new IllegalArgumentException("fuel is negative");
        }
        returnPortion();
        if (group.sharesFuel()) {
            budget.setFuel(fuel);
            this.fuel = 0;
        } else {
            this.fuel = fuel;
        }
    }

    private void requireMetering() {
        if (!engine.countsFuel()) {
            throw new IllegalStateException("the engine does not count fuel");
        }
    }

    // What the store consists of.

    LinearMemory add(MemType type) {
        return add(type, null);
    }

    /** Makes a memory; {@code start} as {@link LinearMemory#create} has it. */
    LinearMemory add(MemType type, MemoryStart start) {
        checkOpen();
        var memory = LinearMemory.create(this, type, start);
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

    GuestBudget budget() {
        return budget;
    }

    /** Refuses types of memories that validation would refuse. */
    static void checkType(MemType type) {
        int shift = type.pageSizeLog2();
        if (shift != 0 && shift != MemType.DEFAULT_PAGE_SIZE_LOG2) {
            throw new IllegalArgumentException("no such page size: 2^" + shift);
        }
        long most = shift == 0 ? (1L << 32) - 1 : 1L << 32 - shift;
        checkLimits(type.limits(), type.addr() == AddrType.I32 ? most : -1L);
        if (type.isShared() && type.limits().max().isEmpty()) {
            throw new IllegalArgumentException("a shared memory must have a maximum");
        }
    }

    @Override
    public Memory newMemory(MemType type) {
        checkType(type);
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

    // Objects.

    /** What the objects of a structure or array type in this store have in their headers. */
    ObjectKind objectKind(DefType type) {
        stock();
        return objectKinds.computeIfAbsent(type, t -> ObjectKind.of(this, t));
    }

    /**
     * Sees to it that there is a reserve: the guest can make objects, or exceptions, from now on.
     */
    void stock() {
        if (!spent && reserve.length == 0) {
            restock();
        }
    }

    private void restock() {
        try {
            reserve = new byte[RESERVE];
            spent = false;
        } catch (OutOfMemoryError e) {
            // As long as there is so little, there is none.
            spent = true;
        }
    }

    /** The exception for an object that Java has no memory for. */
    public ExhaustedException outOfMemory() {
        reserve = null;
        spent = true;
        // Whoever is inside leaves in the way that sees to it.
        stack.forgoBias();
        // Without words of its own: even a first concatenation would need more than there is.
        return new ExhaustedException(ExhaustedException.Resource.OBJECTS);
    }

    @Override
    public StructRef newStruct(DefType type, Object... fields) {
        if (!(type.comp() instanceof StructType struct)) {
            throw new IllegalArgumentException("no structure type: " + type);
        }
        enter();
        try {
            return HostObjects.struct((StructKind) objectKind(type), struct.fields(), fields);
        } finally {
            exit();
        }
    }

    @Override
    public ArrayRef newArray(DefType type, Object... elements) {
        enter();
        try {
            return HostObjects.array(arrayKind(type), elements);
        } finally {
            exit();
        }
    }

    @Override
    public ArrayRef newDefaultArray(DefType type, int length) {
        enter();
        try {
            return HostObjects.array(arrayKind(type), length);
        } finally {
            exit();
        }
    }

    private ArrayKind arrayKind(DefType type) {
        if (!(type.comp() instanceof ArrayType)) {
            throw new IllegalArgumentException("no array type: " + type);
        }
        return (ArrayKind) objectKind(type);
    }

    @Override
    public Tag newTag(TagType type) {
        checkOpen();
        if (!(type.type() instanceof DefType def) || !(def.comp() instanceof FuncType)) {
            throw new IllegalArgumentException("no function type: " + type.type());
        }
        return new TagImpl(this, def);
    }
}
