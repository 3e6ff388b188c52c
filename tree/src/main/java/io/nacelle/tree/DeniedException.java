// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

/**
 * A guest used what it was not granted, or what has been revoked, where that cannot be told from
 * its imports. It ends the guest's call like a trap that the guest cannot catch; the tree stays
 * usable.
 */
public final class DeniedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DeniedException(String message) {
        super(message);
    }
}
