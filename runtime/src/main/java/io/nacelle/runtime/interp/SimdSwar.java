// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.runtime.interp;

/**
 * Lane arithmetic on 64 bits at once. A {@code top} has the highest bit of every lane set; carries
 * are kept inside lanes by working on the lower bits and mending the top bit by exclusive or. A
 * predicate yields top bits, which {@link #fill} widens to whole lanes.
 */
public final class SimdSwar {
    public static final long TOP8 = 0x8080808080808080L;
    public static final long TOP16 = 0x8000800080008000L;
    public static final long TOP32 = 0x8000000080000000L;

    private SimdSwar() {}

    public static long add(long x, long y, long top) {
        return ((x & ~top) + (y & ~top)) ^ ((x ^ y) & top);
    }

    public static long sub(long x, long y, long top) {
        return ((x | top) - (y & ~top)) ^ ((x ^ ~y) & top);
    }

    /** Makes all-ones lanes of set top bits. */
    public static long fill(long tops, int width) {
        return (tops << 1) - (tops >>> (width - 1));
    }

    /** Bits of {@code x} where {@code mask} is set, of {@code y} elsewhere. */
    public static long select(long mask, long x, long y) {
        return y ^ ((x ^ y) & mask);
    }

    /** Top bits of the lanes that are not zero. */
    public static long nonZero(long x, long top) {
        return (((x & ~top) + ~top) | x) & top;
    }

    public static long eq(long x, long y, long top, int width) {
        return fill(nonZero(x ^ y, top) ^ top, width);
    }

    public static long ltU(long x, long y, long top, int width) {
        return fill(borrow(x, y, sub(x, y, top)) & top, width);
    }

    public static long ltS(long x, long y, long top, int width) {
        return ltU(x ^ top, y ^ top, top, width);
    }

    public static long minU(long x, long y, long top, int width) {
        return select(ltU(x, y, top, width), x, y);
    }

    public static long maxU(long x, long y, long top, int width) {
        return select(ltU(x, y, top, width), y, x);
    }

    public static long minS(long x, long y, long top, int width) {
        return select(ltS(x, y, top, width), x, y);
    }

    public static long maxS(long x, long y, long top, int width) {
        return select(ltS(x, y, top, width), y, x);
    }

    public static long abs(long x, long top, int width) {
        var negative = fill(x & top, width);
        return sub(x ^ negative, negative, top);
    }

    public static long addSatU(long x, long y, long top, int width) {
        var sum = add(x, y, top);
        var carry = (x & y) | ((x | y) & ~sum);
        return sum | fill(carry & top, width);
    }

    public static long subSatU(long x, long y, long top, int width) {
        var difference = sub(x, y, top);
        return difference & ~fill(borrow(x, y, difference) & top, width);
    }

    public static long addSatS(long x, long y, long top, int width) {
        var sum = add(x, y, top);
        var overflow = ~(x ^ y) & (x ^ sum) & top;
        return select(fill(overflow, width), bound(x, top, width), sum);
    }

    public static long subSatS(long x, long y, long top, int width) {
        var difference = sub(x, y, top);
        var overflow = (x ^ y) & (x ^ difference) & top;
        return select(fill(overflow, width), bound(x, top, width), difference);
    }

    public static long avgrU(long x, long y, long top, int width) {
        var ones = top >>> (width - 1);
        return (x | y) - (((x ^ y) & ~ones) >>> 1);
    }

    public static long shl(long x, int count, long top, int width) {
        var n = count & (width - 1);
        var ones = top >>> (width - 1);
        var lane = -1L >>> (64 - width);
        return (x << n) & (ones * ((lane << n) & lane));
    }

    public static long shrU(long x, int count, long top, int width) {
        var n = count & (width - 1);
        return (x >>> n) & kept(n, top, width);
    }

    public static long shrS(long x, int count, long top, int width) {
        var n = count & (width - 1);
        var kept = kept(n, top, width);
        return ((x >>> n) & kept) | (fill(x & top, width) & ~kept);
    }

    /** The bits of every lane that hold the operand's own bits after a right shift by n. */
    public static long kept(int n, long top, int width) {
        var ones = top >>> (width - 1);
        return ones * ((-1L >>> (64 - width)) >>> n);
    }

    /** The signed bound on the side of {@code x}'s sign: greatest or least value of a lane. */
    public static long bound(long x, long top, int width) {
        return fill(x & top, width) ^ ~top;
    }

    /** Borrows out of every bit of a subtraction, given its lane-wise difference. */
    public static long borrow(long x, long y, long difference) {
        return (~x & y) | (~(x ^ y) & difference);
    }
}
