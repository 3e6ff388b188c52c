// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit.ahead;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Module;
import io.nacelle.wasm.binary.BinaryDecoder;
import io.nacelle.wasm.binary.BinaryEncoder;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.text.TextParser;
import io.nacelle.wasm.valid.Parallelism;
import io.nacelle.wasm.valid.ValidModule;
import io.nacelle.wasm.valid.Validator;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.util.HashMap;
import java.util.Map;
import java.util.jar.JarInputStream;

/** A module that was compiled to a jar, whose classes are loaded by a loader of their own. */
final class Built extends ClassLoader {
    static final JarOptions OPTIONS = JarOptions.of("com.example.app", "App");

    final Map<String, byte[]> files = new HashMap<>();
    private final String name;

    private Built(byte[] jar, String name) {
        super(Built.class.getClassLoader());
        this.name = name;
        try (var in = new JarInputStream(new ByteArrayInputStream(jar))) {
            for (var entry = in.getNextJarEntry(); entry != null; entry = in.getNextJarEntry()) {
                files.put(entry.getName(), in.readAllBytes());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Built of(String text) {
        return of(text, OPTIONS);
    }

    static Built of(String text, JarOptions options) {
        return new Built(jar(text, options), options.packageName() + "." + options.className());
    }

    static byte[] jar(String text, JarOptions options) {
        var out = new ByteArrayOutputStream();
        try {
            ModuleJar.compile(valid(text, options), options).writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    static ValidModule valid(String text, JarOptions options) {
        var bytes = ByteSource.of(BinaryEncoder.encode(TextParser.parse(text)));
        return Validator.validate(
                BinaryDecoder.decode(bytes), options.features(), Parallelism.NONE);
    }

    @Override
    protected Class<?> findClass(String type) throws ClassNotFoundException {
        var bytes = files.get(type.replace('.', '/') + ".class");
        if (bytes == null) {
            throw new ClassNotFoundException(type);
        }
        return defineClass(type, bytes, 0, bytes.length);
    }

    @Override
    public InputStream getResourceAsStream(String path) {
        var bytes = files.get(path);
        return bytes == null ? null : new ByteArrayInputStream(bytes);
    }

    Class<?> self() {
        return type(name);
    }

    Class<?> type(String type) {
        try {
            return loadClass(type);
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }

    Module module(Engine engine) {
        return (Module) invoke(self(), null, "module", engine);
    }

    App instantiate(Linker linker) {
        return new App(invoke(self(), null, "instantiate", linker));
    }

    App of(Instance instance) {
        return new App(invoke(self(), null, "of", instance));
    }

    /** What programs use, called by the names of its methods. */
    static final class App {
        final Object object;

        App(Object object) {
            this.object = object;
        }

        Object call(String method, Object... args) {
            return invoke(object.getClass(), object, method, args);
        }

        Instance instance() {
            return (Instance) call("instance");
        }
    }

    /** Calls a method; its exceptions come out as they are. */
    static Object invoke(Class<?> type, Object object, String name, Object... args) {
        for (var method : type.getMethods()) {
            if (method.getName().equals(name) && method.getParameterCount() == args.length) {
                try {
                    return method.invoke(object, args);
                } catch (InvocationTargetException e) {
                    throw Built.<RuntimeException>unchecked(e.getCause());
                } catch (IllegalAccessException e) {
                    throw new AssertionError(e);
                }
            }
        }
        throw new AssertionError("no method " + name + " in " + type);
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E unchecked(Throwable e) throws E {
        throw (E) e;
    }
}
