// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.runtime.Module;
import io.nacelle.runtime.exec.MemoryForm;
import io.nacelle.runtime.exec.ModuleImpl;

import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Has functions compiled that nobody calls, and looks at the methods that they become. In the
 * package of the compiler, which loads what it makes and shows it to nobody.
 */
public final class MethodSizes {
    private final CompiledModule code;
    private int largest;
    private String largestName = "";
    private int methods;

    private MethodSizes(CompiledModule code) {
        this.code = code;
    }

    /** The methods of functions of a module, by their indices, for a form of memory. */
    public static MethodSizes of(Module module, MemoryForm form, IntStream functions) {
        var sizes = new MethodSizes(CompiledModule.ahead((ModuleImpl) module, form, "sizes."));
        // Blocks nest deeply in some functions.
        return Background.await(
                () -> {
                    functions.forEach(sizes::add);
                    return sizes;
                });
    }

    private void add(int function) {
        Map<String, byte[]> classes =
                FunctionCompiler.compile(code, Names.function(code, function));
        classes.forEach(this::add);
    }

    private void add(String name, byte[] bytes) {
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

    /** How many methods there are. */
    public int methods() {
        return methods;
    }
}
