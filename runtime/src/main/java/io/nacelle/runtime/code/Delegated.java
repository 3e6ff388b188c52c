// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

import io.nacelle.runtime.exec.ThrownException;

/** An exception on its way past the handlers between a legacy handler and the one it names. */
public final class Delegated extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public final transient ThrownException exception;

    /** How many blocks are open outside of the handlers that may catch it. */
    public final int depth;

    public Delegated(ThrownException exception, int depth) {
        super(null, null, false, false);
        this.exception = exception;
        this.depth = depth;
    }
}
