// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

import java.lang.invoke.CallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.MutableCallSite;

/**
 * An answer that compiled code takes for a constant. HotSpot replaces the code when the answer
 * changes, loops that run included; that has a price, so answers are to change seldom.
 *
 * <p>Thread-safe.
 */
public final class Assumption {
    private static final MethodHandle YES = MethodHandles.constant(boolean.class, true);
    private static final MethodHandle NO = MethodHandles.constant(boolean.class, false);

    private final MutableCallSite site = new MutableCallSite(MethodType.methodType(boolean.class));
    private boolean holds;

    public Assumption(boolean holds) {
        this.holds = holds;
        site.setTarget(holds ? YES : NO);
    }

    /** Links an instruction that asks. */
    CallSite site() {
        return site;
    }

    /**
     * Asks, in code that was made beforehand; null where nothing can be replaced, as in the images
     * that GraalVM makes.
     */
    MethodHandle invoker() {
        return System.getProperty("org.graalvm.nativeimage.imagecode") == null
                ? site.dynamicInvoker()
                : null;
    }

    /** Changes the answer: no thread has the other one when this returns. */
    public synchronized void set(boolean answer) {
        if (holds != answer) {
            holds = answer;
            site.setTarget(answer ? YES : NO);
            MutableCallSite.syncAll(new MutableCallSite[] {site});
        }
    }
}
