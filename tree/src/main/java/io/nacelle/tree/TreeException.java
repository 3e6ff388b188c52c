// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

/** A tree cannot be made: its manifest, what is handed down in it, or its imports are at fault. */
public abstract sealed class TreeException extends RuntimeException
        permits ManifestException, GrantException, TreeLinkException {
    private static final long serialVersionUID = 1L;

    TreeException(String message) {
        super(message);
    }
}
