// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench;

import com.sun.management.ThreadMXBean;

import java.lang.management.ManagementFactory;

/**
 * What the current thread has used. CPU time rather than wall time, so that other work on the
 * machine, and the JVM's compilers in particular, do not count.
 */
public final class Meter {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Meter() {}

    /** CPU time of this thread in nanoseconds. */
    public static long cpu() {
        return THREADS.getCurrentThreadCpuTime();
    }

    /** Bytes that this thread has allocated since it began. */
    static long allocated() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }

    /** Bytes in use on the heap after collecting it. */
    static long retained() {
        var runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
