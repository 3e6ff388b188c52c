// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

/**
 * A value of type i31: the Java form of a non-null {@code i31ref} (spec 4.2.1). Two of them are the
 * same reference when they are the same number.
 *
 * @param value the number, as a signed one of 31 bits
 */
public record I31(int value) {
    public static final int MIN = -1 << 30;
    public static final int MAX = (1 << 30) - 1;

    /**
     * @throws IllegalArgumentException when the number does not fit 31 bits
     */
    public I31 {
        if (value << 1 >> 1 != value) {
            throw new IllegalArgumentException(value + " does not fit 31 bits");
        }
    }

    /** The lowest 31 bits of a number. */
    public static I31 wrap(int value) {
        return new I31(value << 1 >> 1);
    }

    /** The number, as an unsigned one of 31 bits. */
    public int unsigned() {
        return value & Integer.MAX_VALUE;
    }
}
