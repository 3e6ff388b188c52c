// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

/** More is handed down than is held. */
public final class GrantException extends TreeException {
    private static final long serialVersionUID = 1L;

    private final String path;
    private final String grant;

    GrantException(String path, String grant, String reason) {
        super(
                (path.isEmpty() ? "" : path + ": ")
                        + "the grant "
                        + Shown.of(grant)
                        + " cannot be handed down: "
                        + reason);
        this.path = path;
        this.grant = grant;
    }

    /** Where in the tree the grant was to go. */
    public String path() {
        return path;
    }

    /** The grant, as the manifest names it. */
    public String grant() {
        return grant;
    }
}
