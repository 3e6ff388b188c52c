// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

/**
 * How a memory is made that a module defines which is instantiated again and again.
 *
 * @param image what it begins with; null when it begins with zeros, and what segments are copied
 *     into it one by one
 */
record MemoryStart(MemoryImage image) {}
