// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

/** A host function failed with a checked exception, which is the cause. */
public final class HostException extends GuestFailure {
    private static final long serialVersionUID = 1L;

    public HostException(Exception cause) {
        super(cause.toString(), cause);
    }
}
