// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi;

import io.nacelle.wasi.preview1.SystemClocks;

/**
 * The time a guest is told, in nanoseconds. Waiting always takes real time. Implementations are
 * used by the guest's thread only, unless one object is given to several guests.
 */
public interface Clocks {
    /** Since 1970, never negative. */
    long realtime();

    /** Since an arbitrary moment, never negative, never decreasing. */
    long monotonic();

    /** Processor time used by this process. */
    long processCpu();

    /** Processor time used by the calling thread. */
    long threadCpu();

    /** The step of {@link #realtime} and {@link #monotonic}. */
    default long resolution() {
        return 1;
    }

    /** The step of {@link #processCpu} and {@link #threadCpu}. */
    default long cpuResolution() {
        return 1;
    }

    /** The clocks of this machine. */
    static Clocks system() {
        return SystemClocks.create();
    }
}
