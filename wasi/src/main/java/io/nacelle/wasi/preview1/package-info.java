// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The 46 functions of {@code wasi_snapshot_preview1} and what they work on: descriptors, rights,
 * waits, and the resolver that keeps paths beneath their directories.
 */
package io.nacelle.wasi.preview1;
