// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.runtime.exec.SnapshotImpl;
import io.nacelle.wasm.syntax.Export;

import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The state of an instance at one moment: what its memories, globals and tables hold, and which
 * segments are dropped. Any number of instances can start from it, in microseconds ({@link
 * Linker#instantiate(Snapshot)}): in native stores they share the pages that they do not write to.
 *
 * <p>What belongs to the host is not in it: what its functions keep, as the open files of WASI,
 * stays where it is, and what the new instance imports is what its linker gives.
 *
 * <p>Immutable and thread-safe. It needs no closing: what it takes is given back when it is no
 * longer reachable.
 */
public sealed interface Snapshot permits SnapshotImpl {
    /** The module of the instance. */
    Module module();

    /**
     * The module with this state in the place of its initial one, in the binary format: any engine
     * that runs the module runs this. It has no start function.
     *
     * @param exports changes the exports: to leave out what is not to be called again
     * @throws SnapshotException when a module cannot hold the state
     */
    byte[] encode(UnaryOperator<List<Export>> exports);
}
