// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.runtime;

import java.util.Objects;

/** A WebAssembly trap: execution of the guest was aborted. See the specification, section 4.2. */
public final class Trap extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final TrapKind kind;

    /** Makes a trap of the given kind, with the kind's message. */
    public Trap(TrapKind kind) {
        super(Objects.requireNonNull(kind, "kind").message());
        this.kind = kind;
    }

    /** Why execution trapped. */
    public TrapKind kind() {
        return kind;
    }
}
