// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import io.nacelle.wasm.binary.InstrReader;
import io.nacelle.wasm.syntax.BlockType;
import io.nacelle.wasm.syntax.Opcode;

/**
 * How many values an instruction takes and leaves, as far as the folded style wants to know. Where
 * that depends on types that are not at hand, the answer is less than the truth, and less is
 * folded.
 */
final class Arity {
    /** More than one value, or a number that is not known: nothing to fold. */
    static final int UNKNOWN = 2;

    private final PrintContext context;

    Arity(PrintContext context) {
        this.context = context;
    }

    int blockResults(BlockType type) {
        return switch (type) {
            case BlockType.Empty empty -> 0;
            case BlockType.Value value -> 1;
            case BlockType.Index index -> context.funcType(index.index()).results().size();
        };
    }

    int blockParams(BlockType type) {
        return type instanceof BlockType.Index index
                ? context.funcType(index.index()).params().size()
                : 0;
    }

    /**
     * How many operands an instruction takes.
     *
     * @param label how many values the label takes to which the instruction may branch
     */
    int operands(InstrReader in, int label) {
        var op = in.op();
        if (op.hasFixedType()) {
            return op.signature().indexOf(':');
        }
        return switch (op) {
            case CALL, RETURN_CALL -> context.typeOfFunc(in.x()).params().size();
            case CALL_INDIRECT, RETURN_CALL_INDIRECT, CALL_REF, RETURN_CALL_REF ->
                    context.funcType(in.x()).params().size() + 1;
            case BR, RETURN -> label;
            case BR_IF, BR_TABLE -> label + 1;
            case THROW -> context.typeOfTag(in.x()).params().size();
            case STRUCT_NEW -> context.fieldCount(in.x());
            case STRUCT_NEW_DESC -> context.fieldCount(in.x()) + 1;
            case ARRAY_NEW_FIXED -> in.y();
            case DROP,
                    LOCAL_SET,
                    LOCAL_TEE,
                    GLOBAL_SET,
                    TABLE_GET,
                    MEMORY_GROW,
                    REF_IS_NULL,
                    REF_AS_NON_NULL,
                    BR_ON_NULL,
                    BR_ON_NON_NULL,
                    BR_ON_CAST,
                    BR_ON_CAST_FAIL,
                    STRUCT_GET,
                    STRUCT_GET_S,
                    STRUCT_GET_U,
                    ARRAY_NEW_DEFAULT,
                    ARRAY_LEN,
                    REF_TEST,
                    REF_TEST_NULL,
                    REF_CAST,
                    REF_CAST_NULL,
                    ANY_CONVERT_EXTERN,
                    EXTERN_CONVERT_ANY,
                    REF_I31,
                    I31_GET_S,
                    I31_GET_U,
                    STRUCT_NEW_DEFAULT_DESC,
                    REF_GET_DESC,
                    THROW_REF ->
                    1;
            case TABLE_SET,
                    TABLE_GROW,
                    REF_EQ,
                    STRUCT_SET,
                    ARRAY_NEW,
                    ARRAY_NEW_DATA,
                    ARRAY_NEW_ELEM,
                    ARRAY_GET,
                    ARRAY_GET_S,
                    ARRAY_GET_U,
                    REF_CAST_DESC_EQ,
                    REF_CAST_DESC_EQ_NULL,
                    BR_ON_CAST_DESC_EQ,
                    BR_ON_CAST_DESC_EQ_FAIL ->
                    2;
            case SELECT,
                    SELECT_T,
                    MEMORY_FILL,
                    MEMORY_COPY,
                    MEMORY_INIT,
                    TABLE_FILL,
                    TABLE_COPY,
                    TABLE_INIT,
                    ARRAY_SET ->
                    3;
            case ARRAY_FILL, ARRAY_INIT_DATA, ARRAY_INIT_ELEM -> 4;
            case ARRAY_COPY -> 5;
            default -> 0;
        };
    }

    /** How many results an instruction leaves. */
    int results(InstrReader in) {
        var op = in.op();
        if (op.hasFixedType()) {
            return op.signature().length() - op.signature().indexOf(':') - 1;
        }
        return switch (op) {
            case CALL -> context.typeOfFunc(in.x()).results().size();
            case CALL_INDIRECT, CALL_REF -> context.funcType(in.x()).results().size();
            case BR_IF, BR_ON_NULL, BR_ON_NON_NULL, BR_ON_CAST, BR_ON_CAST_FAIL -> UNKNOWN;
            case BR_ON_CAST_DESC_EQ, BR_ON_CAST_DESC_EQ_FAIL -> UNKNOWN;
            default -> leavesOne(op) ? 1 : 0;
        };
    }

    private static boolean leavesOne(Opcode op) {
        return switch (op) {
            case LOCAL_GET,
                    LOCAL_TEE,
                    GLOBAL_GET,
                    TABLE_GET,
                    TABLE_SIZE,
                    TABLE_GROW,
                    MEMORY_SIZE,
                    MEMORY_GROW,
                    SELECT,
                    SELECT_T,
                    REF_NULL,
                    REF_IS_NULL,
                    REF_FUNC,
                    REF_EQ,
                    REF_AS_NON_NULL,
                    STRUCT_NEW,
                    STRUCT_NEW_DEFAULT,
                    STRUCT_GET,
                    STRUCT_GET_S,
                    STRUCT_GET_U,
                    ARRAY_NEW,
                    ARRAY_NEW_DEFAULT,
                    ARRAY_NEW_FIXED,
                    ARRAY_NEW_DATA,
                    ARRAY_NEW_ELEM,
                    ARRAY_GET,
                    ARRAY_GET_S,
                    ARRAY_GET_U,
                    ARRAY_LEN,
                    REF_TEST,
                    REF_TEST_NULL,
                    REF_CAST,
                    REF_CAST_NULL,
                    ANY_CONVERT_EXTERN,
                    EXTERN_CONVERT_ANY,
                    REF_I31,
                    I31_GET_S,
                    I31_GET_U,
                    STRUCT_NEW_DESC,
                    STRUCT_NEW_DEFAULT_DESC,
                    REF_GET_DESC,
                    REF_CAST_DESC_EQ,
                    REF_CAST_DESC_EQ_NULL ->
                    true;
            default -> false;
        };
    }
}
