// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.runtime.exec.SharedHandle;

/**
 * A memory that several stores of an engine use at the same time: define {@link #memory} in the
 * linker of each. It has address space for its maximum from the beginning and never moves. An
 * instance that imports it sees a {@link Memory} of its own store, which stands for the same bytes.
 *
 * <p>Unlike other memories it may be read, written and grown by any thread at any time. These
 * accesses are not atomic; what they see of stores made by other threads meanwhile is undefined
 * byte by byte, as for a guest.
 *
 * <p>Its bytes are released when it is closed and every store that uses it is closed as well.
 */
public sealed interface SharedMemory extends AutoCloseable permits SharedHandle {
    /** The memory, to be imported into any store of the engine, and for the host's own access. */
    Memory memory();

    /**
     * Gives up the host's own use. Stores that use the memory keep it; {@link #memory} throws
     * {@link ClosedException} from now on. May be called by any thread, more than once.
     */
    @Override
    void close();
}
