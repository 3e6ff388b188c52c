// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.runtime.exec.FuncImpl;
import io.nacelle.wasm.syntax.FuncType;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * A function instance: a function of a WebAssembly instance or of the host (spec 4.2.7). Also the
 * Java form of a non-null {@code funcref}; two references are the same function when they are the
 * same object.
 *
 * <p>Values map so: i32 {@link Integer}, i64 {@link Long}, f32 {@link Float}, f64 {@link Double},
 * v128 {@link V128}; a null reference is {@code null}, a funcref a {@code Func}, an i31ref an
 * {@link I31}, a structref a {@link StructRef}, an arrayref an {@link ArrayRef}, an exnref a {@link
 * GuestException}. An externref is any object, and so is an anyref, except that it is no {@code
 * Func}: what is none of these kinds is an object of the host, and converting between the two
 * references changes nothing.
 *
 * <p>A function is called by one thread at a time, as its store is used.
 */
public sealed interface Func extends Extern permits FuncImpl {
    FuncType funcType();

    /**
     * Calls the function.
     *
     * @return its results, in order
     * @throws IllegalArgumentException when the arguments do not fit the type
     * @throws Trap when the guest traps
     * @throws GuestException when the guest throws an exception and does not catch it
     * @throws ExhaustedException when a limit is reached
     */
    Object[] call(Object... args);

    /**
     * Prepares a call that runs a bounded way at a time. Nothing runs yet.
     *
     * @throws IllegalStateException when the engine does not count fuel
     * @throws IllegalArgumentException when the number of arguments does not fit the type; what
     *     else does not fit is thrown by the first {@link Suspendable#run}
     */
    Suspendable start(Object... args);

    /**
     * The function as a method handle of its own type: an i32 is an {@code int}, an i64 a {@code
     * long}, an f32 a {@code float}, an f64 a {@code double}, a v128 a {@link V128}, a reference an
     * {@link Object}. No result is {@code void}, and several are an {@code Object[]}. It calls like
     * {@link #call}, and throws what that throws.
     *
     * <p>Once the function is compiled, a call goes from the caller's code right into the
     * function's, without boxing, unless the type has vectors or several results; HotSpot inlines
     * one into the other where the handle is a constant, and is nearly as fast where it is not.
     * Always the same object for a function.
     *
     * @throws IllegalArgumentException when there are more parameters than a Java method can have
     */
    MethodHandle handle();

    /**
     * The function as a functional interface of the host's, as {@link Instance#as} makes it; what
     * the interface's one abstract method is called does not matter.
     *
     * @throws IllegalArgumentException when the interface has not one abstract method, or its type
     *     does not fit
     */
    <T> T as(MethodHandles.Lookup lookup, Class<T> type);

    /**
     * Calls the function in a task of an executor's. Cancelling the future stops the guest, if it
     * runs, and keeps it from beginning if it does not yet. The store is used by one thread at a
     * time, so the next call waits for this one to end; otherwise it fails with {@link
     * IllegalStateException}.
     *
     * @return completed with the results, or with the exception that {@link #call} throws
     */
    CompletableFuture<Object[]> callAsync(Executor executor, Object... args);

    /**
     * Calls a function of numbers without boxing and without allocation.
     *
     * @param slots the arguments, of i32 and f32 (as bits) the low half; on return the results, in
     *     the same places, with 32-bit ones sign-extended
     * @throws IllegalArgumentException when the type has other values than numbers, or more than
     *     fit into the array
     */
    void callRaw(long[] slots);
}
