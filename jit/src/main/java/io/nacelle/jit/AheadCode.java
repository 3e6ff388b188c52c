// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.runtime.exec.MemoryForm;
import io.nacelle.runtime.exec.ModuleImpl;
import io.nacelle.wasm.syntax.FuncType;

import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Compiles all functions of a module beforehand: the classes of mode {@code jit} when functions
 * call each other directly, in a package of their own.
 */
public final class AheadCode {
    private final CompiledModule code;

    private AheadCode(CompiledModule code) {
        this.code = code;
    }

    /**
     * Begins the code of a module.
     *
     * @param packageName the package of the classes, which is to hold no others of these names
     */
    public static AheadCode of(ModuleImpl module, MemoryForm form, String packageName) {
        return new AheadCode(CompiledModule.ahead(module, form, packageName + "."));
    }

    /** Makes the classes of all functions, and those that they refer to, by name. */
    public SortedMap<String, byte[]> classes() {
        var made = new TreeMap<String, byte[]>();
        return Background.await(() -> compile(made));
    }

    private SortedMap<String, byte[]> compile(SortedMap<String, byte[]> made) {
        var module = code.module;
        for (int i = 0; i < module.types.length; i++) {
            if (code.typeNumber(i) == i && module.types[i].comp() instanceof FuncType) {
                made.putAll(FunctionCompiler.compile(code, Names.type(code, i)));
            }
        }
        for (int i = 0; i < module.valid.importedFuncs(); i++) {
            if (HostCalls.isPossible(code, i)) {
                made.putAll(FunctionCompiler.compile(code, Names.imported(code, i)));
            }
        }
        for (int i = module.valid.importedFuncs(); i < module.valid.funcCount(); i++) {
            made.putAll(FunctionCompiler.compile(code, Names.function(code, i)));
        }
        return made;
    }

    /** Builds a class that belongs to the code. */
    public static byte[] build(
            ClassDesc self, java.util.function.Consumer<java.lang.classfile.ClassBuilder> content) {
        return FunctionCompiler.build(self, content);
    }

    /** The class whose methods depend on what may be assumed; it is not among them. */
    public ClassDesc assuming() {
        return Names.assuming(code);
    }

    /** How compiled code calls a function that the module defines. */
    public Callee callee(int func) {
        var signature = code.signature(code.module.valid.typeIndexOfFunc(func));
        return new Callee(
                ClassDesc.of(Names.function(code, func)),
                code.methodName(func),
                signature.desc,
                signature.wide);
    }

    /**
     * A static method with a function's parameters, the bytes of stack that may be used, and the
     * instance.
     *
     * @param wide whether the parameters are too many for that
     */
    public record Callee(ClassDesc owner, String name, MethodTypeDesc type, boolean wide) {}
}
