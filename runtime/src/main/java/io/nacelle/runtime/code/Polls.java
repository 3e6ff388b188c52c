// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

/**
 * Whether a module's compiled code looks for requests to stop. As long as there is none, compiled
 * code is made for there being none: looking at memory in each round of a loop would cost tight
 * loops a third of their speed.
 *
 * <p>Replacing code has a price too, so a module whose instances were stopped a few times goes on
 * to look for ever.
 *
 * <p>Thread-safe.
 */
public final class Polls {
    /** How often code is replaced again after a request to stop. */
    private static final int MOST_REPLACED = 3;

    /** Whether to look. */
    final Assumption wanted;

    /** Requests that have not been complied with. */
    private int pending;

    private int replaced;
    private boolean forEver;

    /** For code that nobody has asked to stop yet. */
    Polls() {
        forEver = !LoopSafepoints.areOn();
        wanted = new Assumption(forEver);
    }

    /** Somebody has asked an instance to stop. */
    public synchronized void begin() {
        if (pending++ == 0 && !forEver) {
            wanted.set(true);
        }
    }

    /** The request is over. */
    public synchronized void end() {
        if (--pending == 0 && !forEver) {
            if (++replaced >= MOST_REPLACED) {
                forEver = true;
            } else {
                wanted.set(false);
            }
        }
    }
}
