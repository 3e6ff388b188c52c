// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import io.nacelle.runtime.code.CodeRuns;
import io.nacelle.runtime.exec.*;
import io.nacelle.runtime.exec.Compiler;

import java.util.Arrays;

/**
 * What the fast interpreter does when a function or loop turns out to be hot: has it compiled, and
 * goes on in the compiled code when that is there.
 */
final class FastTiers {
    /** How often a place is passed before it is looked again whether the code is there. */
    private static final int ASK_AGAIN = 64;

    /** How often, when there is no compiler. */
    private static final long NEVER = Long.MAX_VALUE;

    /**
     * Nothing is compiled before a module has executed so many times the threshold: what ends
     * sooner has no use for a compiler, which takes longer to load and to warm up.
     */
    private static final int THRESHOLDS_BEFORE_FIRST = 200;

    /** Thresholds below this are for tests and have things compiled from the start. */
    private static final int SMALLEST_FOR_WARM_UP = 10_000;

    private FastTiers() {}

    /**
     * Sets the counts of a function's code: a point has run out when about so many instructions as
     * the threshold says have run since, if each pass runs all the code behind the point.
     */
    static void begin(FuncBody body, long[] words, TierPoints tiers) {
        if (words.length == 0) {
            // Too large a frame for register code.
            return;
        }
        int threshold =
                CodeRuns.isCompiled(body) ? 1 : body.module.engine.config().tiering().threshold();
        int[] points = tiers.points();
        for (int i = 0; i < points.length; i++) {
            words[points[i] + 1] = threshold / pass(words, points, i);
        }
    }

    /** About how many instructions are executed each time that a point is passed. */
    private static int pass(long[] words, int[] points, int i) {
        int end = i + 1 < points.length && i > 0 ? points[i + 1] : words.length;
        return Math.clamp(end - points[i], 8, 400);
    }

    /**
     * Whether a module has executed enough for something of it to be compiled. If not, the point
     * that has run out counts once more.
     */
    private static boolean isWarm(WasmFunc func, long[] code, int pc) {
        var module = func.body.module;
        int threshold = module.engine.config().tiering().threshold();
        long enough = (long) THRESHOLDS_BEFORE_FIRST * threshold;
        if (threshold < SMALLEST_FOR_WARM_UP || module.interpreted >= enough) {
            return true;
        }
        module.interpreted += threshold;
        int[] points = FastInterpreter.tiers(func).points();
        code[pc] = threshold / pass(code, points, Arrays.binarySearch(points, pc - 1));
        return false;
    }

    /**
     * A count has run out.
     *
     * @param pc behind the instruction's own word
     * @return where the function goes on
     */
    static int at(Stack stack, WasmFunc func, long[] code, int pc) {
        if (!isWarm(func, code, pc)) {
            return pc + 2;
        }
        int loop = (int) code[pc + 1];
        var compiler = Compiler.find();
        if (compiler.isEmpty()) {
            code[pc] = NEVER;
            return pc + 2;
        }
        if (loop == TierPoints.ENTRY) {
            return entry(stack, func, code, pc, compiler.get());
        }
        code[pc] = 0;
        return loop(stack, func, code, pc, compiler.get());
    }

    private static int entry(Stack stack, WasmFunc func, long[] code, int pc, Compiler compiler) {
        if (!CodeRuns.switchOver(compiler, func)) {
            code[pc] = ASK_AGAIN;
            return pc + 2;
        }
        code[pc] = 0;
        if (func.body.module.countsCalls()) {
            // The call below would be one more.
            return pc + 2;
        }
        // This call can still be made in the compiled code: nothing has run yet.
        var room = stack.room();
        int params = func.paramCount();
        if (func.passesParams()) {
            stack.give(room, 0, params);
        }
        int locals = FastOp.locals(code[0]);
        // The compiled function charges for its own frame.
        int cost = FuncBody.frameCost(FastOp.frameSlots(code[0]));
        stack.left += cost;
        int next;
        try {
            next = FastRare.callOut(stack, func, func, pc, room.slots, 0, locals);
        } catch (Throwable e) {
            stack.replaced = true;
            throw e;
        } finally {
            stack.left -= cost;
        }
        if (next != pc) {
            // Where an exception is handled.
            return next;
        }
        if (func.passesResults()) {
            stack.takeGiven(stack.room(), locals, func.resultCount());
        }
        return FastInterpreter.tiers(func).place(Compiler.Exits.RETURN);
    }

    private static int loop(Stack stack, WasmFunc func, long[] code, int pc, Compiler compiler) {
        if (stack.isDeepest()) {
            // No room to have it suspended.
            code[pc] = ASK_AGAIN;
            return pc + 2;
        }
        int depth = stack.depth;
        int runDepth = stack.runDepth;
        int top = stack.top;
        int left = stack.left;
        stack.suspend(func, pc, 0);
        ThrownException thrown = null;
        int exit = 0;
        try {
            exit = CodeRuns.runLoop(compiler, stack, func, (int) code[pc + 1]);
        } catch (ThrownException e) {
            thrown = e;
        } catch (Throwable e) {
            stack.replaced = true;
            throw e;
        } finally {
            stack.depth = depth;
            stack.runDepth = runDepth;
            stack.top = top;
            stack.left = left;
        }
        if (thrown != null) {
            try {
                return FastUnwind.raise(stack, func, pc, thrown);
            } catch (ThrownException e) {
                stack.replaced = true;
                throw e;
            }
        }
        if (exit == Compiler.Exits.NOT_YET) {
            code[pc] = ASK_AGAIN;
            return pc + 2;
        }
        if (exit == Compiler.Exits.NEVER) {
            code[pc] = NEVER;
            return pc + 2;
        }
        return FastInterpreter.tiers(func).place(exit);
    }
}
