// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.ExhaustedException;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * The stack that the guests of one store run on. Values lie in three parallel arrays, one slot a
 * value; activations of interpreted functions lie in a fourth. All of them live as long as the
 * store, so that calls allocate nothing.
 *
 * <p>The arrays are replaced when they grow: who keeps one in a local reads it again after every
 * call of {@link #reserve} and after every call that leaves its own loop.
 */
public final class Stack {
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Stack.class, "state", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final int FIRST_CAPACITY = 256;

    /** Slots beyond every frame, so that small overruns of scratch space need no check. */
    private static final int MARGIN = 32;

    /** What a call out of an interpreter's loop counts: it also uses the Java stack. */
    private static final int HOST_CALL_COST = 2048;

    /** Numbers, references to functions excepted; the low halves of vectors. */
    public long[] slots = new long[FIRST_CAPACITY];

    /** The high halves of vectors; empty until a vector is used. */
    public long[] high = {};

    /** References; empty until a reference is used. */
    public Object[] refs = {};

    /** The functions whose activations are suspended in calls, outermost first. */
    public WasmFunc[] frames = new WasmFunc[16];

    /** Of each suspended activation, its place in the code (high half) and its first slot (low). */
    public long[] returns = new long[16];

    /** Of each suspended activation, a number of its executor's own. */
    public int[] marks = new int[16];

    /** How many of {@link #frames} are in use. */
    public int depth;

    /** The first slot that no active frame uses, as of the last call out of a loop. */
    public int top;

    /** Bytes of stack that may still be used, as of the last call out of a loop. */
    public int left;

    public final StoreImpl store;

    /**
     * Who is inside and whether it is to stop: the thread's number times two, and one more to stop;
     * 0 when nobody is inside. One word, so that a request to stop meets the use of the store that
     * it was made for, and neither gets lost as that begins nor hits the one after it.
     */
    private long state;

    /** The depth at which the host entered last: frames below belong to earlier entries. */
    int entryDepth;

    private HostCall[] hostCalls = {};
    private int hostDepth;

    Stack(StoreImpl store) {
        this.store = store;
        this.left = store.limits().stackBytes();
    }

    /** Whether a poll is to throw {@link StoreImpl#stopped}. */
    public boolean stopRequested() {
        return ((long) STATE.getOpaque(this) & 1) != 0;
    }

    /** Asks whoever is inside to stop; false when nobody is. */
    boolean requestStop() {
        while (true) {
            long seen = (long) STATE.getVolatile(this);
            if (seen == 0) {
                return false;
            }
            if (STATE.compareAndSet(this, seen, seen | 1)) {
                return true;
            }
        }
    }

    boolean isInside(Thread thread) {
        return (long) STATE.getOpaque(this) >>> 1 == thread.threadId();
    }

    /** Lets a thread in if nobody is inside. */
    boolean tryEnter(Thread thread) {
        return STATE.compareAndSet(this, 0L, thread.threadId() << 1);
    }

    /** The thread that is inside leaves; a request to stop it is over. */
    void leave() {
        STATE.setVolatile(this, 0L);
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

    /** Makes {@link #high} usable wherever {@link #slots} is. */
    public long[] needHigh() {
        if (high.length < slots.length) {
            high = Arrays.copyOf(high, slots.length);
        }
        return high;
    }

    /** Makes {@link #refs} usable wherever {@link #slots} is. */
    public Object[] needRefs() {
        if (refs.length < slots.length) {
            refs = Arrays.copyOf(refs, slots.length);
        }
        return refs;
    }

    /** Suspends an activation in a call. */
    public void suspend(WasmFunc func, int pc, int fp) {
        int at = depth;
        if (at == frames.length) {
            growFrames();
        }
        frames[at] = func;
        returns[at] = (long) pc << 32 | fp;
        depth = at + 1;
    }

    /** Makes room for one more suspended activation. */
    public void growFrames() {
        int size = frames.length * 2;
        frames = Arrays.copyOf(frames, size);
        returns = Arrays.copyOf(returns, size);
        marks = Arrays.copyOf(marks, size);
    }

    /** Counts the Java frames of an executor. */
    void enterExecutor() {
        left -= HOST_CALL_COST;
        if (left < 0) {
            left += HOST_CALL_COST;
            throw exhausted();
        }
    }

    void leaveExecutor() {
        left += HOST_CALL_COST;
    }

    /** The function whose code makes the call that is being entered, or null for the host. */
    WasmFunc caller() {
        return depth > entryDepth ? frames[depth - 1] : null;
    }

    /** Goes back to how things were before an entry, however it ended. */
    void restore(int top, int depth, int entryDepth, int left) {
        this.top = top;
        Arrays.fill(frames, depth, Math.max(depth, this.depth), null);
        this.depth = depth;
        this.entryDepth = entryDepth;
        this.left = left;
        if (depth == 0 && refs.length > 0) {
            Arrays.fill(refs, null);
        }
    }

    /** Enters a call that uses the Java stack: counts it and gives its frame. */
    HostCall pushHost(WasmFunc caller, int base, int params, int results) {
        left -= HOST_CALL_COST;
        if (left < 0) {
            left += HOST_CALL_COST;
            throw exhausted();
        }
        if (hostDepth == hostCalls.length) {
            int size = Math.max(4, hostCalls.length * 2);
            hostCalls = Arrays.copyOf(hostCalls, size);
            for (int i = hostDepth; i < size; i++) {
                hostCalls[i] = new HostCall(this);
            }
        }
        int end = base + Math.max(params, results);
        reserve(end);
        var call = hostCalls[hostDepth++];
        call.open(caller, base, params, results, top);
        top = end;
        return call;
    }

    void popHost(HostCall call) {
        hostDepth--;
        left += HOST_CALL_COST;
        top = call.close();
    }

    /** The exception for a stack that is full. */
    public static ExhaustedException exhausted() {
        return new ExhaustedException(ExhaustedException.Resource.CALL_STACK);
    }
}
