// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * What an embedder uses to run guests of WASI 0.1: {@link io.nacelle.wasi.WasiConfig} says what a
 * guest is given, {@link io.nacelle.wasi.Wasi} gives it.
 *
 * <p><b>Errors.</b> A function fails with one of WASI's codes and then has had no effect. Pointers
 * and lengths are checked first: what lies outside the guest's memory is FAULT, never a trap. A
 * path that leads out of its directory is PERM, a missing right is NOTCAPABLE, a change to what was
 * given read-only is ROFS.
 *
 * <p><b>Waiting.</b> Every wait of a guest can be ended from outside with {@link
 * io.nacelle.wasi.Wasi#stop} or by interrupting its thread.
 */
package io.nacelle.wasi;
