// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.jit.vector;

import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;

/** The code of a static method, to be emitted elsewhere. */
final class Body {
    final String name;
    final MethodTypeDesc type;
    final List<CodeElement> code;

    /** The number of its own variables, parameters first. */
    final int variables;

    /** The class that stands for vectors of bytes: another in bitwise instructions. */
    final ClassDesc lanes;

    private Body(
            String name,
            MethodTypeDesc type,
            List<CodeElement> code,
            int variables,
            ClassDesc lanes) {
        this.name = name;
        this.type = type;
        this.code = code;
        this.variables = variables;
        this.lanes = lanes;
    }

    Body(String name, MethodTypeDesc type, CodeModel code) {
        this(name, type, code.elementList(), ((CodeAttribute) code).maxLocals(), VectorCode.BYTES);
    }

    /** The method that this one does nothing but call, or this one. */
    Body delegate() {
        var instructions = code.stream().filter(e -> !(e instanceof LabelTarget)).toList();
        var count = type.parameterCount();
        if (instructions.size() == count + 2
                && instructions.subList(0, count).stream()
                        .allMatch(e -> e instanceof LoadInstruction)) {
            var target = called(instructions.get(count));
            return target != null && target.type.equals(type) ? target.delegate() : this;
        }
        return this;
    }

    /** The body of what an element calls, if that is a method of instructions too, or null. */
    static Body called(CodeElement element) {
        return element instanceof InvokeInstruction call
                        && call.opcode() == Opcode.INVOKESTATIC
                        && call.owner().asSymbol().packageName().equals(Body.class.getPackageName())
                ? VectorCode.body(call.name().stringValue() + call.type().stringValue())
                : null;
    }

    /** The number of variables with those of the methods that are called. */
    int allVariables() {
        return variables
                + code.stream()
                        .mapToInt(e -> called(e) == null ? 0 : called(e).allVariables())
                        .max()
                        .orElse(0);
    }

    /** The same for operands of the lane types that it works on, leaving such a result. */
    Body typed() {
        var result = new ArrayList<>(code);
        var newType = type;
        for (var i = 0; i < type.parameterCount(); i++) {
            var lane = laneType(i);
            if (lane != null) {
                newType = newType.changeParameterType(i, lane);
                var slot = slot(i);
                for (var k = result.size() - 1; k >= 0; k--) {
                    if (isLoad(result.get(k), slot)) {
                        result.remove(k + 1);
                    }
                }
            }
        }
        var last = result.size() - 2;
        if (result.get(last + 1) instanceof ReturnInstruction
                && last >= 0
                && LaneTypes.isReinterpretation(result.get(last))
                && returns() == 1) {
            newType =
                    newType.changeReturnType(
                            ((InvokeInstruction) result.remove(last)).owner().asSymbol());
        }
        return new Body(name, newType, result, variables, lanes);
    }

    /** The same for other lanes than bytes. */
    Body ofLanes(ClassDesc other) {
        var newType = type;
        for (var i = 0; i < type.parameterCount(); i++) {
            newType = newType.changeParameterType(i, other);
        }
        return new Body(name, newType.changeReturnType(other), code, variables, other);
    }

    /** The type that a parameter is reinterpreted as wherever it is used, or null. */
    private ClassDesc laneType(int parameter) {
        ClassDesc found = null;
        var slot = slot(parameter);
        for (var k = 0; k < code.size(); k++) {
            if (isLoad(code.get(k), slot)) {
                if (!LaneTypes.isReinterpretation(code.get(k + 1))) {
                    return null;
                }
                var to = ((InvokeInstruction) code.get(k + 1)).typeSymbol().returnType();
                if (found != null && !found.equals(to)) {
                    return null;
                }
                found = to;
            }
        }
        return found;
    }

    /** The variable of a parameter. */
    int slot(int parameter) {
        var slot = 0;
        for (var i = 0; i < parameter; i++) {
            slot += words(type.parameterType(i));
        }
        return slot;
    }

    static int words(ClassDesc type) {
        var letter = type.descriptorString().charAt(0);
        return letter == 'J' || letter == 'D' ? 2 : 1;
    }

    private static boolean isLoad(CodeElement element, int slot) {
        return element instanceof LoadInstruction load && load.slot() == slot;
    }

    /** Whether all that is done with the first operand is to load it first of all. */
    boolean takesFirstFromStack() {
        return type.parameterCount() > 0
                && isLoad(code.getFirst(), 0)
                && code.stream().filter(e -> isLoad(e, 0)).count() == 1;
    }

    private long returns() {
        return code.stream().filter(e -> e instanceof ReturnInstruction).count();
    }
}
