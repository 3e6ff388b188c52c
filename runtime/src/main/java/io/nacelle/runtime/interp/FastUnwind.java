// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import io.nacelle.runtime.exec.Backtrace;
import io.nacelle.runtime.exec.FuncBody;
import io.nacelle.runtime.exec.Stack;
import io.nacelle.runtime.exec.ThrownException;
import io.nacelle.runtime.exec.WasmFunc;

import java.util.Arrays;

/**
 * Exceptions in the fast interpreter.
 *
 * <p>What is thrown and caught within one run of the loop needs no Java exception. A handler of the
 * function itself is a place to go on at, as after any rare instruction. For one further out the
 * activations in between are dropped, the handler's activation is made to go on there, and the
 * current function returns to it without results.
 */
final class FastUnwind {
    // Kinds of rare instructions: see FastRare.
    /** {@code throw} of tag x with the values from a on. */
    static final int THROW = 0xFFE0;

    /** {@code throw_ref} of the reference in a, and {@code rethrow} of what a handler keeps. */
    static final int THROW_REF = 0xFFE1;

    private static final int FIRST = THROW;
    private static final int LAST = THROW_REF;

    /** The word of every function that returns without results. */
    static final int DROP_FRAME = 1;

    private FastUnwind() {}

    static boolean handles(int kind) {
        return kind >= FIRST && kind <= LAST;
    }

    /** Executes a rare instruction of these kinds; gives where to go on. */
    static int exec(int kind, Stack stack, WasmFunc func, int pc, int a, int x) {
        if (kind == THROW) {
            var tag = func.instance.tags[x];
            return raise(stack, func, pc, ThrownException.capture(tag, stack.room(), a));
        }
        var thrown = (ThrownException) stack.room().refs[a];
        if (thrown == null) {
            throw Traps.nullException();
        }
        Backtrace.reset(thrown);
        return raise(stack, func, pc, thrown);
    }

    /**
     * Finds the handler of an exception in this run of the loop.
     *
     * @param cur the function that is running
     * @param pc a place in it behind the instruction that throws
     * @return where {@code cur} is to go on: at its handler or, when it has none, at what leads to
     *     that of another activation
     * @throws ThrownException the exception itself, when no activation of this run handles it
     */
    static int raise(Stack stack, WasmFunc cur, int pc, ThrownException thrown) {
        int depth = stack.depth;
        var func = cur;
        int place = pc - 1;
        int at = depth;
        int clause;
        while (true) {
            if (stack.stopRequested()) {
                throw stack.store.stopped();
            }
            var handlers = FastInterpreter.handlers(func);
            clause = handlers == null ? Handlers.NONE : handlers.find(place, thrown, func.instance);
            if (clause != Handlers.NONE) {
                break;
            }
            if (at == stack.runDepth) {
                throw thrown;
            }
            func = stack.frames[--at];
            place = (int) (stack.returns[at] >>> 32) - 1;
        }
        // It may come from outside of this run, where its path was noted.
        Backtrace.reset(thrown);
        var handlers = FastInterpreter.handlers(func);
        if (at == depth) {
            land(stack, at, handlers, clause, thrown);
            return handlers.target(clause);
        }
        for (int i = at + 1; i <= depth; i++) {
            var room = stack.rooms[i];
            if (room.refs.length > 0) {
                Arrays.fill(room.refs, null);
            }
            if (i < depth) {
                // The current function gives its own part back as it returns.
                stack.left += FuncBody.frameCost(stack.frames[i].frameSlots);
            }
        }
        stack.depth = at + 1;
        stack.returns[at] = (long) handlers.target(clause) << 32;
        land(stack, at, handlers, clause, thrown);
        return DROP_FRAME;
    }

    private static void land(
            Stack stack, int depth, Handlers handlers, int clause, ThrownException thrown) {
        var room = stack.rooms[depth];
        if (handlers.takesValues(clause)) {
            thrown.release(room, handlers.firstSlot(clause));
        }
        int kept = handlers.keptSlot(clause);
        if (kept != Handlers.NONE) {
            room.needRefs()[kept] = thrown;
        }
    }
}
