// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.fs;

/**
 * The attributes of a file.
 *
 * @param device number of the device (any number that differs between file systems)
 * @param inode number of the file on its device
 * @param type what the file is
 * @param links number of hard links
 * @param size size in bytes; of a symbolic link, the length of its target
 * @param accessed time of last access, nanoseconds since 1970
 * @param modified time of last change of the contents, nanoseconds since 1970
 * @param changed time of last change of the attributes, nanoseconds since 1970
 */
public record FileStat(
        long device,
        long inode,
        FileType type,
        long links,
        long size,
        long accessed,
        long modified,
        long changed) {}
