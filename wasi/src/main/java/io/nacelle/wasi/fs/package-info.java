// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
/**
 * The interface between WASI and whatever holds files: {@link io.nacelle.wasi.fs.FileSystem} with
 * the four kinds that come with it, and {@link io.nacelle.wasi.fs.Directory} and {@link
 * io.nacelle.wasi.fs.FileHandle} for those who add their own. One resolver above all of them
 * applies the rules of paths and links.
 */
package io.nacelle.wasi.fs;
