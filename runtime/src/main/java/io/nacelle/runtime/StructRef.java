// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.runtime.exec.gc.StructObject;

import java.util.Optional;

/**
 * A structure: the Java form of a non-null {@code structref}. Made by guests and by {@link
 * Store#newStruct}.
 */
public sealed interface StructRef extends ObjectRef permits StructObject {
    /** The structure that describes this one, when its type has a descriptor. */
    Optional<StructRef> descriptor();
}
