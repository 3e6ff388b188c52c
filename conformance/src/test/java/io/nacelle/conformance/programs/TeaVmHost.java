// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance.programs;

import io.nacelle.runtime.Func;
import io.nacelle.runtime.HostFrame;
import io.nacelle.runtime.HostFunction;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.JsStrings;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Module;
import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.ExternType;
import io.nacelle.wasm.syntax.GlobalType;
import io.nacelle.wasm.syntax.MemType;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a program compiled by TeaVM imports, as far as a program needs it that reads its arguments
 * and writes to its standard streams: JavaScript's objects and functions as objects of Java.
 */
final class TeaVmHost {
    private static final Pattern DATA_SIZE = Pattern.compile("\"dataSize\":(\\d+)");

    private final Map<String, HostFunction> functions = new HashMap<>();
    private final StringBuilder out = new StringBuilder();
    private final StringBuilder err = new StringBuilder();
    private Instance instance;

    TeaVmHost() {
        objects();
        functions.put("teavmDate.currentTimeMillis", f -> f.setF64(0, 0));
        functions.put("teavmMemory.notifyHeapResized", _ -> {});
        functions.put("teavmConsole.putcharStdout", f -> out.append((char) f.i32(0)));
        functions.put("teavmConsole.putcharStderr", f -> err.append((char) f.i32(0)));
        functions.put("teavm.takeStackTrace", f -> f.setRef(0, "no stack trace"));
        functions.put(
                "teavm.decorateException",
                f -> instance.func("teavm.setJsException").call(f.ref(0), "an exception"));
    }

    private void objects() {
        functions.put("teavmJso.stringBuiltinsSupported", f -> f.setI32(0, 1));
        // Classes have static methods here, and no instances.
        functions.put("teavmJso.createClass", f -> f.setRef(0, new HashMap<Object, Object>()));
        functions.put("teavmJso.defineFunction", f -> f.setRef(0, f.ref(0)));
        functions.put(
                "teavmJso.defineStaticMethod",
                f -> {
                    @SuppressWarnings("unchecked")
                    var type = (Map<Object, Object>) f.ref(0);
                    type.put(f.ref(1), f.ref(2));
                });
        functions.put("teavmJso.createFunction1", TeaVmHost::createIdentity);
        functions.put("teavmJso.callFunction1", f -> f.setRef(0, f.ref(1)));
        functions.put("teavmJso.getProperty", TeaVmHost::getProperty);
        functions.put("teavmJso.wrapInt", f -> f.setRef(0, f.i32(0)));
        functions.put("teavmJso.unwrapInt", f -> f.setI32(0, (Integer) f.ref(0)));
        functions.put(
                "teavmJso.wrapObject",
                f ->
                        f.setRef(
                                0,
                                f.ref(0) == null
                                        ? null
                                        : instance.func("teavm.jso.createWrapper")
                                                .call(f.ref(0))[0]));
        functions.put("teavmJso.isUndefined", f -> f.setI32(0, 0));
        functions.put(
                "teavmJso.isPrimitive",
                f -> {
                    if (!"string".equals(f.ref(1))) {
                        throw new UnsupportedOperationException("typeof " + f.ref(1));
                    }
                    f.setI32(0, f.ref(0) == null || f.ref(0) instanceof String ? 1 : 0);
                });
        // For objects of the program that are handed to the host, which this one does not do.
        functions.put("teavmJso.unwrapJavaObject", TeaVmHost::unsupported);
        functions.put("teavmJso.javaObjectToJS", TeaVmHost::unsupported);
    }

    private static void unsupported(HostFrame frame) {
        throw new UnsupportedOperationException();
    }

    /** A function from the text of its body, of which only one is there: the identity. */
    private static void createIdentity(HostFrame frame) {
        if (!frame.ref(1).equals("return " + frame.ref(0) + ";")) {
            throw new UnsupportedOperationException("function: " + frame.ref(1));
        }
        frame.setRef(0, "identity");
    }

    private static void getProperty(HostFrame frame) {
        var array = (Object[]) frame.ref(0);
        frame.setRef(
                0, frame.ref(1).equals("length") ? array.length : array[(Integer) frame.ref(1)]);
    }

    /** Instantiates a program; its imports have the types that it gives them. */
    void instantiate(Linker linker, Module module) {
        JsStrings.define(linker);
        for (var wanted : module.valid().syntax().imports()) {
            if (linker.get(wanted.module(), wanted.name()).isPresent()) {
                continue;
            }
            switch (module.valid().closed(wanted.type())) {
                case ExternType.Func func -> {
                    var name = wanted.module() + "." + wanted.name();
                    var function = functions.get(name);
                    if (function == null) {
                        throw new AssertionError("the program imports " + name);
                    }
                    var type = ((DefType) func.type()).func();
                    linker.define(wanted.module(), wanted.name(), type, function);
                }
                case MemType memory ->
                        linker.define(
                                wanted.module(), wanted.name(), linker.store().newMemory(memory));
                case GlobalType global ->
                        linker.define(
                                wanted.module(),
                                wanted.name(),
                                linker.store()
                                        .newGlobal(global, memoryLayout(wanted.name(), module)));
                default -> throw new AssertionError("the program imports " + wanted);
            }
        }
        instance = linker.instantiate(module);
    }

    /** The memory has the program's data first, as much as a section of its own says. */
    private static int memoryLayout(String name, Module module) {
        if (name.equals("maxSize")) {
            return Integer.MAX_VALUE;
        }
        var syntax = module.valid().syntax();
        var section = syntax.custom("teavm.memoryRequirements").orElseThrow().bytes();
        var text = new String(syntax.source().copy(section), StandardCharsets.UTF_8);
        var size = DATA_SIZE.matcher(text);
        if (!name.equals("heapOffset") || !size.find()) {
            throw new AssertionError(name + ": " + text);
        }
        return Math.ceilDiv(Integer.parseInt(size.group(1)), 8) * 8;
    }

    /** The program's main method is in a global, as a function of the host that takes an array. */
    void main(String... arguments) {
        var main = (Func) instance.global("main").get();
        main.call((Object) arguments);
    }

    String out() {
        return out.toString();
    }

    String err() {
        return err.toString();
    }
}
