// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

/** Whether a loop may go by a signed comparison instead of its own. */
public final class Rounds {
    private Rounds() {}

    /** Whether a number that is compared for being equal gets to the end, without overflow. */
    public static boolean meet(int first, int end, int step) {
        long way = (long) end - first;
        return (step > 0 ? way >= 0 : way <= 0) && way % step == 0;
    }

    /** Whether neither a number that is compared unsigned nor its end is ever negative. */
    public static boolean stayPositive(int first, int end, int step) {
        return first >= 0
                && (step > 0 ? end >= 0 && end <= Integer.MAX_VALUE - step : end >= -step);
    }

    /** Whether a number and what is reached from it are below a limit. */
    public static boolean areWithin(int first, int limit, int reach) {
        return first >= 0 && first <= limit - reach;
    }
}
