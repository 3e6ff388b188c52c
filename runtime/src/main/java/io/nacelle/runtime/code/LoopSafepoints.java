// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

import com.sun.management.HotSpotDiagnosticMXBean;

import java.lang.management.ManagementFactory;

/**
 * Whether the JVM can stop any loop within a short time. It can with most garbage collectors; with
 * the serial and the parallel one only when told to by {@code -XX:+UseCountedLoopSafepoints}.
 */
final class LoopSafepoints {
    private static final boolean ON = find();

    private LoopSafepoints() {}

    static boolean areOn() {
        return ON;
    }

    private static boolean find() {
        try {
            return Boolean.parseBoolean(
                    ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                            .getVMOption("UseCountedLoopSafepoints")
                            .getValue());
        } catch (RuntimeException | LinkageError e) {
            // Another JVM, or one without that module: it is not to be relied upon.
            return false;
        }
    }
}
