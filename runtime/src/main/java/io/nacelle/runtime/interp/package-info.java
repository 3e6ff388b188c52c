// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The two interpreters. {@link io.nacelle.runtime.interp.ClassicInterpreter} executes a module's
 * own bytes, {@link io.nacelle.runtime.interp.FastInterpreter} register code made of them. What is
 * rare or large (numeric conversions, vectors, bulk operations) is written once, over frame slots,
 * and used by both.
 *
 * <p>The loops are written for memories that are arrays; the build makes copies of them for
 * memories off the heap.
 */
package io.nacelle.runtime.interp;
