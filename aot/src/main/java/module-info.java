// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

/** Native code at run time: files of compiled modules, their loader, and traps. */
module io.nacelle.aot {
    requires transitive io.nacelle.runtime;
}
