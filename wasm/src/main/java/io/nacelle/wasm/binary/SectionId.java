// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.binary;

import java.util.List;

/**
 * The kinds of sections of a binary module (spec 5.5.2), in the order in which they may occur;
 * custom sections may occur anywhere.
 */
public enum SectionId {
    CUSTOM(0, "custom"),
    TYPE(1, "type"),
    IMPORT(2, "import"),
    FUNCTION(3, "function"),
    TABLE(4, "table"),
    MEMORY(5, "memory"),
    TAG(13, "tag"),
    GLOBAL(6, "global"),
    EXPORT(7, "export"),
    START(8, "start"),
    ELEMENT(9, "element"),
    DATA_COUNT(12, "data count"),
    CODE(10, "code"),
    DATA(11, "data");

    private static final List<SectionId> ALL = List.of(values());

    private final int id;
    private final String label;

    SectionId(int id, String label) {
        this.id = id;
        this.label = label;
    }

    /** The byte in front of the section. */
    public int id() {
        return id;
    }

    /** The section's name in the specification. */
    public String label() {
        return label;
    }

    /** All kinds, in order. */
    static List<SectionId> all() {
        return ALL;
    }

    /** The kind with this id, or null: null stays inside the decoder. */
    static SectionId of(int id) {
        for (var section : ALL) {
            if (section.id == id) {
                return section;
            }
        }
        return null;
    }
}
