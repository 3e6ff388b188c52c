// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** The right to enter without asking, against a thread that takes it away. */
@Timeout(120)
final class BiasTest {
    private static final int ROUNDS = 5_000;

    /** Looks of the thread that is inside at what the other one has seen. */
    private static final int LOOKS = 500;

    private static final long OWNER = 1_000_000;
    private static final long OTHER = 2_000_000;

    /** The right of this round; null when there is no further one. */
    private final AtomicReference<Bias> bias = new AtomicReference<>();

    /** The right that the other thread has taken away while the owner was not inside. */
    private volatile Bias free;

    private int overlaps;
    private final AtomicLong entries = new AtomicLong();

    @Test
    void isHeldByItsOwnerUntilItIsTakenAway() {
        var right = new Bias(OWNER);
        assertTrue(right.holds(OWNER));
        assertFalse(right.holds(OTHER));
        assertFalse(right.tryEnter(OWNER), "inside already");
        assertTrue(right.leave());
        assertFalse(right.holds(OWNER));
        assertFalse(right.tryEnter(OTHER));
        assertTrue(right.tryEnter(OWNER));
        assertTrue(right.revoke(OTHER), "inside");
        assertTrue(right.holds(OWNER));
        assertFalse(right.leave());
        assertFalse(right.tryEnter(OWNER));
        assertFalse(right.revoke(OTHER));
        assertFalse(Bias.NONE.tryEnter(0));
    }

    @Test
    void whoTakesItAwayKnowsWhetherTheOwnerIsInside() throws InterruptedException {
        var thread = Thread.ofPlatform().start(this::enterAndLeave);
        for (int i = 0; i < ROUNDS; i++) {
            var right = new Bias(OWNER);
            right.leave();
            long before = entries.get();
            bias.set(right);
            while (entries.get() == before) {
                Thread.yield();
            }
            for (int wait = 0; wait < i % 100; wait++) {
                Thread.onSpinWait();
            }
            if (!right.revoke(OTHER)) {
                free = right;
            }
        }
        bias.set(null);
        thread.join();
        assertEquals(0, overlaps);
    }

    private void enterAndLeave() {
        Bias last = null;
        while (true) {
            var right = bias.get();
            if (right == null && last != null) {
                return;
            }
            last = right;
            while (right != null && right.tryEnter(OWNER)) {
                // By no instruction that would have other processors see what is written before.
                entries.setRelease(entries.getPlain() + 1);
                for (int i = 0; i < LOOKS; i++) {
                    if (free == right) {
                        overlaps++;
                    }
                }
                right.leave();
            }
        }
    }
}
