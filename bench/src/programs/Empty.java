// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

/** What every program on a JVM takes at least. */
final class Empty {
    private Empty() {}

    public static void main(String[] args) {}
}
