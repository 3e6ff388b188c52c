// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Trees of modules: which module satisfies which import of which other, and what each is granted.
 */
module io.nacelle.tree {
    requires transitive io.nacelle.wasi;

    exports io.nacelle.tree;
}
