// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Directories of the host, by system calls relative to open directories: the kernel keeps paths
 * beneath them. Linux on x86-64 and aarch64.
 */
package io.nacelle.wasi.host;
