// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.syntax;

/** A step of the standard after its first version, or a proposal beside it. */
public enum Feature {
    /** The first version of the standard. */
    WASM1("wasm1"),
    MUTABLE_GLOBALS("mutable-globals"),
    SIGN_EXTENSION("sign-extension"),
    SATURATING_CONVERSIONS("saturating-float-to-int"),
    MULTI_VALUE("multi-value"),
    REFERENCE_TYPES("reference-types"),
    BULK_MEMORY("bulk-memory"),
    SIMD("simd"),
    EXTENDED_CONST("extended-const"),
    TAIL_CALL("tail-call"),
    MULTI_MEMORY("multi-memory"),
    MEMORY64("memory64"),
    FUNCTION_REFERENCES("function-references"),
    GC("gc"),
    EXCEPTIONS("exceptions"),
    RELAXED_SIMD("relaxed-simd"),
    THREADS("threads"),
    WIDE_ARITHMETIC("wide-arithmetic"),
    CUSTOM_PAGE_SIZES("custom-page-sizes"),
    CUSTOM_DESCRIPTORS("custom-descriptors"),
    LEGACY_EXCEPTIONS("legacy-exceptions");

    private final String label;

    Feature(String label) {
        this.label = label;
    }

    /** The proposal's name as users write it. */
    public String label() {
        return label;
    }
}
