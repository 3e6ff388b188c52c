// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * What an embedder uses to run WebAssembly: an {@link io.nacelle.runtime.Engine} says how code
 * runs, a {@link io.nacelle.runtime.Module} is code, a {@link io.nacelle.runtime.Store} holds what
 * runs, a {@link io.nacelle.runtime.Linker} gives modules what they import and makes instances.
 *
 * <p><b>Failures.</b> A guest can end in {@link io.nacelle.runtime.Trap}, {@link
 * io.nacelle.runtime.ExhaustedException}, {@link io.nacelle.runtime.StoppedException}, {@link
 * io.nacelle.runtime.HostException}, {@link io.nacelle.runtime.GuestException}, or in what a host
 * function throws; each carries the guest's stack (see {@link io.nacelle.runtime.GuestFrame#of})
 * and leaves the store usable.
 *
 * <p><b>Threads.</b> Engines and modules are used by any number of threads, a store and what lives
 * in it by one at a time, which is checked. Only {@link io.nacelle.runtime.Store#stop} and {@link
 * io.nacelle.runtime.Store#close} may come from any thread at any time.
 */
package io.nacelle.runtime;
