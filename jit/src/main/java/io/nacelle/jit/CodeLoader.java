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

    /** Whether something has been made already. */
    private static volatile boolean initialised;

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
        if (!initialised) {
            // A class of the compiler's whose initialisation fails can never be used again.
            var made = Background.await(() -> make(name));
            initialised = true;
            return made;
        }
        try {
            return make(name);
        } catch (StackOverflowError e) {
            // Blocks nest too deeply for this thread's stack, or a guest has used most of it.
            return Background.await(() -> make(name));
        }
    }

    /** Makes a class; it can be done again after it was broken off anywhere. */
    private Class<?> make(String name) {
        var known = findLoadedClass(name);
        if (known != null) {
            return known;
        }
        byte[] bytes = waiting.get(name);
        if (bytes == null && code.kept != null) {
            bytes = code.kept.find(name);
        }
        if (bytes == null) {
            var made = FunctionCompiler.compile(code, name);
            code.generated.incrementAndGet();
            if (code.kept != null) {
                code.kept.add(Map.copyOf(made));
            }
            bytes = made.remove(name);
            // What belongs to it is there before it is.
            waiting.putAll(made);
            waiting.put(name, bytes);
        }
        var defined = defineClass(name, bytes, 0, bytes.length);
        waiting.remove(name);
        return defined;
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
