// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.fs;

/** Values with a meaning of their own where a time to set is asked for. */
public final class FileTimes {
    /** Leave this time as it is. */
    public static final long KEEP = Long.MIN_VALUE;

    /** Set this time to the present. */
    public static final long NOW = Long.MIN_VALUE + 1;

    private FileTimes() {}
}
