// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.runtime.HostFrame;
import io.nacelle.runtime.HostFunction;
import io.nacelle.runtime.code.Code;
import io.nacelle.runtime.code.CodeInstance;
import io.nacelle.runtime.code.Delegated;
import io.nacelle.runtime.code.Frame;
import io.nacelle.runtime.code.HeapMem;
import io.nacelle.runtime.code.LoopCode;
import io.nacelle.runtime.code.NatMem;
import io.nacelle.runtime.code.Rt;
import io.nacelle.runtime.exec.FuncImpl;
import io.nacelle.runtime.exec.GlobalImpl;
import io.nacelle.runtime.exec.HostCall;
import io.nacelle.runtime.exec.PlainCall;
import io.nacelle.runtime.exec.Slots;
import io.nacelle.runtime.exec.Stack;
import io.nacelle.runtime.exec.ThrownException;

import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;

/** The classes that compiled code names, and the names of compiled classes. */
final class Names {
    static final ClassDesc INSTANCE = of(CodeInstance.class);
    static final ClassDesc RT = of(Rt.class);
    static final ClassDesc HEAP = of(HeapMem.class);
    static final ClassDesc NAT = of(NatMem.class);
    static final ClassDesc CODE = of(Code.class);
    static final ClassDesc LOOP_CODE = of(LoopCode.class);
    static final ClassDesc FRAME = of(Frame.class);
    static final ClassDesc DELEGATED = of(Delegated.class);
    static final ClassDesc STACK = of(Stack.class);
    static final ClassDesc SLOTS = of(Slots.class);
    static final ClassDesc FUNC = of(FuncImpl.class);
    static final ClassDesc HOST_CALL = of(HostCall.class);
    static final ClassDesc PLAIN_CALL = of(PlainCall.class);
    static final ClassDesc HOST_FUNCTION = of(HostFunction.class);
    static final ClassDesc HOST_FRAME = of(HostFrame.class);
    static final ClassDesc GLOBAL = of(GlobalImpl.class);
    static final ClassDesc THROWN = of(ThrownException.class);
    static final ClassDesc OBJECT = ConstantDescs.CD_Object;
    static final ClassDesc INT = ConstantDescs.CD_int;
    static final ClassDesc SHORT = ConstantDescs.CD_short;
    static final ClassDesc LONG = ConstantDescs.CD_long;
    static final ClassDesc FLOAT = ConstantDescs.CD_float;
    static final ClassDesc DOUBLE = ConstantDescs.CD_double;
    static final ClassDesc VOID = ConstantDescs.CD_void;
    static final ClassDesc BYTES = ConstantDescs.CD_byte.arrayType();

    /** The package of classes that are compiled at run time, which is that of no other. */
    static final String PACKAGE = "wasm.";

    /** The method of the class by which the host calls a function. */
    static final String ENTRY = "enter";

    private Names() {}

    static ClassDesc of(Class<?> type) {
        return ClassDesc.of(type.getName());
    }

    /** The class whose methods depend on what may be assumed. */
    static ClassDesc assuming(CompiledModule code) {
        return ClassDesc.of(code.prefix + "P");
    }

    /** The class of a function. */
    static String function(CompiledModule code, int index) {
        return code.prefix + "F" + index;
    }

    /** The function whose class has a name, or -1. */
    static int functionOf(String name) {
        int from = PACKAGE.length() + 1;
        if (!name.startsWith(PACKAGE + "F") || name.endsWith("$")) {
            return -1;
        }
        try {
            return Integer.parseInt(name, from, name.length(), 10);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** The class by which the host calls a function. */
    static String entry(CompiledModule code, int index) {
        return code.prefix + "E" + index;
    }

    /** The class by which compiled code calls a function that the module imports. */
    static String imported(CompiledModule code, int index) {
        return code.prefix + "I" + index;
    }

    /** The class of what calls by a type go through. */
    static String type(CompiledModule code, int index) {
        return code.prefix + "T" + index;
    }

    /** The class of a loop, by the offset of its instruction. */
    static String loop(CompiledModule code, int function, int offset) {
        return code.prefix + "L" + function + "_" + offset;
    }
}
