// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.jit.vector;

import java.lang.classfile.CodeElement;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.Map;
import java.util.Set;

/** The classes of vectors by the type of their lanes, and the methods that change it. */
final class LaneTypes {
    private static final String PACKAGE = "jdk.incubator.vector";

    /** To each class the method that other classes have to become it. */
    private static final Map<ClassDesc, String> REINTERPRETATIONS =
            Map.of(
                    of("Byte"), "reinterpretAsBytes",
                    of("Short"), "reinterpretAsShorts",
                    of("Int"), "reinterpretAsInts",
                    of("Long"), "reinterpretAsLongs",
                    of("Float"), "reinterpretAsFloats",
                    of("Double"), "reinterpretAsDoubles");

    private static final Set<ClassDesc> FLOATS = Set.of(of("Float"), of("Double"));

    private LaneTypes() {}

    /** The class for a type of lanes, as its name begins. */
    static ClassDesc of(String lane) {
        return ClassDesc.of(PACKAGE, lane + "Vector");
    }

    static boolean isVector(ClassDesc type) {
        return REINTERPRETATIONS.containsKey(type);
    }

    static boolean isInteger(ClassDesc type) {
        return isVector(type) && !FLOATS.contains(type);
    }

    static String reinterpretation(ClassDesc to) {
        return REINTERPRETATIONS.get(to);
    }

    static MethodTypeDesc conversionTo(ClassDesc to) {
        return MethodTypeDesc.of(to);
    }

    /** Whether an element of code changes the type of lanes of a vector whose own is known. */
    static boolean isReinterpretation(CodeElement element) {
        return element instanceof InvokeInstruction call
                && isVector(call.owner().asSymbol())
                && REINTERPRETATIONS.containsValue(call.name().stringValue());
    }
}
