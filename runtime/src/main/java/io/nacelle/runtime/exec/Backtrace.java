// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.GuestFrame;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The guest's call stack at the moment an exception left it. It travels with the exception, as a
 * suppressed one, so that every kind of exception can carry it; places in the code are worked out
 * only when somebody looks.
 */
public final class Backtrace extends Exception {
    private static final long serialVersionUID = 1L;

    /** How many frames are kept at either end of a deep stack. */
    private static final int KEPT = 50;

    private final transient List<Activation> activations = new ArrayList<>();
    private int omitted;

    private Backtrace() {
        super(null, null, false, false);
    }

    private record Activation(WasmFunc func, int pc) {}

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
        var trace = of(exception).orElse(null);
        if (trace == null) {
            trace = new Backtrace();
            exception.addSuppressed(trace);
        }
        trace.add(func, pc);
        for (int i = depth - 1; i >= entryDepth; i--) {
            // The place that is kept is where the call returns to: the call is before it.
            trace.add(stack.frames[i], (int) (stack.returns[i] >>> 32) - 1);
        }
    }

    /** Forgets where an exception has been: it is thrown, or thrown again, from here. */
    public static void reset(Throwable exception) {
        of(exception).ifPresent(Backtrace::clear);
    }

    private void clear() {
        activations.clear();
        omitted = 0;
    }

    private void add(WasmFunc func, int pc) {
        if (activations.size() < 2 * KEPT) {
            activations.add(new Activation(func, pc));
        } else {
            // Keep the outermost ones, which tell where the guest came from.
            activations.remove(KEPT);
            activations.add(new Activation(func, pc));
            omitted++;
        }
    }

    public List<GuestFrame> frames() {
        return activations.stream().map(Backtrace::describe).toList();
    }

    /** How many frames in the middle of the stack are not listed. */
    public int omitted() {
        return omitted;
    }

    private static GuestFrame describe(Activation activation) {
        var func = activation.func;
        var names = func.instance.module.names();
        return new GuestFrame(
                names.module().or(() -> func.instance.name()),
                func.body.index,
                Optional.ofNullable(names.funcs().get(func.body.index)),
                func.executor.offset(func, activation.pc));
    }

    @Override
    public String getMessage() {
        var text = new StringBuilder("WebAssembly stack:");
        for (var frame : frames()) {
            text.append("\n\t\tat ").append(frame);
        }
        return text.toString();
    }
}
