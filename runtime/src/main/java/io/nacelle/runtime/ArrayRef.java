// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.runtime.exec.gc.ArrayObject;

/**
 * An array: the Java form of a non-null {@code arrayref}. Made by guests and by {@link
 * Store#newArray} and {@link Store#newDefaultArray}.
 */
public sealed interface ArrayRef extends ObjectRef permits ArrayObject {}
