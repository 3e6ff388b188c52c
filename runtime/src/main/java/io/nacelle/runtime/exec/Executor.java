// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

/**
 * The engine SPI: runs functions over the frames of a {@link Stack}. An executor is shared by all
 * stores; everything that changes is in the stack and in the instances.
 *
 * <p>The calling convention is the same for every executor. A call's arguments lie in consecutive
 * slots from {@code base} on, one slot a value: numbers in {@link Stack#slots}, 32-bit ones
 * sign-extended; the high half of a vector in {@link Stack#high}; references in {@link Stack#refs}.
 * The results replace them, from {@code base} on. The callee may use every slot from {@code base}
 * upwards and makes room for itself with {@link Stack#reserve}.
 */
public abstract class Executor {
    /**
     * Runs a function of WebAssembly to its end.
     *
     * @return null when the results are in place; else the function that the guest tail-called,
     *     with its arguments in place, which the caller is to run instead (so that chains of tail
     *     calls across executors need no Java stack)
     */
    public abstract FuncImpl run(Stack stack, WasmFunc func, int base);

    /**
     * Whether functions move to and from it as they become hot: then calls between it and others
     * count no more than within it, since where a function runs must not decide how deep it gets.
     */
    public boolean isTier() {
        return false;
    }

    /**
     * The module offset of the instruction at a place in a function, for a backtrace.
     *
     * @param pc the executor's own measure of place
     */
    public abstract int offset(FuncBody body, int pc);
}
