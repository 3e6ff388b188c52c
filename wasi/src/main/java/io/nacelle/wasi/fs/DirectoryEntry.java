// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.fs;

/**
 * One name in a directory.
 *
 * @param name the name, without any slash
 * @param inode number of the file on its device
 * @param type what the file is
 */
public record DirectoryEntry(String name, long inode, FileType type) {}
