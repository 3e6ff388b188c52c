// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import java.lang.ref.WeakReference;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What one module's code has from the cache and what it is to leave there. The cache is read when
 * the first class is asked for, and written when the process ends, or when much has been made.
 *
 * <p>Thread-safe.
 */
final class KeptCode {
    /** Bytes of new classes that are written before the process ends. */
    private static final long MUCH = 4 << 20;

    private static final Set<WeakReference<KeptCode>> UNSAVED = ConcurrentHashMap.newKeySet();
    private static boolean hooked;

    private final CompiledModule code;
    private final CodeCache cache;
    private Map<String, byte[]> kept;

    /** The functions that are kept, once asked for. */
    private volatile BitSet functions;

    /** The name of what is kept, once that has been read; null when it can have none. */
    private String key;

    private final Map<String, byte[]> made = new HashMap<>();
    private long madeBytes;
    private boolean announced;

    KeptCode(CompiledModule code, CodeCache cache) {
        this.code = code;
        this.cache = cache;
    }

    /** A class by its name, or null. */
    synchronized byte[] find(String name) {
        return load().get(name);
    }

    /** Whether a function is in the cache. */
    boolean has(int func) {
        var known = functions;
        if (known == null) {
            known = functions();
            functions = known;
        }
        return known.get(func);
    }

    /** The functions that are in the cache. */
    private synchronized BitSet functions() {
        var found = new BitSet();
        for (var name : load().keySet()) {
            int func = Names.functionOf(name);
            if (func >= 0 && func < code.ready.length) {
                found.set(func);
            }
        }
        return found;
    }

    private Map<String, byte[]> load() {
        if (kept == null) {
            try {
                key = CacheKey.of(code);
                kept = cache.load(key);
            } catch (IllegalArgumentException e) {
                kept = Map.of();
            }
        }
        return kept;
    }

    /** Notes classes that were made because they were not there. */
    void add(Map<String, byte[]> classes) {
        boolean much;
        synchronized (this) {
            made.putAll(classes);
            for (byte[] bytes : classes.values()) {
                madeBytes += bytes.length;
            }
            much = madeBytes > MUCH;
            if (!announced) {
                announced = true;
                announce();
            }
        }
        if (much) {
            save();
        }
    }

    private void announce() {
        synchronized (UNSAVED) {
            UNSAVED.removeIf(known -> known.refersTo(null));
            UNSAVED.add(new WeakReference<>(this));
            if (!hooked) {
                hooked = true;
                Runtime.getRuntime()
                        .addShutdownHook(new Thread(KeptCode::saveAll, "nacelle-code-cache"));
            }
        }
    }

    private static void saveAll() {
        for (var known : UNSAVED) {
            var one = known.get();
            if (one != null) {
                one.save();
            }
        }
    }

    /** Keeps what has been made since the last time. */
    void save() {
        Map<String, byte[]> classes;
        synchronized (this) {
            if (made.isEmpty()) {
                return;
            }
            load();
            classes = Map.copyOf(made);
            made.clear();
            madeBytes = 0;
            if (key == null) {
                return;
            }
        }
        cache.save(key, classes);
    }
}
