// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

/** The {@code nacelle} command. */
module io.nacelle.cli {
    requires info.picocli;
    requires io.nacelle.jit;
    requires io.nacelle.tree;
    requires io.nacelle.wasi;

    opens io.nacelle.cli to
            info.picocli;
}
