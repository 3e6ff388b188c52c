// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.runtime.code.ModuleCode;
import io.nacelle.runtime.exec.CodeAccess;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Loads the classes that a module is compiled to, and has them made when they are first asked for:
 * code that refers to a function brings it into being by that. All of it is unloaded together.
 */
final class CodeLoader extends ClassLoader implements ModuleCode.Loader {
    private static final AtomicLong COUNT = new AtomicLong();

    static {
        registerAsParallelCapable();
    }

    private final CompiledModule code;

    /** Classes that were made together with others. */
    private final Map<String, byte[]> waiting = new ConcurrentHashMap<>();

    CodeLoader(CompiledModule code) {
        super("nacelle-" + COUNT.incrementAndGet(), CodeLoader.class.getClassLoader());
        this.code = code;
        CodeAccess.grant(getUnnamedModule());
        var own = CodeLoader.class.getModule();
        if (own.isNamed()) {
            own.addExports("io.nacelle.jit.vector", getUnnamedModule());
        }
    }

    @Override
    public CompiledModule code() {
        return code;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(Names.PACKAGE)) {
            return super.loadClass(name, resolve);
        }
        // Nobody else's class must come in the place of one of these, whatever is on the path.
        synchronized (getClassLoadingLock(name)) {
            var known = findLoadedClass(name);
            return known == null ? findClass(name) : known;
        }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        if (!name.startsWith(Names.PACKAGE)) {
            throw new ClassNotFoundException(name);
        }
        byte[] bytes = waiting.remove(name);
        if (bytes == null && code.kept != null) {
            bytes = code.kept.find(name);
        }
        if (bytes == null) {
            var made = compile(name);
            code.generated.incrementAndGet();
            if (code.kept != null) {
                code.kept.add(Map.copyOf(made));
            }
            bytes = made.remove(name);
            waiting.putAll(made);
        }
        return defineClass(name, bytes, 0, bytes.length);
    }

    private Map<String, byte[]> compile(String name) {
        try {
            return FunctionCompiler.compile(code, name);
        } catch (StackOverflowError e) {
            // Blocks nest too deeply for this thread's stack, or a guest has used most of it.
            return Background.await(() -> FunctionCompiler.compile(code, name));
        }
    }

    /** Makes the one object of a class. */
    Object instantiate(String name) {
        try {
            return loadClass(name).getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(name, e);
        }
    }
}
