// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

import io.nacelle.runtime.Linker;

/** Functions of the host under one name, which is granted like everything else. */
@FunctionalInterface
public interface HostModule {
    /**
     * Defines everything that can be imported. Called for each module that is granted this.
     *
     * @param linker of the store that the module will live in
     * @param module the name by which the module imports it
     */
    void define(Linker linker, String module);
}
