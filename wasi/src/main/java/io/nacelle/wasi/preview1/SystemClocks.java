// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import com.sun.management.OperatingSystemMXBean;

import io.nacelle.wasi.Clocks;

import java.lang.management.ManagementFactory;
import java.time.Instant;

/** The machine's clocks. The management beans are loaded when processor time is asked for. */
public final class SystemClocks implements Clocks {
    private final long origin = System.nanoTime();

    private SystemClocks() {}

    /** Creates clocks whose monotonic time starts now. */
    public static SystemClocks create() {
        return new SystemClocks();
    }

    @Override
    public long realtime() {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    @Override
    public long monotonic() {
        return System.nanoTime() - origin;
    }

    @Override
    public long processCpu() {
        var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return Math.max(0, system.getProcessCpuTime());
    }

    @Override
    public long threadCpu() {
        return Math.max(0, ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime());
    }
}
