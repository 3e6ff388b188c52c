// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

/**
 * A guest was stopped by {@link Store#stop()}. The store stays usable: the next call starts afresh,
 * on memory as the guest left it.
 */
public final class StoppedException extends GuestFailure {
    private static final long serialVersionUID = 1L;

    public StoppedException() {
        super("stopped by the host");
    }
}
