// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Compares ways to run the same kernels: Nacelle's modes, native code, and other runtimes. Each is
 * a process of its own that waits until it is asked, so that none has a part in how another is
 * compiled, and all take turns in one run.
 */
package io.nacelle.bench.compare;
