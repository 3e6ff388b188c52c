// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

import io.nacelle.runtime.Func;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.Trap;
import io.nacelle.runtime.TrapKind;
import io.nacelle.wasm.binary.BinaryDecoder;
import io.nacelle.wasm.binary.BinaryEncoder;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.syntax.AbsHeapType;
import io.nacelle.wasm.syntax.FeatureSet;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.syntax.VecType;
import io.nacelle.wasm.text.TextParser;
import io.nacelle.wasm.valid.Parallelism;
import io.nacelle.wasm.valid.Validator;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Functions that stand for others which are not there yet. They are a module of WebAssembly, so
 * that a call through one is a call like any other in every engine: it loads the function from a
 * global and calls it.
 */
final class LateBinding {
    private static final String HOST = "late";

    private final Instance instance;
    private final Map<String, Integer> numbers = new LinkedHashMap<>();

    /**
     * Makes the functions.
     *
     * @param path of the module that imports them
     * @param module the module name they are imported from
     */
    LateBinding(Linker maker, Mode mode, String path, String module, Map<String, FuncType> types) {
        var names = List.copyOf(types.keySet());
        var text = new StringBuilder("(module\n");
        var globals = new StringBuilder();
        var functions = new StringBuilder();
        for (int i = 0; i < names.size(); i++) {
            numbers.put(names.get(i), i);
            var type = types.get(names.get(i));
            var signature = signature(type);
            text.append("(type $t").append(i).append(" (func").append(signature).append("))\n");
            globals.append("(global $g")
                    .append(i)
                    .append(" (export \"g")
                    .append(i)
                    .append("\") (mut (ref null $t")
                    .append(i)
                    .append(")) (ref.null $t")
                    .append(i)
                    .append("))\n");
            functions
                    .append("(func (export \"f")
                    .append(i)
                    .append("\") (type $t")
                    .append(i)
                    .append(")\n(if (ref.is_null (global.get $g")
                    .append(i)
                    .append(")) (then (call $unbound (i32.const ")
                    .append(i)
                    .append("))))\n");
            for (int p = 0; p < type.params().size(); p++) {
                functions.append("local.get ").append(p).append(' ');
            }
            functions.append("global.get $g").append(i);
            functions.append(" call_ref $t").append(i).append(")\n");
        }
        text.append("(import \"late\" \"unbound\" (func $unbound (param i32)))\n")
                .append(globals)
                .append(functions)
                .append(')');
        var syntax =
                BinaryDecoder.decode(
                        ByteSource.of(BinaryEncoder.encode(TextParser.parse(text.toString()))));
        var valid = Validator.validate(syntax, FeatureSet.ALL, Parallelism.NONE);
        maker.define(
                HOST,
                "unbound",
                FuncType.of(List.of(NumType.I32), List.of()),
                frame -> {
                    throw new Trap(
                            TrapKind.NULL_FUNCTION_REFERENCE,
                            path
                                    + ": import "
                                    + Shown.of(module)
                                    + "."
                                    + Shown.of(names.get(frame.i32(0)))
                                    + " is bound late, and was called before that");
                });
        instance =
                maker.instantiate(
                        Module.of(maker.store().engine(), valid),
                        mode,
                        Optional.of("late " + path));
    }

    /** Whether functions of a type can be bound late: those of types that have no names. */
    static boolean canBind(FuncType type) {
        return type.params().stream().allMatch(LateBinding::isPlain)
                && type.results().stream().allMatch(LateBinding::isPlain);
    }

    private static boolean isPlain(ValType type) {
        return type instanceof NumType
                || type instanceof VecType
                || type instanceof RefType ref && ref.heap() instanceof AbsHeapType;
    }

    private static String signature(FuncType type) {
        var text = new StringBuilder();
        type.params().forEach(p -> text.append(" (param ").append(p).append(')'));
        type.results().forEach(r -> text.append(" (result ").append(r).append(')'));
        return text.toString();
    }

    /** What is imported in place of a function. */
    Func function(String name) {
        return instance.func("f" + numbers.get(name));
    }

    /** Has calls go to a function of the same type from now on. */
    void bind(String name, Func target) {
        instance.global("g" + numbers.get(name)).set(target);
    }
}
