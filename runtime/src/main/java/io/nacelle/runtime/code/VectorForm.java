// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

import io.nacelle.runtime.V128;

/**
 * What vectors are in compiled code, where that is not {@link V128}: for those that move values of
 * any kind. There is one at most, and whoever makes such code sets it before.
 */
public abstract class VectorForm {
    /** How letters name kinds of values: a number, a reference, a vector of either form. */
    static final char V128_LETTER = 'v';

    static final char OTHER_LETTER = 'w';

    private static volatile VectorForm other;

    /** For implementations. */
    protected VectorForm() {}

    /** Sets the other form, the same each time. */
    public static void use(VectorForm form) {
        other = form;
    }

    /** Whether an object is a vector of this form. */
    protected abstract boolean isOne(Object value);

    protected abstract Object make(long low, long high);

    protected abstract long lowOf(Object vector);

    protected abstract long highOf(Object vector);

    static boolean isVector(char letter) {
        return letter == V128_LETTER || letter == OTHER_LETTER;
    }

    /** Makes a vector of the form that a letter names. */
    static Object of(char letter, long low, long high) {
        return letter == V128_LETTER ? new V128(low, high) : other.make(low, high);
    }

    static boolean isVector(Object value) {
        if (value instanceof V128) {
            return true;
        }
        var form = other;
        return form != null && form.isOne(value);
    }

    static long low(Object vector) {
        return vector instanceof V128 pair ? pair.low() : other.lowOf(vector);
    }

    static long high(Object vector) {
        return vector instanceof V128 pair ? pair.high() : other.highOf(vector);
    }
}
