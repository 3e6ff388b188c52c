// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

/** TOML, as far as manifests and lock files need it, with the place of everything. */
package io.nacelle.tree.toml;
