// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

import java.lang.invoke.CallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.MutableCallSite;

/**
 * Whether a module's compiled code looks for requests to stop. As long as there is none, compiled
 * code is made for there being none: HotSpot takes the answer for a constant, and replaces the
 * code, loops that run included, when it changes. Looking at memory in each round of a loop would
 * cost tight loops a third of their speed.
 *
 * <p>Replacing code has a price too, so a module whose instances were stopped a few times goes on
 * to look for ever.
 *
 * <p>Thread-safe.
 */
public final class Polls {
    private static final MethodHandle YES = MethodHandles.constant(boolean.class, true);
    private static final MethodHandle NO = MethodHandles.constant(boolean.class, false);

    /** How often code is replaced again after a request to stop. */
    private static final int MOST_REPLACED = 3;

    private final MutableCallSite site = new MutableCallSite(MethodType.methodType(boolean.class));

    /** Requests that have not been complied with. */
    private int pending;

    private int replaced;
    private boolean forEver;

    /** For code that nobody has asked to stop yet. */
    public Polls() {
        forEver = !LoopSafepoints.areOn();
        site.setTarget(forEver ? YES : NO);
    }

    /**
     * Asks, in code that was made beforehand; null where nothing can be replaced, as in the images
     * that GraalVM makes: that code looks always.
     */
    public static MethodHandle invoker(Polls polls) {
        return System.getProperty("org.graalvm.nativeimage.imagecode") == null
                ? polls.site.dynamicInvoker()
                : null;
    }

    /** Links an instruction that asks. */
    public CallSite site() {
        return site;
    }

    /** Somebody has asked an instance to stop. */
    public synchronized void begin() {
        if (pending++ == 0 && !forEver) {
            set(YES);
        }
    }

    /** The request is over. */
    public synchronized void end() {
        if (--pending == 0 && !forEver) {
            if (++replaced >= MOST_REPLACED) {
                forEver = true;
            } else {
                set(NO);
            }
        }
    }

    private void set(MethodHandle answer) {
        site.setTarget(answer);
        MutableCallSite.syncAll(new MutableCallSite[] {site});
    }
}
