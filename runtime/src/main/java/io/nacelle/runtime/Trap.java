// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import java.util.List;
import java.util.Objects;

/**
 * A WebAssembly trap: the guest did something that the specification forbids (spec 4.1.2). Effects
 * before the trap are visible, effects after it did not happen. The store stays usable.
 */
public final class Trap extends GuestFailure {
    private static final long serialVersionUID = 1L;

    private final TrapKind kind;

    /** Makes a trap of the given kind, with the kind's message. */
    public Trap(TrapKind kind) {
        super(Objects.requireNonNull(kind, "kind").message());
        this.kind = kind;
    }

    /** Makes a trap whose message says more than the kind's. */
    public Trap(TrapKind kind, String detail) {
        super(kind.message() + " " + detail);
        this.kind = kind;
    }

    /** Why execution trapped. */
    public TrapKind kind() {
        return kind;
    }

    /** The WebAssembly functions that were active, innermost first. */
    public List<GuestFrame> guestFrames() {
        return GuestFrame.of(this);
    }
}
