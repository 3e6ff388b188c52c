// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.ExhaustedException;
import io.nacelle.runtime.GuestFrame;
import io.nacelle.runtime.HostException;
import io.nacelle.runtime.StoppedException;
import io.nacelle.runtime.Trap;
import io.nacelle.wasm.debug.Effort;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The guest's call stack at the moment an exception left it. It travels with the exception, as a
 * suppressed one, so that every kind of exception can carry it; places in the code are worked out
 * only when somebody looks. It refers to modules, never to instances: an exception that is kept
 * does not keep a guest's memory.
 */
public final class Backtrace extends Exception {
    private static final long serialVersionUID = 1L;

    /** How many frames are kept at either end of a deep stack. */
    private static final int KEPT = 50;

    /** Runs are not counted on: a host can throw one exception through guests without end. */
    private static final int MOST_RUNS = 1 << 20;

    private final transient List<Activation> activations = new ArrayList<>();
    private int omitted;

    /** How many runs of an executor's loop the exception has left. */
    private int runs;

    /** The Java stack trace as it was before frames were put into it. */
    private transient StackTraceElement[] javaTrace;

    /** How many runs there were then. */
    private int shownRuns;

    /** Whether Java's stack trace is being read, which is not the time to put frames into it. */
    private boolean reading;

    /**
     * Where the exception came to compiled code, when that cannot be told from its own stack trace,
     * which may have been made anywhere; or null.
     */
    private transient Throwable arrived;

    /** How many runs it had left by then. */
    private int arrivedBehind;

    /** Whether the host has thrown it after a guest had: its own stack trace is an old one. */
    private boolean again;

    private Backtrace() {
        super(null, null, false, false);
    }

    /**
     * An activation of a function.
     *
     * @param instance what the instance was registered as
     * @param run counts the runs of loops that the exception has left, innermost first
     */
    private record Activation(
            FuncBody body, Executor executor, int pc, Optional<String> instance, int run) {}

    /** Finds compiled functions in the stack traces of Java. */
    public interface Finder {
        /** Where a frame of Java is in a function, or null when it is in none. */
        Found find(StackTraceElement element);

        /** Whether a frame of Java is of what carries guests out: no news to who reads a trace. */
        default boolean owns(StackTraceElement element) {
            return false;
        }

        /** Whether a frame of Java is one in which a run of compiled code begins. */
        default boolean isRun(StackTraceElement element) {
            return false;
        }
    }

    /**
     * A place in a function.
     *
     * @param pc as the executor has it that is asked for offsets
     * @param isPart whether the frame is of a part of the function's code, so that the function has
     *     another one, further out, and perhaps more of parts between them
     */
    public record Found(FuncBody body, int pc, boolean isPart) {}

    /**
     * A run of compiled code that an exception has left; which functions were active is only found
     * out when somebody asks.
     *
     * @param at how many activations are before it
     * @param source has the Java stack trace
     * @param behind how many runs the exception had left when that was made
     */
    private record Compiled(
            int at,
            Throwable source,
            int behind,
            Finder finder,
            Executor executor,
            Optional<String> instance,
            int run) {}

    /** Runs of compiled code that have not been looked at. */
    private transient List<Compiled> compiled = new ArrayList<>();

    /** Those that have found functions. */
    private final transient Set<Finder> finders = new LinkedHashSet<>();

    /** The backtrace that an exception carries. */
    public static Optional<Backtrace> of(Throwable exception) {
        for (var suppressed : exception.getSuppressed()) {
            if (suppressed instanceof Backtrace trace) {
                return Optional.of(trace);
            }
        }
        return Optional.empty();
    }

    /**
     * Adds the activations of one run of an executor's loop to an exception that leaves it.
     *
     * @param func the innermost function
     * @param pc its place
     * @param entryDepth the depth at which the loop was entered: frames above it are the loop's
     */
    public static void attach(
            Throwable exception, Stack stack, WasmFunc func, int pc, int depth, int entryDepth) {
        stack.abandon(entryDepth, depth);
        var trace = of(exception).orElse(null);
        if (trace == null) {
            trace = new Backtrace();
            exception.addSuppressed(trace);
        }
        // The host may throw one exception on many threads.
        synchronized (trace) {
            if (!stack.replaced) {
                trace.add(func, pc);
            }
            stack.replaced = false;
            for (int i = depth - 1; i >= entryDepth; i--) {
                // The place that is kept is where the call returns to: the call is before it.
                trace.add(stack.frames[i], (int) (stack.returns[i] >>> 32) - 1);
            }
            trace.runs = Math.min(trace.runs + 1, MOST_RUNS);
        }
    }

    /**
     * Notes that an exception has left a run of compiled code.
     *
     * @param func what the run began with, or a function of which it is a loop
     * @param executor knows the offsets of what the finder finds: that of the function may be the
     *     interpreter that the loop was taken from
     */
    public static void attachCompiled(
            Throwable exception, WasmFunc func, Executor executor, Finder finder) {
        var trace = of(exception).orElse(null);
        if (trace == null) {
            trace = new Backtrace();
            exception.addSuppressed(trace);
        }
        synchronized (trace) {
            trace.finders.add(finder);
            var source = exception;
            int behind = 0;
            if (exception instanceof ThrownException thrown) {
                source = thrown.thrownAt;
                behind = thrown.thrownBehind;
            } else if (trace.arrived != null) {
                source = trace.arrived;
                behind = trace.arrivedBehind;
            } else if (trace.javaTrace != null) {
                // Its stack trace has the guest's frames in it already.
                source = new Throwable(null, null);
                source.setStackTrace(trace.javaTrace);
            }
            if (source != null && trace.compiled.size() < 2 * KEPT) {
                trace.compiled.add(
                        new Compiled(
                                trace.activations.size(),
                                source,
                                behind,
                                finder,
                                executor,
                                func.instance.name(),
                                trace.runs));
            }
            trace.runs = Math.min(trace.runs + 1, MOST_RUNS);
        }
    }

    /** Notes that the host throws an exception, which it may have done before. */
    static void begin(Throwable exception) {
        if (exception instanceof ThrownException) {
            reset(exception);
            return;
        }
        of(exception).ifPresent(Backtrace::beginAgain);
    }

    private synchronized void beginAgain() {
        arrived = null;
        again = true;
    }

    /** Notes that an exception comes to compiled code from a function that it has called. */
    public static void arrive(Throwable exception) {
        if (exception instanceof ThrownException thrown) {
            thrown.arrive();
            return;
        }
        var trace = of(exception).orElse(null);
        boolean made = !isForeign(exception) && (trace == null || !trace.again);
        if (made || trace != null && trace.arrived != null) {
            // It was made on this stack, or it has come to compiled code further in.
            return;
        }
        if (trace == null) {
            trace = new Backtrace();
            exception.addSuppressed(trace);
        }
        synchronized (trace) {
            trace.arrived = new Throwable();
            trace.arrivedBehind = trace.runs;
        }
    }

    /** How many runs an exception has left so far. */
    static int runs(Throwable exception) {
        return of(exception).map(trace -> trace.runs).orElse(0);
    }

    /** Puts the functions of compiled code among the activations. */
    private void expand() {
        if (compiled.isEmpty()) {
            return;
        }
        var known = List.copyOf(activations);
        var runs = List.copyOf(compiled);
        activations.clear();
        compiled.clear();
        int next = 0;
        for (var run : runs) {
            while (next < run.at && next < known.size()) {
                add(known.get(next++));
            }
            int behind = run.behind;
            boolean inParts = false;
            for (var element : javaTrace(run.source)) {
                if (TraceWeaver.isLoop(element, finders)) {
                    if (++behind > run.run) {
                        break;
                    }
                } else if (behind == run.run) {
                    var found = run.finder.find(element);
                    if (found != null && !inParts) {
                        add(
                                new Activation(
                                        found.body, run.executor, found.pc, run.instance, run.run));
                    }
                    inParts = found == null ? inParts : found.isPart;
                }
            }
        }
        while (next < known.size()) {
            add(known.get(next++));
        }
    }

    private StackTraceElement[] javaTrace(Throwable source) {
        reading = true;
        try {
            return source.getStackTrace();
        } finally {
            reading = false;
        }
    }

    /** Forgets where an exception has been: it is thrown, or thrown again, from here. */
    public static void reset(Throwable exception) {
        if (exception instanceof ThrownException thrown) {
            thrown.thrownAt = null;
        }
        of(exception).ifPresent(Backtrace::clear);
    }

    /** Gives an exception the frames of another, which it takes the place of. */
    static <T extends Throwable> T inherit(T heir, Throwable from) {
        of(from).ifPresent(heir::addSuppressed);
        return heir;
    }

    private synchronized void clear() {
        activations.clear();
        compiled.clear();
        omitted = 0;
        runs = 0;
        shownRuns = 0;
        arrived = null;
        again = false;
    }

    private void add(WasmFunc func, int pc) {
        // What has been compiled since is still run by the interpreter here.
        var executor = func.compiled == null ? func.executor : func.instance.executor;
        add(new Activation(func.body, executor, pc, func.instance.name(), runs));
    }

    private void add(Activation activation) {
        if (activations.size() == 2 * KEPT) {
            // Keep the outermost ones, which tell where the guest came from.
            activations.remove(KEPT);
            omitted++;
        }
        activations.add(activation);
    }

    /** The frames that were kept. */
    public synchronized List<GuestFrame> frames() {
        expand();
        var effort = Effort.ofTrace();
        var known = new HashMap<Place, GuestFrame>();
        var frames = new ArrayList<GuestFrame>();
        for (var activation : activations) {
            // Recursion comes to the same place again and again.
            var place = new Place(activation.body, activation.pc, activation.instance);
            var frame = known.get(place);
            if (frame == null) {
                frame = describe(activation, effort);
                known.put(place, frame);
            }
            frames.add(frame);
        }
        return List.copyOf(frames);
    }

    private record Place(FuncBody body, int pc, Optional<String> instance) {}

    /** How many frames in the middle of the stack are not listed. */
    public synchronized int omitted() {
        expand();
        return omitted;
    }

    /** How many frames are before those that are left out. */
    public synchronized int innermost() {
        expand();
        return omitted == 0 ? activations.size() : KEPT;
    }

    private static GuestFrame describe(Activation activation, Effort effort) {
        var body = activation.body;
        var module = body.module;
        int offset = activation.executor.offset(body, activation.pc);
        return new GuestFrame(
                module.names().module().or(activation::instance),
                body.index,
                module.funcName(body.index),
                offset - module.codeOffset(body.index),
                offset,
                module.lines(offset, effort));
    }

    /**
     * Puts the frames into the exception's own stack trace, where Java's frames of the interpreters
     * are. Done again when the exception has left more of the guest since.
     */
    public void show(Throwable exception, StackTraceElement[] trace) {
        StackTraceElement[] woven;
        synchronized (this) {
            if (reading || shownRuns == runs) {
                return;
            }
            if (javaTrace == null) {
                javaTrace = trace;
            }
            shownRuns = runs;
            if (javaTrace.length == 0) {
                return;
            }
            woven = elements(isForeign(exception));
        }
        exception.setStackTrace(woven);
    }

    /**
     * Shows the frames in an exception that is none of the runtime's: it will not ask for them when
     * its stack trace is looked at.
     */
    static void showForeign(Throwable exception) {
        if (isForeign(exception)) {
            of(exception).ifPresent(trace -> trace.show(exception, exception.getStackTrace()));
        }
    }

    private static boolean isForeign(Throwable exception) {
        return !(exception instanceof Trap
                || exception instanceof ExhaustedException
                || exception instanceof StoppedException
                || exception instanceof HostException);
    }

    private StackTraceElement[] elements(boolean foreign) {
        var weaver =
                foreign
                        ? TraceWeaver.ofForeign(javaTrace, finders)
                        : TraceWeaver.ofGuest(javaTrace, finders);
        var frames = frames();
        for (int i = 0; i < frames.size(); i++) {
            if (omitted > 0 && i == KEPT) {
                weaver.omit(omitted);
            }
            weaver.add(frames.get(i), activations.get(i).run);
        }
        return weaver.finish();
    }

    @Override
    public synchronized String getMessage() {
        var text = new StringBuilder("WebAssembly stack:");
        var frames = frames();
        for (int i = 0; i < frames.size(); i++) {
            if (omitted > 0 && i == KEPT) {
                text.append("\n\t\t... ").append(omitted).append(" more ...");
            }
            for (var line : frames.get(i).describe()) {
                text.append("\n\t\tat ").append(line);
            }
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return getMessage();
    }

    /** What an exception carries to another process: the frames in words. */
    private Object writeReplace() {
        return new Text(getMessage());
    }

    private static final class Text extends Exception {
        private static final long serialVersionUID = 1L;

        Text(String message) {
            super(message, null, false, false);
        }

        @Override
        public String toString() {
            return getMessage();
        }
    }
}
