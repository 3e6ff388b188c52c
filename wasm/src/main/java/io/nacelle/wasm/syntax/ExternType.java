// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

/** The type of something that a module imports or exports (spec 2.3.16). */
public sealed interface ExternType
        permits ExternType.Func, TableType, MemType, GlobalType, TagType {
    /** The word for this kind of thing in messages and in the text format. */
    String kind();

    /**
     * The type of a function.
     *
     * @param type the defined type
     * @param exactness whether an import demands exactly this type (custom descriptors)
     */
    record Func(TypeUse type, Exactness exactness) implements ExternType {
        public static Func of(TypeUse type) {
            return new Func(type, Exactness.SUBTYPES);
        }

        @Override
        public String kind() {
            return "func";
        }
    }

    /** Whether subtypes will do. */
    enum Exactness {
        SUBTYPES,
        EXACT
    }
}
