// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

/** A manifest or lock file cannot be read, or says what it must not. */
public final class ManifestException extends TreeException {
    private static final long serialVersionUID = 1L;

    ManifestException(String message) {
        super(message);
    }
}
