// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec.gc;

import io.nacelle.runtime.ArrayRef;
import io.nacelle.runtime.StructRef;
import io.nacelle.wasm.syntax.FieldType;
import io.nacelle.wasm.syntax.RefType;

import java.util.List;

/** Makes objects for the host, whose values may be of any type. */
public final class HostObjects {
    private HostObjects() {}

    public static StructRef struct(StructKind kind, List<FieldType> fields, Object... values) {
        if (kind.layout.descriptor() >= 0) {
            throw new IllegalArgumentException("the type has a descriptor: " + kind.type);
        }
        var made = kind.make();
        if (values.length == 0) {
            fields.forEach(HostObjects::requireDefault);
        } else if (values.length != fields.size()) {
            throw new IllegalArgumentException(
                    "expected " + fields.size() + " fields, found " + values.length);
        }
        for (int i = 0; i < values.length; i++) {
            made.init(i, values[i]);
        }
        return made;
    }

    public static ArrayRef array(ArrayKind kind, Object... elements) {
        kind.checkLength(elements.length);
        var made = kind.make(elements.length);
        for (int i = 0; i < elements.length; i++) {
            made.init(i, elements[i]);
        }
        return made;
    }

    public static ArrayRef array(ArrayKind kind, int length) {
        if (length < 0) {
            throw new IllegalArgumentException("a negative length: " + length);
        }
        if (length > 0) {
            requireDefault(kind.field);
        }
        kind.checkLength(length);
        return kind.make(length);
    }

    private static void requireDefault(FieldType field) {
        if (field.storage() instanceof RefType ref && !ref.isNullable()) {
            throw new IllegalArgumentException("no default value of type " + ref);
        }
    }
}
