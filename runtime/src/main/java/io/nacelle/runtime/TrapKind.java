// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.runtime;

/**
 * Why execution trapped; the messages are those of the official test scripts, where they have one.
 */
public enum TrapKind {
    UNREACHABLE("unreachable"),
    INTEGER_DIVIDE_BY_ZERO("integer divide by zero"),
    INTEGER_OVERFLOW("integer overflow"),
    INVALID_CONVERSION("invalid conversion to integer"),
    OUT_OF_BOUNDS_MEMORY("out of bounds memory access"),
    OUT_OF_BOUNDS_TABLE("out of bounds table access"),
    UNDEFINED_ELEMENT("undefined element"),
    UNINITIALIZED_ELEMENT("uninitialized element"),
    INDIRECT_CALL_TYPE_MISMATCH("indirect call type mismatch"),
    CALL_STACK_EXHAUSTED("call stack exhausted"),
    NULL_REFERENCE("null reference"),
    NULL_FUNCTION_REFERENCE("null function reference"),
    NULL_EXCEPTION_REFERENCE("null exception reference"),
    NULL_I31_REFERENCE("null i31 reference"),
    NULL_STRUCTURE_REFERENCE("null structure reference"),
    NULL_ARRAY_REFERENCE("null array reference"),
    OUT_OF_BOUNDS_ARRAY("out of bounds array access"),
    CAST_FAILURE("cast failure"),
    NULL_DESCRIPTOR_REFERENCE("null descriptor reference"),
    DESCRIPTOR_CAST_FAILURE("descriptor cast failure"),
    UNALIGNED_ATOMIC("unaligned atomic"),
    EXPECTED_SHARED_MEMORY("expected shared memory"),
    OUT_OF_BOUNDS_STRING("out of bounds string access"),
    INVALID_CODE_POINT("invalid code point");

    private final String message;

    TrapKind(String message) {
        this.message = message;
    }

    /** The reason in the specification's words. */
    public String message() {
        return message;
    }
}
