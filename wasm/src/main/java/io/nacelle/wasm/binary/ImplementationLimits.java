// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.binary;

/**
 * What this implementation accepts at most (spec, appendix 7.2). A module beyond one of these is
 * refused with a message that names the limit; none of them is a matter of taste of the standard.
 * They are the limits that the JavaScript API fixes, so that what runs in a browser runs here, and
 * higher where real modules need it.
 */
public final class ImplementationLimits {
    /** Bytes in a module: 1 GiB. */
    public static final int MAX_MODULE_SIZE = 1 << 30;

    public static final int MAX_TYPES = 1_000_000;

    /** Length of a chain of supertypes. */
    public static final int MAX_SUBTYPING_DEPTH = 63;

    public static final int MAX_FUNCTIONS = 1_000_000;
    public static final int MAX_IMPORTS = 1_000_000;
    public static final int MAX_EXPORTS = 1_000_000;
    public static final int MAX_GLOBALS = 1_000_000;
    public static final int MAX_TAGS = 1_000_000;
    public static final int MAX_TABLES = 100_000;
    public static final int MAX_MEMORIES = 100_000;
    public static final int MAX_DATA_SEGMENTS = 100_000;
    public static final int MAX_ELEMENT_SEGMENTS = 10_000_000;
    public static final int MAX_ELEMENTS_PER_SEGMENT = 10_000_000;

    /** Bytes of one function body. */
    public static final int MAX_FUNCTION_SIZE = 7_654_321;

    public static final int MAX_LOCALS = 50_000;
    public static final int MAX_PARAMS = 1_000;
    public static final int MAX_RESULTS = 1_000;
    public static final int MAX_STRUCT_FIELDS = 10_000;
    public static final int MAX_ARRAY_NEW_FIXED = 10_000;
    public static final int MAX_BR_TABLE_LABELS = 1_000_000;
    public static final int MAX_CATCH_CLAUSES = 10_000;

    /** Bytes of a name: an import, an export, a custom section. */
    public static final int MAX_NAME_LENGTH = 100_000;

    /** Nesting of blocks in a function. */
    public static final int MAX_NESTING = 50_000;

    /**
     * Operands on the stack of a function. A body of a few bytes per call can push a thousand
     * results with each, so that without a bound a small module would take all memory.
     */
    public static final int MAX_OPERANDS = 100_000;

    private ImplementationLimits() {}
}
