// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.runtime.exec.TagImpl;
import io.nacelle.wasm.syntax.TagType;

/** A tag instance (spec 4.2.11): the identity of a kind of exception. */
public sealed interface Tag extends Extern permits TagImpl {
    @Override
    TagType type();
}
