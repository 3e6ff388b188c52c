// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.ExhaustedException;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * The stack that the guests of one store run on: the values of calls between executors and of the
 * classic interpreter's frames, in one row; the activations that are suspended in calls; and the
 * fast interpreter's frames, one by one. All of them live as long as the store, so that calls
 * allocate nothing.
 *
 * <p>The arrays are replaced when they grow: who keeps one in a local reads it again after every
 * call of {@link #reserve} and after every call that leaves its own loop.
 */
public final class Stack extends Slots {
    /** Reads {@code state}, whose lowest bit asks for a stop, where no call will do. */
    public static final VarHandle STATE;

    /** Reads {@link #depth}. */
    public static final VarHandle DEPTH;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Stack.class, "state", long.class);
            DEPTH = MethodHandles.lookup().findVarHandle(Stack.class, "depth", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final int FIRST_CAPACITY = 64;

    /** The least slots of a frame that is kept for later calls at the same depth. */
    private static final int FIRST_ROOM = 16;

    /** Slots that the fast interpreter's frames may have together under any limit. */
    private static final int LEAST_ROOM_SLOTS = 1 << 16;

    /** Slots beyond every frame, so that small overruns of scratch space need no check. */
    private static final int MARGIN = 32;

    /** The {@code state} of a store whose {@link Bias} is in force: no thread has this number. */
    private static final long BIASED = Long.MIN_VALUE;

    /**
     * How often a thread enters before others are to pay for it to do so faster from then on. It is
     * faster by about 10 ns, and taking that away again takes some 20 to 100 µs.
     */
    private static final int ENTERED_OFTEN = 5_000;

    /** How often a store goes from thread to thread before they all enter it in the same way. */
    private static final int MOST_BIASES = 5;

    /** What a call of the host into a guest counts. */
    private static final int ENTRY_COST = 2048;

    /** The activations that there is room for at first. */
    private static final int FIRST_FRAMES = 16;

    /** The place of an activation of compiled code, which knows by itself where it goes on. */
    private static final int OF_CODE = -1;

    /**
     * What a call out of an interpreter's loop, and one into another from there, counts: they use
     * the Java stack, about 1.2 KB each. With this much the default limit of 4 MiB is reached when
     * little more than half of a Java stack of 1 MiB is full, so that {@link StackOverflowError},
     * which can strike anywhere, even in a class initialiser, remains the exception.
     */
    private static final int CROSSING_COST = 8192;

    /** The functions whose activations are suspended in calls, outermost first. */
    public WasmFunc[] frames;

    /**
     * Of each suspended activation, its place in the code (high half), and a slot (low): the first
     * of its frame, or the one for the first result.
     */
    public long[] returns;

    /** Of each suspended activation, a number of its executor's own. */
    public int[] marks;

    /**
     * The frames of the fast interpreter, by the depth they are at: one that is running is behind
     * those that are suspended. Made when a call first gets so deep.
     */
    public Slots[] rooms;

    /** How many activations the arrays have room for, with one place to spare. */
    public int capacity;

    /** How many activations may be suspended: all that may be open, but the one that runs. */
    private final int mostFrames;

    /** The slots of all {@link #rooms}. */
    private long roomSlots;

    /** How many of {@link #frames} are in use. */
    public int depth;

    /** The depth at which the fast interpreter's loop was entered that runs, or ran last. */
    public int runDepth;

    /** The first slot that no active frame uses, as of the last call out of a loop. */
    public int top;

    /** Bytes of stack that may still be used, as of the last call out of a loop. */
    public int left;

    /**
     * Whether the exception that is on its way has left compiled code that ran in the place of the
     * interpreter's current activation.
     */
    public boolean replaced;

    /** The function that compiled code tail-calls, with its arguments from {@link #top} on. */
    public FuncImpl tail;

    /** Results of compiled functions after the first: numbers by the number of the result. */
    public long[] moreNumbers = {};

    /** The same for references and vectors. */
    public Object[] moreRefs = {};

    public final StoreImpl store;

    /**
     * The function whose tail call of a host function is under way: its own activation is gone by
     * then, and the one below may be of another instance.
     */
    private WasmFunc tailCaller;

    /**
     * Who is inside and whether it is to stop: the thread's number times two, and one more to stop;
     * 0 when nobody is inside. One word, so that a request to stop meets the use of the store that
     * it was made for, and neither gets lost as that begins nor hits the one after it. {@link
     * #BIASED} when {@link #bias} tells who is inside: that is taken away before anybody else gets
     * in or is asked to stop.
     */
    private long state;

    /** The right to enter that was given last; it is in force while {@link #state} says so. */
    private volatile Bias bias = Bias.NONE;

    /** How many such rights were given. */
    private int biases;

    /** How many uses of the thread that is inside are open within its first. */
    int nesting;

    /** Who entered last without one, and how often since somebody else did. */
    private long lastEntered;

    private int entered;

    /** The depth at which the host entered last: frames below belong to earlier entries. */
    int entryDepth;

    /** The exception that the host function that runs was left with by a guest it called. */
    Throwable passing;

    /** References and high halves on their way from one frame to another. */
    private Slots given = new Slots(0);

    private HostCall[] hostCalls = {};

    /** How many calls of host functions are open. */
    int hostDepth;

    Stack(StoreImpl store) {
        super(FIRST_CAPACITY);
        this.store = store;
        this.left = store.limits().stackBytes();
        this.mostFrames = store.limits().callDepth() - 1;
        this.capacity = Math.min(FIRST_FRAMES, mostFrames);
        this.frames = new WasmFunc[capacity + 1];
        this.returns = new long[capacity + 1];
        this.marks = new int[capacity + 1];
        this.rooms = new Slots[capacity + 1];
    }

    /** Whether a poll is to throw {@link StoreImpl#stopped}. */
    public boolean stopRequested() {
        return ((long) STATE.getOpaque(this) & 1) != 0;
    }

    /** Asks whoever is inside to stop; false when nobody is. */
    boolean requestStop() {
        while (true) {
            long seen = (long) STATE.getVolatile(this);
            if (seen == BIASED) {
                revoke(Thread.currentThread().threadId());
            } else if (seen == 0) {
                return false;
            } else if (STATE.compareAndSet(this, seen, seen | 1)) {
                return true;
            }
        }
    }

    boolean isInside(Thread thread) {
        long id = thread.threadId();
        return bias.holds(id) || (long) STATE.getOpaque(this) >>> 1 == id;
    }

    /** Lets a thread in that is not inside and has the right to get in without asking. */
    boolean tryEnterByBias(Thread thread) {
        return bias.tryEnter(thread.threadId());
    }

    /** Lets a thread in that is not inside, if nobody is. */
    boolean tryEnter(Thread thread) {
        long id = thread.threadId();
        while (true) {
            long seen = (long) STATE.getVolatile(this);
            if (seen == BIASED) {
                revoke(id);
            } else if (seen >>> 1 == id) {
                // Who took its right away took it for being inside already, and so it is.
                return true;
            } else if (seen != 0) {
                return false;
            } else if (STATE.compareAndSet(this, 0L, id << 1)) {
                noteEntry(id);
                return true;
            }
        }
    }

    /** Counts how often the thread that is inside has got in so; makes it easier in the end. */
    private void noteEntry(long id) {
        if (lastEntered != id) {
            lastEntered = id;
            entered = 0;
        }
        if (++entered >= ENTERED_OFTEN
                && biases < MOST_BIASES
                && store.leavesPlainly()
                && Bias.isPossible()) {
            entered = 0;
            biases++;
            var made = new Bias(id);
            bias = made;
            if (!STATE.compareAndSet(this, id << 1, BIASED)) {
                // It has been asked to stop.
                made.giveUp();
            }
        }
    }

    /** Has the state tell again who is inside. */
    private synchronized void revoke(long by) {
        if ((long) STATE.getVolatile(this) == BIASED) {
            var known = bias;
            STATE.setVolatile(this, known.revoke(by) ? known.owner << 1 : 0L);
        }
    }

    /**
     * The thread that is inside leaves, if it can do so without asking: it ends its first use of
     * the store, and is inside by a right that it still has.
     */
    boolean leaveByBias() {
        var known = bias;
        if (nesting > 0 || !known.isInForce()) {
            return false;
        }
        if (!known.leave()) {
            leaveRevoked(known.owner);
            store.afterExit();
        }
        return true;
    }

    /** The thread that is inside leaves; a request to stop it is over. */
    void leave() {
        var known = bias;
        long id = Thread.currentThread().threadId();
        if (known.holds(id)) {
            known.leave();
            leaveRevoked(id);
        } else {
            STATE.setVolatile(this, 0L);
        }
    }

    /** The thread that is inside has the next one ask. */
    void forgoBias() {
        if ((long) STATE.getVolatile(this) == BIASED) {
            revoke(Thread.currentThread().threadId());
        }
    }

    /** Waits until who takes the right away has seen that this thread is inside, or not. */
    private synchronized void leaveRevoked(long id) {
        if ((long) STATE.getVolatile(this) >>> 1 == id) {
            STATE.setVolatile(this, 0L);
        }
    }

    /** Makes the slots below {@code end} usable, and those of the other arrays that are in use. */
    public void reserve(int end) {
        if (end + MARGIN > slots.length) {
            int size = Math.max(end + MARGIN, slots.length + (slots.length >> 1));
            slots = Arrays.copyOf(slots, size);
            if (high.length > 0) {
                high = Arrays.copyOf(high, size);
            }
            if (refs.length > 0) {
                refs = Arrays.copyOf(refs, size);
            }
        }
    }

    /** The frame of the running function of the fast interpreter. */
    public Slots room() {
        return rooms[depth];
    }

    /** The frame for a function that is about to run, with room for so many slots. */
    public long[] room(int count) {
        var room = rooms[depth];
        return room != null && room.slots.length >= count ? room.slots : newRoom(count);
    }

    private long[] newRoom(int count) {
        var old = rooms[depth];
        var room = new Slots(Math.max(FIRST_ROOM, count));
        rooms[depth] = room;
        roomSlots += room.slots.length - (old == null ? 0 : old.slots.length);
        if (roomSlots > Math.max(LEAST_ROOM_SLOTS, store.limits().stackBytes())) {
            trimRooms();
        }
        return room.slots;
    }

    /**
     * Makes the frames that are in use no larger than their functions need, and forgets the others:
     * frames are kept for the largest function that ever ran at their depth, and a guest could see
     * to it that this is a large one at every depth.
     */
    private void trimRooms() {
        roomSlots = rooms[depth].slots.length;
        for (int i = 0; i < rooms.length; i++) {
            if (i == depth || rooms[i] == null) {
                continue;
            }
            if (i > depth || frames[i] == null || frames[i].code == null) {
                rooms[i] = null;
                continue;
            }
            int need = Math.max(FIRST_ROOM, frames[i].frameSlots);
            if (rooms[i].slots.length > need + FIRST_ROOM) {
                var smaller = new Slots(need);
                rooms[i].copyTo(0, smaller, 0, need);
                rooms[i] = smaller;
            }
            roomSlots += rooms[i].slots.length;
        }
    }

    /** Leaves references and high halves for the other side of a call of the fast interpreter. */
    public void give(Slots from, int at, int count) {
        if (given.slots.length < count) {
            given = new Slots(count);
        }
        if (from.high.length > 0) {
            System.arraycopy(from.needHigh(), at, given.needHigh(), 0, count);
        } else if (given.high.length > 0) {
            Arrays.fill(given.needHigh(), 0, count, 0);
        }
        // What a call that failed has left here must not pass for values of this one.
        if (from.refs.length > 0) {
            System.arraycopy(from.needRefs(), at, given.needRefs(), 0, count);
        } else if (given.refs.length > 0) {
            Arrays.fill(given.needRefs(), 0, count, null);
        }
    }

    /** Takes what {@link #give} has left. */
    public void takeGiven(Slots to, int at, int count) {
        if (given.high.length > 0) {
            System.arraycopy(given.needHigh(), 0, to.needHigh(), at, count);
        }
        if (given.refs.length > 0) {
            System.arraycopy(given.needRefs(), 0, to.needRefs(), at, count);
            Arrays.fill(given.refs, 0, count, null);
        }
    }

    /** Forgets the references in the fast interpreter's frames that an exception has left. */
    void abandon(int from, int to) {
        for (int i = from; i <= to && i < rooms.length; i++) {
            if (rooms[i] != null) {
                Arrays.fill(rooms[i].refs, null);
            }
        }
        Arrays.fill(given.refs, null);
    }

    /** Suspends an activation in a call. */
    public void suspend(WasmFunc func, int pc, int fp) {
        int at = depth;
        if (at == capacity) {
            growFrames();
        }
        frames[at] = func;
        returns[at] = (long) pc << 32 | fp;
        depth = at + 1;
    }

    /**
     * Suspends an activation of compiled code that counts its calls.
     *
     * @param left the bytes of stack that it may use: fewer for each call within
     */
    public void suspendCode(WasmFunc func, int left) {
        suspend(func, OF_CODE, left);
    }

    /** Ends a suspension by {@link #suspendCode}. */
    public void resumeCode() {
        depth--;
    }

    /** Ends the suspensions that calls left behind which an exception has ended. */
    public void resumeCaught(int left) {
        while (depth > 0 && isOfCode(returns[depth - 1]) && (int) returns[depth - 1] <= left) {
            depth--;
        }
    }

    private static boolean isOfCode(long suspended) {
        return (int) (suspended >> 32) == OF_CODE;
    }

    /** Whether no activation can be suspended any more. */
    public boolean isDeepest() {
        return depth == mostFrames;
    }

    /**
     * Makes room for one more suspended activation.
     *
     * @throws ExhaustedException when no more calls may be open
     */
    public void growFrames() {
        if (capacity == mostFrames) {
            throw new ExhaustedException(ExhaustedException.Resource.CALL_DEPTH);
        }
        capacity = Math.min(mostFrames, 2 * capacity);
        frames = Arrays.copyOf(frames, capacity + 1);
        returns = Arrays.copyOf(returns, capacity + 1);
        marks = Arrays.copyOf(marks, capacity + 1);
        rooms = Arrays.copyOf(rooms, capacity + 1);
    }

    /**
     * Counts the Java frames of the executor that is to run a function.
     *
     * @return what it has taken
     */
    int enterExecutor(WasmFunc func) {
        int cost = depth == entryDepth ? entryCost() : staysWithin(func) ? 0 : CROSSING_COST;
        left -= cost;
        if (left < 0) {
            left += cost;
            throw exhausted();
        }
        return cost;
    }

    /**
     * Whether a function called by another counts no more than within its executor: where functions
     * of a mode run must not decide how deep they get.
     */
    private boolean staysWithin(WasmFunc func) {
        return func.executor.isTier() || frames[depth - 1].instance.mode() == func.instance.mode();
    }

    /** What a call by the host counts, in every mode: more when it is a host function's. */
    private int entryCost() {
        return isOutermost(depth) ? ENTRY_COST : CROSSING_COST;
    }

    /** Notes who makes a tail call that leaves its executor's loop. */
    public void tailCall(WasmFunc caller, FuncImpl callee) {
        if (callee instanceof HostFunc) {
            tailCaller = caller;
        }
    }

    /** The function whose code makes the call that is being entered, or null for the host. */
    WasmFunc takeCaller() {
        var tail = tailCaller;
        if (tail != null) {
            tailCaller = null;
            return tail;
        }
        return depth > entryDepth ? frames[depth - 1] : null;
    }

    /**
     * Counts the Java frames of compiled code that the host calls.
     *
     * @return the bytes of stack that it may use
     */
    int enterCompiled() {
        int rest = left - entryCost();
        if (rest < 0) {
            throw exhausted();
        }
        return rest;
    }

    /** Whether an entry at a depth is within no other. */
    boolean isOutermost(int depth) {
        // Compiled code has its activations on Java's stack alone as it calls the host.
        return depth == 0 && hostDepth == 0;
    }

    /** Goes back to how things were before an entry, however it ended. */
    void restore(int top, int depth, int entryDepth, int left) {
        this.top = top;
        tailCaller = null;
        if (this.depth > depth) {
            Arrays.fill(frames, depth, this.depth, null);
        }
        this.depth = depth;
        this.entryDepth = entryDepth;
        this.left = left;
        if (nesting == 0) {
            // As the stack overflows, even the end of a call may fail.
            hostDepth = 0;
        }
        if (refs.length > 0 && isOutermost(depth)) {
            Arrays.fill(refs, null);
        }
    }

    /** Enters a call that uses the Java stack: counts it and gives its frame. */
    HostCall pushHost(WasmFunc caller, int base, int params, int results) {
        int end = base + Math.max(params, results);
        reserve(end);
        var call = pushHost(left);
        call.open(caller, base, params, results, top);
        top = end;
        return call;
    }

    /**
     * Counts a call of the host, and gives its frame.
     *
     * @param from the bytes of stack that the caller may use
     */
    HostCall pushHost(int from) {
        int at = hostDepth;
        if (at >= hostCalls.length) {
            growHostCalls();
        }
        beginHost(from);
        return hostCalls[at];
    }

    private void growHostCalls() {
        int from = hostCalls.length;
        var more = Arrays.copyOf(hostCalls, Math.max(2 * from, hostDepth + 4));
        for (int i = from; i < more.length; i++) {
            more[i] = new HostCall(this);
        }
        hostCalls = more;
    }

    void popHost(HostCall call) {
        left += CROSSING_COST;
        call.close();
    }

    /**
     * Counts a call of the host.
     *
     * @param from the bytes of stack that the caller may use
     */
    void beginHost(int from) {
        int rest = from - CROSSING_COST;
        if (rest < 0) {
            throw exhausted();
        }
        left = rest;
        hostDepth++;
        passing = null;
    }

    /** Ends a call of the host. */
    void endHost() {
        hostDepth--;
        if (passing != null) {
            passing = null;
        }
    }

    /** The exception for a stack that is full. */
    public static ExhaustedException exhausted() {
        return new ExhaustedException(ExhaustedException.Resource.CALL_STACK);
    }
}
