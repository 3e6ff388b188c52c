// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.Tag;
import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.Export;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.TagType;
import io.nacelle.wasm.syntax.VecType;

import java.util.Optional;

/** A tag instance. */
public final class TagImpl implements Tag {
    final StoreImpl store;
    final DefType defType;

    /** The values that its exceptions carry are the parameters of this type. */
    final FuncType type;

    /** How many values its exceptions carry. */
    public final int count;

    final boolean hasRefs;
    final boolean hasVectors;

    /** Where it is defined: empty for one of the host. */
    private final Optional<Origin> origin;

    private record Origin(ModuleImpl module, int index) {}

    /** Makes a tag of the host. */
    TagImpl(StoreImpl store, DefType type) {
        this(store, type, Optional.empty());
    }

    /** Makes a tag that a module defines. */
    TagImpl(StoreImpl store, ModuleImpl module, int index) {
        this(store, module.valid.tag(index), Optional.of(new Origin(module, index)));
    }

    private TagImpl(StoreImpl store, DefType type, Optional<Origin> origin) {
        this.store = store;
        this.defType = type;
        this.type = type.func();
        this.count = this.type.params().size();
        this.hasRefs = this.type.params().stream().anyMatch(RefType.class::isInstance);
        this.hasVectors = this.type.params().contains(VecType.V128);
        this.origin = origin;
        store.stock();
    }

    @Override
    public TagType type() {
        return new TagType(defType);
    }

    /** Its name, or that of one of its exports, or else its index and type. */
    String describe() {
        return origin.map(TagImpl::describe).orElseGet(() -> "of a host's tag " + type);
    }

    private static String describe(Origin origin) {
        var name = origin.module.names().tags().get(origin.index);
        if (name != null) {
            return name;
        }
        for (var export : origin.module.valid.syntax().exports()) {
            if (export.kind() == Export.Kind.TAG && export.index() == origin.index) {
                return export.name();
            }
        }
        return "tag[" + origin.index + "]";
    }
}
