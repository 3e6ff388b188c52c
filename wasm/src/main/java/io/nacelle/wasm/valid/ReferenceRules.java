// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.valid;

import io.nacelle.wasm.binary.ImplementationLimits;
import io.nacelle.wasm.syntax.AbsHeapType;
import io.nacelle.wasm.syntax.HeapType;
import io.nacelle.wasm.syntax.Opcode;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.ValType;

/** The rules for instructions on references, structures and arrays (spec 3.4.4 to 3.4.8). */
final class ReferenceRules {
    private final FuncValidator v;
    private final ModuleContext context;
    private final TypeSpace types;

    ReferenceRules(FuncValidator v) {
        this.v = v;
        this.context = v.context;
        this.types = v.types;
    }

    void step(Opcode op) {
        switch (op) {
            case SELECT_T -> selectTyped();
            case REF_NULL -> v.push(heap() | TypeBits.NULLABLE);
            case REF_IS_NULL -> {
                v.popRef();
                v.push(ValueKind.I32);
            }
            case REF_FUNC -> refFunc(v.in.x());
            case REF_EQ -> {
                v.pop(TypeBits.EQREF);
                v.pop(TypeBits.EQREF);
                v.push(ValueKind.I32);
            }
            case REF_AS_NON_NULL -> v.push(v.popRef() & ~TypeBits.NULLABLE);
            case BR_ON_NULL -> branchOnNull();
            case BR_ON_NON_NULL -> branchOnNonNull();
            case REF_TEST, REF_TEST_NULL -> {
                v.pop(types.top(heap()));
                v.push(ValueKind.I32);
            }
            case REF_CAST, REF_CAST_NULL -> {
                int type = heap();
                v.pop(types.top(type));
                v.push(op == Opcode.REF_CAST_NULL ? type | TypeBits.NULLABLE : type);
            }
            case BR_ON_CAST, BR_ON_CAST_FAIL -> branchOnCast(op == Opcode.BR_ON_CAST);
            case ANY_CONVERT_EXTERN -> convert(TypeBits.EXTERNREF, AbsHeapType.ANY);
            case EXTERN_CONVERT_ANY -> convert(TypeBits.ANYREF, AbsHeapType.EXTERN);
            case REF_I31 -> {
                v.pop(ValueKind.I32);
                v.push(TypeBits.nonNull(AbsHeapType.I31));
            }
            case I31_GET_S, I31_GET_U -> {
                v.pop(TypeBits.I31REF);
                v.push(ValueKind.I32);
            }
            case STRUCT_NEW,
                    STRUCT_NEW_DEFAULT,
                    STRUCT_GET,
                    STRUCT_GET_S,
                    STRUCT_GET_U,
                    STRUCT_SET,
                    STRUCT_NEW_DESC,
                    STRUCT_NEW_DEFAULT_DESC ->
                    structStep(op);
            case REF_GET_DESC,
                    REF_CAST_DESC_EQ,
                    REF_CAST_DESC_EQ_NULL,
                    BR_ON_CAST_DESC_EQ,
                    BR_ON_CAST_DESC_EQ_FAIL ->
                    descriptorStep(op);
            default -> arrayStep(op);
        }
    }

    /** A non-null reference to the heap type of the instruction. */
    private int heap() {
        return heap(v.in.heapType());
    }

    private int heap(HeapType heap) {
        long unknown = types.unknownType(heap);
        if (unknown >= 0) {
            throw v.unknown("type", (int) unknown);
        }
        return types.encodeHeap(heap);
    }

    private int encode(RefType type) {
        return heap(type.heap()) | (type.isNullable() ? TypeBits.NULLABLE : 0);
    }

    private void selectTyped() {
        var annotated = v.in.types();
        if (annotated.size() != 1) {
            throw v.invalid(
                    "invalid result arity: select with " + annotated.size() + " types, not 1");
        }
        ValType annotation = annotated.getFirst();
        long unknown = types.unknownType(annotation);
        if (unknown >= 0) {
            throw v.unknown("type", (int) unknown);
        }
        int type = types.encode(annotation);
        v.pop(ValueKind.I32);
        v.pop(type);
        v.pop(type);
        v.push(type);
    }

    private void refFunc(int func) {
        if (Integer.compareUnsigned(func, context.funcs.length) >= 0) {
            throw v.unknown("function", func);
        }
        if (!context.declaredFuncs.get(func)) {
            throw v.invalid("undeclared function reference: " + context.describeFunc(func));
        }
        v.push(context.funcRef(func));
    }

    // Branches.

    private void branchOnNull() {
        int[] carried = v.branchTypes(v.label(v.in.x()));
        int type = v.popRef();
        v.pop(carried);
        v.push(carried);
        v.push(type & ~TypeBits.NULLABLE);
    }

    private void branchOnNonNull() {
        int[] carried = carriedWithReference();
        int last = carried[carried.length - 1];
        v.pop(last | TypeBits.NULLABLE);
        v.popAllButLast(carried);
        v.pushAllButLast(carried);
    }

    /** What the label of a branch with a reference takes: a reference at least, as the last. */
    private int[] carriedWithReference() {
        int[] carried = v.branchTypes(v.label(v.in.x()));
        if (carried.length == 0 || !TypeBits.isRef(carried[carried.length - 1])) {
            throw v.invalid(
                    "type mismatch: the branch passes a reference but label "
                            + v.in.x()
                            + " takes "
                            + v.names(carried, 0, carried.length));
        }
        return carried;
    }

    private void branchOnCast(boolean onSuccess) {
        int[] carried = v.branchTypes(v.label(v.in.x()));
        int source = encode(v.in.sourceType());
        int target = encode(v.in.targetType());
        if (context.customDescriptors) {
            requireSameHierarchy(source, target);
        } else if (!types.matches(target, source)) {
            throw v.invalid(
                    "type mismatch: "
                            + types.name(target)
                            + " is no subtype of "
                            + types.name(source));
        }
        branch(carried, source, target, onSuccess);
    }

    private void requireSameHierarchy(int source, int target) {
        if (types.top(source) != types.top(target)) {
            throw v.invalid(
                    "type mismatch: "
                            + types.name(source)
                            + " and "
                            + types.name(target)
                            + " have no values in common");
        }
    }

    private void branch(int[] carried, int source, int target, boolean onSuccess) {
        int rest = TypeBits.minus(source, target);
        int passed = onSuccess ? target : rest;
        if (carried.length == 0 || !types.matches(passed, carried[carried.length - 1])) {
            throw v.invalid(
                    "type mismatch: the branch passes "
                            + types.name(passed)
                            + " but label "
                            + v.in.x()
                            + " takes "
                            + v.names(carried, 0, carried.length));
        }
        v.pop(source);
        v.popAllButLast(carried);
        v.pushAllButLast(carried);
        v.push(onSuccess ? rest : target);
    }

    private void convert(int from, AbsHeapType to) {
        int type = v.popRef();
        if (!types.matches(type, from)) {
            throw v.invalid(
                    "type mismatch: instruction requires ["
                            + types.name(from)
                            + "] but stack has ["
                            + types.name(type)
                            + "]");
        }
        v.push(TypeBits.isNullable(type) ? TypeBits.nullable(to) : TypeBits.nonNull(to));
    }

    // Structures.

    private TypeSpace.Info struct() {
        var type = v.typeAt(v.in.x());
        if (!type.isStruct()) {
            throw v.invalid("type mismatch: type " + v.in.x() + " is not a structure type");
        }
        return type;
    }

    private static int nullable(TypeSpace.Info type) {
        return TypeBits.toType(type.canonical) | TypeBits.NULLABLE;
    }

    private static int exact(TypeSpace.Info type) {
        return TypeBits.toType(type.canonical) | TypeBits.EXACT;
    }

    private void structStep(Opcode op) {
        var type = struct();
        switch (op) {
            case STRUCT_NEW, STRUCT_NEW_DEFAULT -> {
                if (type.descriptor >= 0) {
                    throw v.invalid(
                            "type with descriptor requires descriptor allocation: type "
                                    + v.in.x());
                }
                structNew(type, op == Opcode.STRUCT_NEW_DEFAULT);
            }
            case STRUCT_NEW_DESC, STRUCT_NEW_DEFAULT_DESC -> {
                if (type.descriptor < 0) {
                    throw v.invalid(
                            "type without descriptor requires non-descriptor allocation: type "
                                    + v.in.x());
                }
                v.pop(descriptorOf(type, TypeBits.EXACT));
                structNew(type, op == Opcode.STRUCT_NEW_DEFAULT_DESC);
            }
            case STRUCT_GET, STRUCT_GET_S, STRUCT_GET_U -> {
                int storage = type.fields[field(type)];
                requirePacking(storage, op != Opcode.STRUCT_GET);
                v.pop(nullable(type));
                v.push(TypeBits.unpacked(storage));
            }
            case STRUCT_SET -> {
                int field = field(type);
                if (!type.mutable[field]) {
                    throw v.invalid("immutable field: " + field + " of type " + v.in.x());
                }
                v.pop(TypeBits.unpacked(type.fields[field]));
                v.pop(nullable(type));
            }
            default -> throw new AssertionError(op);
        }
    }

    private void structNew(TypeSpace.Info type, boolean byDefault) {
        if (byDefault) {
            requireDefaultable(type);
        } else {
            for (int i = type.fields.length - 1; i >= 0; i--) {
                v.pop(TypeBits.unpacked(type.fields[i]));
            }
        }
        v.push(exact(type));
    }

    private void requireDefaultable(TypeSpace.Info type) {
        if (!type.defaultable) {
            throw v.invalid(
                    "type mismatch: type " + v.in.x() + " has a field without a default value");
        }
    }

    private int field(TypeSpace.Info type) {
        int field = v.in.y();
        if (Integer.compareUnsigned(field, type.fields.length) >= 0) {
            throw v.unknown("field", field);
        }
        return field;
    }

    private void requirePacking(int storage, boolean extended) {
        if (TypeBits.isPacked(storage) != extended) {
            throw v.invalid(
                    extended
                            ? "type mismatch: not packed, but read with an extension"
                            : "type mismatch: packed, but read without an extension");
        }
    }

    // Arrays.

    private TypeSpace.Info array(int index) {
        var type = v.typeAt(index);
        if (!type.isArray) {
            throw v.invalid("type mismatch: type " + index + " is not an array type");
        }
        return type;
    }

    private void requireMutable(TypeSpace.Info type) {
        if (!type.mutable[0]) {
            throw v.invalid("immutable array: type " + v.in.x());
        }
    }

    private void requireData(TypeSpace.Info type) {
        if (TypeBits.isRef(type.fields[0])) {
            throw v.invalid("array type is not numeric or vector: type " + v.in.x());
        }
    }

    private void requireElem(TypeSpace.Info type, int elem) {
        int from = context.elems[elem];
        if (!types.storageMatches(from, type.fields[0])) {
            throw v.invalid(
                    "type mismatch: elements of type "
                            + types.name(from)
                            + " go to an array of another type");
        }
    }

    private void arrayStep(Opcode op) {
        if (op == Opcode.ARRAY_LEN) {
            v.pop(TypeBits.ARRAYREF);
            v.push(ValueKind.I32);
            return;
        }
        var type = array(v.in.x());
        int storage = type.fields[0];
        int value = TypeBits.unpacked(storage);
        switch (op) {
            case ARRAY_NEW -> {
                v.pop(ValueKind.I32);
                v.pop(value);
                v.push(exact(type));
            }
            case ARRAY_NEW_DEFAULT -> {
                requireDefaultable(type);
                v.pop(ValueKind.I32);
                v.push(exact(type));
            }
            case ARRAY_NEW_FIXED -> {
                arrayNewFixed(value);
                v.push(exact(type));
            }
            case ARRAY_NEW_DATA -> {
                requireData(type);
                v.bulk().data(v.in.y());
                v.pop(ValueKind.I32);
                v.pop(ValueKind.I32);
                v.push(exact(type));
            }
            case ARRAY_NEW_ELEM -> {
                requireElem(type, v.bulk().elem(v.in.y()));
                v.pop(ValueKind.I32);
                v.pop(ValueKind.I32);
                v.push(exact(type));
            }
            case ARRAY_GET, ARRAY_GET_S, ARRAY_GET_U -> {
                requirePacking(storage, op != Opcode.ARRAY_GET);
                v.pop(ValueKind.I32);
                v.pop(nullable(type));
                v.push(value);
            }
            case ARRAY_SET -> {
                requireMutable(type);
                v.pop(value);
                v.pop(ValueKind.I32);
                v.pop(nullable(type));
            }
            default -> arrayBulk(op, type, value);
        }
    }

    private void arrayNewFixed(int value) {
        int count = v.in.y();
        if (Integer.compareUnsigned(count, ImplementationLimits.MAX_ARRAY_NEW_FIXED) > 0) {
            throw v.invalid(
                    "array.new_fixed with too many operands ("
                            + Integer.toUnsignedString(count)
                            + ", the limit is "
                            + ImplementationLimits.MAX_ARRAY_NEW_FIXED
                            + ")");
        }
        for (int i = 0; i < count; i++) {
            v.pop(value);
        }
    }

    private void arrayBulk(Opcode op, TypeSpace.Info type, int value) {
        requireMutable(type);
        switch (op) {
            case ARRAY_FILL -> {
                v.pop(ValueKind.I32);
                v.pop(value);
            }
            case ARRAY_COPY -> {
                var source = array(v.in.y());
                if (!types.storageMatches(source.fields[0], type.fields[0])) {
                    throw v.invalid("array types do not match: " + v.in.y() + " and " + v.in.x());
                }
                v.pop(ValueKind.I32);
                v.pop(ValueKind.I32);
                v.pop(nullable(source));
            }
            case ARRAY_INIT_DATA -> {
                requireData(type);
                v.bulk().data(v.in.y());
                v.pop(ValueKind.I32);
                v.pop(ValueKind.I32);
            }
            case ARRAY_INIT_ELEM -> {
                requireElem(type, v.bulk().elem(v.in.y()));
                v.pop(ValueKind.I32);
                v.pop(ValueKind.I32);
            }
            default -> throw new AssertionError(op);
        }
        v.pop(ValueKind.I32);
        v.pop(nullable(type));
    }

    // Custom descriptors.

    /** The nullable reference to a type's descriptor; exact when asked for. */
    private static int descriptorOf(TypeSpace.Info type, int exactBit) {
        return TypeBits.toType(type.descriptor) | TypeBits.NULLABLE | exactBit;
    }

    private void descriptorStep(Opcode op) {
        switch (op) {
            case REF_GET_DESC -> {
                var type = v.typeAt(v.in.x());
                if (type.descriptor < 0) {
                    throw v.invalid("type without descriptor: type " + v.in.x());
                }
                int operand = v.popRef();
                // An exact reference, or none at all, gives the exact descriptor.
                int exact = nullable(type) | TypeBits.EXACT;
                boolean isExact = types.matches(operand, exact);
                if (!isExact && !types.matches(operand, nullable(type))) {
                    throw v.invalid(
                            "type mismatch: instruction requires ["
                                    + types.name(nullable(type))
                                    + "] but stack has ["
                                    + types.name(operand)
                                    + "]");
                }
                v.push(descriptorOf(type, isExact ? TypeBits.EXACT : 0) & ~TypeBits.NULLABLE);
            }
            case REF_CAST_DESC_EQ, REF_CAST_DESC_EQ_NULL -> {
                int type = heap();
                v.pop(descriptorOf(described(v.in.heapType(), type), type & TypeBits.EXACT));
                v.pop(types.top(type));
                v.push(op == Opcode.REF_CAST_DESC_EQ_NULL ? type | TypeBits.NULLABLE : type);
            }
            case BR_ON_CAST_DESC_EQ, BR_ON_CAST_DESC_EQ_FAIL -> {
                int[] carried = v.branchTypes(v.label(v.in.x()));
                int source = encode(v.in.sourceType());
                int target = encode(v.in.targetType());
                var described = described(v.in.targetType().heap(), target);
                requireSameHierarchy(source, target);
                v.pop(descriptorOf(described, target & TypeBits.EXACT));
                branch(carried, source, target, op == Opcode.BR_ON_CAST_DESC_EQ);
            }
            default -> throw new AssertionError(op);
        }
    }

    private TypeSpace.Info described(HeapType named, int type) {
        if (TypeBits.isConcrete(type)) {
            var info = types.info(TypeBits.index(type));
            if (info.descriptor >= 0) {
                return info;
            }
        }
        throw v.invalid("type " + named + " does not have a descriptor");
    }
}
