// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.valid;

/**
 * The kinds of values, as plain numbers: what an engine needs to know of a type to place an
 * operand. Those of the number types follow the order of {@link io.nacelle.wasm.syntax.NumType}.
 */
public final class ValueKind {
    public static final int I32 = 0;
    public static final int I64 = 1;
    public static final int F32 = 2;
    public static final int F64 = 3;
    public static final int V128 = 4;

    /** A reference of any type. */
    public static final int REF = 5;

    /** An operand that only unreachable code can see: it may be of any type. */
    public static final int BOTTOM = 6;

    private ValueKind() {}
}
