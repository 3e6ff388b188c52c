// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.Tag;
import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.TagType;

/** A tag instance. */
public final class TagImpl implements Tag {
    final StoreImpl store;
    final DefType defType;

    TagImpl(StoreImpl store, DefType type) {
        this.store = store;
        this.defType = type;
    }

    @Override
    public TagType type() {
        return new TagType(defType);
    }
}
