// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

/** File systems that are no host's: in memory, and read-only from archives and the class path. */
package io.nacelle.wasi.virtual;
