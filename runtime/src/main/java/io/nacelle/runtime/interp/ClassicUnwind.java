// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import io.nacelle.runtime.exec.Backtrace;
import io.nacelle.runtime.exec.FuncImpl;
import io.nacelle.runtime.exec.Stack;
import io.nacelle.runtime.exec.ThrownException;
import io.nacelle.runtime.exec.WasmFunc;

import java.util.Arrays;

/**
 * Exceptions in the classic interpreter. What is thrown and caught within one run of the loop needs
 * no Java exception: the loop suspends the current activation as for a call, and goes on with the
 * one that has the handler, as it does after a return.
 *
 * <p>What the methods return is the depth behind the handler's activation in the high half, and its
 * {@code sp} in the low half.
 */
final class ClassicUnwind {
    /** The result of {@link #call} when nothing was thrown. */
    static final long RETURNED = -1;

    private ClassicUnwind() {}

    /** Whether an instruction is {@code throw}, {@code rethrow} or {@code throw_ref}. */
    static boolean handles(int op) {
        return op >= ClassicOp.THROW && op <= ClassicOp.THROW_REF;
    }

    /**
     * Executes an instruction that throws.
     *
     * @param pc the place behind its byte
     * @param depth where its activation is suspended
     */
    static long raise(int op, byte[] code, int pc, Stack stack, int depth, int entryDepth, int sp) {
        var func = stack.frames[depth];
        ThrownException thrown;
        if (op == ClassicOp.THROW) {
            var tag = func.instance.tags[(int) ClassicLeb.u32(code, pc)];
            thrown = ThrownException.capture(tag, stack, sp + 1 - tag.count);
        } else {
            int fp = (int) stack.returns[depth];
            int at = op == ClassicOp.THROW_REF ? sp : fp + form(func).table[stack.marks[depth]];
            thrown = (ThrownException) stack.refs[at];
            if (thrown == null) {
                throw Traps.nullException();
            }
            Backtrace.reset(thrown);
        }
        return land(stack, thrown, depth, entryDepth);
    }

    /** Calls a function out of the loop, from the activation that is suspended last. */
    static long call(Stack stack, FuncImpl callee, int at, int entryDepth) {
        int depth = stack.depth - 1;
        int left = stack.left;
        try {
            callee.invoke(stack, at);
            return RETURNED;
        } catch (ThrownException e) {
            stack.left = left;
            return land(stack, e, depth, entryDepth);
        }
    }

    private static ClassicCode form(WasmFunc func) {
        return (ClassicCode) func.body.classic;
    }

    /**
     * Prepares the activation that has the handler to go on there.
     *
     * @throws ThrownException the exception itself, when no activation of this run handles it
     */
    private static long land(Stack stack, ThrownException thrown, int depth, int entryDepth) {
        int at = depth;
        int clause;
        WasmFunc func;
        Handlers handlers;
        while (true) {
            if (stack.stopRequested()) {
                throw stack.store.stopped();
            }
            func = stack.frames[at];
            handlers = form(func).handlers;
            int place = (int) (stack.returns[at] >>> 32) - 1;
            clause = handlers == null ? Handlers.NONE : handlers.find(place, thrown, func.instance);
            if (clause != Handlers.NONE) {
                break;
            }
            if (at == entryDepth) {
                throw thrown;
            }
            at--;
        }
        // It may come from outside of this run, where its path was noted.
        Backtrace.reset(thrown);
        int end = (int) stack.returns[depth] + form(stack.frames[depth]).slots;
        for (int i = at + 1; i <= depth; i++) {
            stack.left += form(stack.frames[i]).cost;
        }
        int fp = (int) stack.returns[at];
        int sp = fp + handlers.topSlot(clause);
        if (stack.refs.length > 0) {
            Arrays.fill(stack.refs, sp + 1, Math.max(sp + 1, end), null);
        }
        if (handlers.takesValues(clause)) {
            thrown.release(stack, fp + handlers.firstSlot(clause));
        }
        int kept = handlers.keptSlot(clause);
        if (kept != Handlers.NONE) {
            stack.needRefs()[fp + kept] = thrown;
        }
        int position = handlers.position(clause);
        var form = form(func);
        if ((form.traits & ClassicCode.METERED) != 0) {
            stack.store.burn(form.table[position++]);
        }
        stack.returns[at] = (long) handlers.target(clause) << 32 | fp;
        stack.marks[at] = position;
        return (long) (at + 1) << 32 | sp;
    }
}
