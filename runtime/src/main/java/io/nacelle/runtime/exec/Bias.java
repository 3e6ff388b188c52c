// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import java.lang.foreign.Arena;
import java.lang.invoke.VarHandle;

/**
 * The right of one thread to enter and leave a store without an atomic instruction, which alone
 * would take longer than a short call of the guest. As long as it has it, no other thread gets in;
 * others take it away first.
 *
 * <p>Entering writes {@link #inside} and then looks whether the right is still there; taking it
 * away says so and then looks at {@code inside}. For one of the two to see the other, a processor
 * must not let the look overtake the write. The side that is rare pays for both: between its two
 * steps it makes every thread of the JVM pass a barrier.
 */
final class Bias {
    /** Nobody's. */
    static final Bias NONE = new Bias(0);

    static {
        NONE.revoked = true;
        NONE.inside = false;
    }

    /** The number of the thread. */
    final long owner;

    /** Whether the thread is inside by this right; only the thread writes it. */
    private boolean inside = true;

    private volatile boolean revoked;

    /** For a thread that is inside. */
    Bias(long owner) {
        this.owner = owner;
    }

    /** Whether a thread is inside by this right: asked by that thread. */
    boolean holds(long thread) {
        return owner == thread && inside;
    }

    /** Lets a thread in that is the owner, unless it is inside already or has lost its right. */
    boolean tryEnter(long thread) {
        if (owner != thread || revoked || inside) {
            return false;
        }
        inside = true;
        // For compilers; see above for processors.
        VarHandle.acquireFence();
        if (revoked) {
            inside = false;
            return false;
        }
        return true;
    }

    /** Whether nobody has taken the right away yet: who is inside is so by it then. */
    boolean isInForce() {
        return !revoked;
    }

    /**
     * The owner leaves.
     *
     * @return whether it has its right still: if not, somebody may have seen that it was inside
     */
    boolean leave() {
        VarHandle.releaseFence();
        inside = false;
        VarHandle.acquireFence();
        return !revoked;
    }

    /** The owner gives its right up, and is inside in another way. */
    void giveUp() {
        revoked = true;
        inside = false;
    }

    /**
     * Takes the right away.
     *
     * @param by the number of the thread that does so
     * @return whether the owner is inside, or was about to get in
     */
    boolean revoke(long by) {
        revoked = true;
        if (by != owner) {
            barrier();
        }
        VarHandle.acquireFence();
        return inside;
    }

    /**
     * Has every thread pass a barrier. An arena that threads share can only be closed so: what each
     * of them did with its memory before is done by then, and what it does later sees that it is
     * closed, although neither takes atomic instructions.
     */
    private static void barrier() {
        Arena.ofShared().close();
    }

    /** Whether there is a way to have every thread pass a barrier. */
    static boolean isPossible() {
        return Possible.YES;
    }

    /** Found out when it is first asked for. */
    private static final class Possible {
        static final boolean YES = find();

        private static boolean find() {
            // GraalVM's images may be without such arenas, or do without the barrier.
            if (System.getProperty("org.graalvm.nativeimage.imagecode") != null) {
                return false;
            }
            try {
                barrier();
                return true;
            } catch (UnsupportedOperationException e) {
                return false;
            }
        }
    }
}
