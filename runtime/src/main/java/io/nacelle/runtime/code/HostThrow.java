// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

/**
 * Carries an exception of the host's through compiled code, where some exceptions of Java mean that
 * the guest has trapped.
 */
public final class HostThrow extends RuntimeException {
    private static final long serialVersionUID = 1L;

    HostThrow(RuntimeException carried) {
        super(null, carried, false, false);
    }

    /** What the host has thrown. */
    public RuntimeException carried() {
        return (RuntimeException) getCause();
    }
}
