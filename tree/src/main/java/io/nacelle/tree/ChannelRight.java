// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

/** What can be done with a {@link Channel}. */
public enum ChannelRight {
    SEND,
    RECEIVE
}
