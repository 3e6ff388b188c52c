// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.aotc.llvm;

import java.util.Locale;
import java.util.Objects;

/**
 * What native code is made for, in LLVM's words.
 *
 * @param triple the architecture and the system
 * @param cpu the oldest processor that the code runs on
 * @param features features of the processor beside those, as LLVM lists them ({@code
 *     +avx2,-avx512f}); may be empty
 */
public record Target(String triple, String cpu, String features) {
    public Target {
        Objects.requireNonNull(triple);
        Objects.requireNonNull(cpu);
        Objects.requireNonNull(features);
    }

    /** Linux on x86-64: every processor since about 2009, whose instructions round floats. */
    public static final Target X86_64 = new Target("x86_64-unknown-linux-gnu", "x86-64-v2", "");

    /** Linux on 64-bit Arm. */
    public static final Target AARCH64 = new Target("aarch64-unknown-linux-gnu", "generic", "");

    /**
     * The portable target of an architecture, by one of its usual names.
     *
     * @throws IllegalArgumentException for one that there is no code for
     */
    public static Target of(String architecture) {
        return switch (architecture.toLowerCase(Locale.ROOT)) {
            case "x86_64", "x86-64", "amd64", "x86_64-unknown-linux-gnu", "x86_64-linux" -> X86_64;
            case "aarch64", "arm64", "aarch64-unknown-linux-gnu", "aarch64-linux" -> AARCH64;
            default ->
                    throw new IllegalArgumentException(
                            "no native code for '"
                                    + architecture
                                    + "': there is x86-64 and aarch64");
        };
    }

    /** The portable target of the machine that this runs on. */
    public static Target host() {
        return of(System.getProperty("os.arch"));
    }

    public Target withCpu(String some) {
        return new Target(triple, some, features);
    }

    public Target withFeatures(String some) {
        return new Target(triple, cpu, some);
    }

    /** Whether it is 64-bit Arm; else it is x86-64. */
    public boolean isAarch64() {
        return triple.startsWith("aarch64");
    }
}
