// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.runtime.Module;
import io.nacelle.runtime.exec.MemoryForm;
import io.nacelle.runtime.exec.ModuleImpl;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.Opcode;

import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Has code compiled that nobody calls, and looks at the methods that it becomes. In the package of
 * the compiler, which loads what it makes and shows it to nobody.
 */
public final class MethodSizes {
    private final CompiledModule code;
    private int largest;
    private String largestName = "";
    private int functions;
    private int loops;
    private int methods;

    private MethodSizes(CompiledModule code) {
        this.code = code;
    }

    /**
     * Compiles all functions of a module, what calls by type go through, and the loops of its
     * largest functions.
     *
     * @param manyLoops how many of the largest functions have their loops compiled
     */
    public static MethodSizes of(Module module, MemoryForm form, int manyLoops) {
        var sizes = new MethodSizes(CompiledModule.ahead((ModuleImpl) module, form, "sizes."));
        // Blocks nest deeply in some functions.
        return Background.await(
                () -> {
                    sizes.all(manyLoops);
                    return sizes;
                });
    }

    private void all(int manyLoops) {
        var valid = code.module.valid;
        for (int i = 0; i < code.module.types.length; i++) {
            if (code.typeNumber(i) == i && code.module.types[i].comp() instanceof FuncType) {
                compile(Names.type(code, i));
            }
        }
        int imported = valid.importedFuncs();
        for (int i = imported; i < valid.funcCount(); i++) {
            compile(Names.function(code, i));
            functions++;
        }
        var funcs = valid.syntax().funcs();
        IntStream.range(0, funcs.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> -funcs.get(i).code().length()))
                .limit(manyLoops)
                .forEach(i -> loops(imported + i));
    }

    /** The loops of a function that are in no other: within them, the same is compiled again. */
    private void loops(int function) {
        var ir = IrBuilder.build(code.module.body(function));
        for (int i = 0; i < ir.count; i++) {
            if (ir.op(i) == Opcode.LOOP.ordinal()) {
                if (LoopGen.isPossible(ir, i)) {
                    compile(Names.loop(code, function, ir.at[i]));
                    loops++;
                }
                i = ir.end[i];
            }
        }
    }

    private void compile(String name) {
        FunctionCompiler.compile(code, name).forEach(this::measure);
    }

    private void measure(String name, byte[] bytes) {
        for (var method : ClassFile.of().parse(bytes).methods()) {
            var found = method.findAttribute(Attributes.code());
            if (found.isPresent()) {
                methods++;
                int length = found.get().codeLength();
                if (length > largest) {
                    largest = length;
                    largestName = name + "." + method.methodName().stringValue();
                }
            }
        }
    }

    /** The bytes of bytecode of the largest method. */
    public int largest() {
        return largest;
    }

    /** The class and the name of the largest method. */
    public String largestName() {
        return largestName;
    }

    /** How many functions have been compiled. */
    public int functions() {
        return functions;
    }

    /** How many loops have been compiled by themselves. */
    public int loops() {
        return loops;
    }

    /** How many methods there are. */
    public int methods() {
        return methods;
    }
}
