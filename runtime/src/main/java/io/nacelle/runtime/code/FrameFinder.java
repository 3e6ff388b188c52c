// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

import io.nacelle.runtime.exec.Backtrace;

import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Finds functions in Java's stack traces: the class tells the function, the class loader's name the
 * module, the line how far behind the function's beginning, or that of its part, it is.
 */
final class FrameFinder implements Backtrace.Finder {
    /** The package of classes that are compiled at run time. */
    private static final String PACKAGE = "wasm.";

    /** What the names of the classes begin with by whose methods the host calls in. */
    private static final String ENTRIES = PACKAGE + "E";

    /** The one there is. */
    static final FrameFinder ONE = new FrameFinder();

    private static final Map<String, WeakReference<ModuleCode>> LOADERS = new ConcurrentHashMap<>();

    private FrameFinder() {}

    /** Lets frames of classes of a loader be found as long as it is in use. */
    static void register(String loader, ModuleCode code) {
        LOADERS.values().removeIf(known -> known.refersTo(null));
        LOADERS.put(loader, new WeakReference<>(code));
    }

    @Override
    public Backtrace.Found find(StackTraceElement element) {
        var name = element.getClassName();
        if (!name.startsWith(PACKAGE) || element.getClassLoaderName() == null) {
            return null;
        }
        var known = LOADERS.get(element.getClassLoaderName());
        var code = known == null ? null : known.get();
        return code == null ? null : find(code, PACKAGE, element);
    }

    @Override
    public boolean isRun(StackTraceElement element) {
        // The host's own classes may have such names too.
        var name = element.getClassName();
        return name.startsWith(ENTRIES)
                && name.length() > ENTRIES.length()
                && Character.isDigit(name.charAt(ENTRIES.length()))
                && element.getClassLoaderName() != null
                && LOADERS.containsKey(element.getClassLoaderName());
    }

    /** Finds the function of one of a module's classes, whose names begin with a prefix. */
    static Backtrace.Found find(ModuleCode code, String prefix, StackTraceElement element) {
        int func = function(element.getClassName(), prefix.length());
        int line = element.getLineNumber();
        if (func < 0 || line <= 0) {
            // Methods without lines only pass calls on.
            return null;
        }
        int base = code.module.codeOffset(func);
        int part = partOffset(element.getMethodName(), code.methodName(func));
        return new Backtrace.Found(
                code.module.body(func), (part < 0 ? base : part) + line - 1, part >= 0);
    }

    /** Where the part of a function begins that a method is, or -1 when it is none. */
    private static int partOffset(String method, String name) {
        int at = method.lastIndexOf('@');
        return at > name.length() && method.startsWith(name + "$")
                ? Integer.parseInt(method.substring(at + 1), 16)
                : -1;
    }

    /** The function of a class, or -1. */
    private static int function(String name, int start) {
        char kind = name.charAt(start);
        if (kind != 'F' && kind != 'L') {
            return -1;
        }
        int from = start + 1;
        int to = from;
        while (to < name.length() && Character.isDigit(name.charAt(to))) {
            to++;
        }
        return to == from ? -1 : Integer.parseInt(name, from, to, 10);
    }
}
