// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Trees of modules in one process: a {@link io.nacelle.tree.Manifest} says which module satisfies
 * which import of which other and what is handed down, {@link io.nacelle.tree.ModuleTree} links it,
 * and an {@link io.nacelle.tree.LockFile} keeps what each module imported when it was looked at.
 */
package io.nacelle.tree;
