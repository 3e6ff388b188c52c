// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.fs;

/** How a file is to be opened. */
public enum OpenFlag {
    /** The file will be read. */
    READ,
    /** The file will be written. */
    WRITE,
    /** Create the file if it does not exist. */
    CREATE,
    /** With {@link #CREATE}: fail with {@link Errno#EXIST} if the file exists. */
    EXCLUSIVE,
    /** Cut the file to length zero. */
    TRUNCATE
}
