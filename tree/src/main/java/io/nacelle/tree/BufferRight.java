// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

/** What can be done with a {@link SharedBuffer}; each includes those before it. */
public enum BufferRight {
    READ,
    WRITE,
    /** Also to take the buffer away from all others. */
    OWN
}
