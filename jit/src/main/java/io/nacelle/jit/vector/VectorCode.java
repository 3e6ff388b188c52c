// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.jit.vector;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.MethodModel;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Emits the instructions of {@link VectorOps} in place: what their methods consist of instead of
 * calls.
 *
 * <p>HotSpot stops inlining once a compilation has grown to a certain size, and the Java code
 * behind one operation on vectors is so large that a few dozen are enough. Only the methods of
 * {@code jdk.incubator.vector} itself are exempt. A call that is not inlined has its vectors
 * allocated, and takes twenty times as long.
 *
 * <p>A result keeps the lane type of the instruction that made it, as one of the classes of {@code
 * jdk.incubator.vector}, until {@link #convert} changes it. Reinterpreting costs nothing in
 * compiled code, but in compiling it as much as an instruction, and there would be two or three to
 * each.
 */
public final class VectorCode {
    /** The class of vectors with lanes of bytes: what vectors are outside expressions. */
    public static final ClassDesc BYTES = LaneTypes.of("Byte");

    private static final ClassDesc LONGS = LaneTypes.of("Long");

    /** Instructions that are the same for all lanes of integers. */
    private static final Set<String> BITWISE =
            Set.of(
                    "v128_not",
                    "v128_and",
                    "v128_andnot",
                    "v128_or",
                    "v128_xor",
                    "i8x16_relaxed_laneselect");

    /** The bits of a shuffle's mask that say that a byte is of the second operand. */
    private static final long SECOND = 0x1010101010101010L;

    private static final DirectMethodHandleDesc CONSTANT =
            MethodHandleDesc.ofMethod(
                    DirectMethodHandleDesc.Kind.STATIC,
                    ClassDesc.of(VectorConstants.class.getName()),
                    "of",
                    MethodTypeDesc.of(LONGS, ConstantDescs.CD_long, ConstantDescs.CD_long));

    /** By name and descriptor. */
    private static final Map<String, Body> BODIES = new HashMap<>();

    private static final Map<String, Body> INSTRUCTIONS = new HashMap<>();

    /** The most variables that an instruction uses. */
    public static final int VARIABLES;

    static {
        for (Class<?> type = VectorOps.class; type != Object.class; type = type.getSuperclass()) {
            read(type);
        }
        VARIABLES = INSTRUCTIONS.values().stream().mapToInt(Body::allVariables).max().orElseThrow();
    }

    private VectorCode() {}

    private static void read(Class<?> type) {
        try (var in = type.getResourceAsStream(type.getSimpleName() + ".class")) {
            var file =
                    ClassFile.of(
                            ClassFile.DebugElementsOption.DROP_DEBUG,
                            ClassFile.LineNumbersOption.DROP_LINE_NUMBERS,
                            ClassFile.StackMapsOption.DROP_STACK_MAPS);
            for (var method : file.parse(in.readAllBytes()).methods()) {
                if (method.flags().has(AccessFlag.STATIC)) {
                    read(method);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void read(MethodModel method) {
        var name = method.methodName().stringValue();
        var body = new Body(name, method.methodTypeSymbol(), method.code().orElseThrow());
        BODIES.put(name + body.type.descriptorString(), body);
        if (method.flags().has(AccessFlag.PUBLIC)) {
            INSTRUCTIONS.put(name, body);
        }
    }

    static Body body(String nameAndDescriptor) {
        return BODIES.get(nameAndDescriptor);
    }

    /**
     * Emits an instruction, whose operands are on the stack.
     *
     * @param method the name of its method in {@link VectorOps}
     * @param free the first of {@link #VARIABLES} variables that are not in use
     * @param operands the types of the operands
     * @return the type of the result, {@code void} if there is none
     */
    public static ClassDesc emit(CodeBuilder cb, String method, int free, ClassDesc... operands) {
        var body = INSTRUCTIONS.get(method).delegate();
        var typed = BITWISE.contains(body.name) ? body.ofLanes(integers(operands)) : body.typed();
        new Expansion(cb, typed, free).emit(operands);
        return typed.type.returnType();
    }

    /** Emits a vector that does not change. */
    public static void constant(CodeBuilder cb, long low, long high) {
        cb.loadConstant(
                DynamicConstantDesc.ofNamed(
                        ConstantDescs.BSM_INVOKE, "vector", LONGS, CONSTANT, low, high));
        convert(cb, LONGS, BYTES);
    }

    /**
     * Emits a shuffle, which is less where the mask takes from one operand only.
     *
     * @param free as in {@link #emit}
     */
    public static ClassDesc shuffle(
            CodeBuilder cb, long maskLow, long maskHigh, int free, ClassDesc a, ClassDesc b) {
        var any = (maskLow | maskHigh) & SECOND;
        var all = maskLow & maskHigh & SECOND;
        if (any != 0 && all != SECOND) {
            constant(cb, maskLow, maskHigh);
            return emit(cb, "shuffle", free, a, b, BYTES);
        }
        var only = any == 0 ? a : b;
        if (any == 0) {
            cb.pop();
        } else {
            cb.swap().pop();
        }
        constant(cb, maskLow, maskHigh);
        return emit(cb, "shuffleOne", free, only, BYTES);
    }

    /** The lane type for a bitwise instruction that has the least to convert. */
    private static ClassDesc integers(ClassDesc[] operands) {
        for (var operand : operands) {
            if (LaneTypes.isInteger(operand) && !operand.equals(BYTES)) {
                return operand;
            }
        }
        return BYTES;
    }

    /** Emits the change of the topmost operand from one type to another. */
    public static void convert(CodeBuilder cb, ClassDesc from, ClassDesc to) {
        if (!from.equals(to)) {
            cb.invokevirtual(from, LaneTypes.reinterpretation(to), LaneTypes.conversionTo(to));
        }
    }
}
