// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.runtime.interp;

/** Vector operations lane by lane from their mnemonics, on {@link NumericReference}. */
final class SimdReference {
    private SimdReference() {}

    /** A v128 in two halves. */
    record Vec(long lo, long hi) {
        long lane(int i, int width) {
            var bit = i * width;
            return (bit < 64 ? lo : hi) >>> (bit % 64) & NumericReference.mask(width);
        }

        long[] lanes(int width) {
            var result = new long[128 / width];
            for (var i = 0; i < result.length; i++) {
                result[i] = lane(i, width);
            }
            return result;
        }

        static Vec of(long[] lanes, int width) {
            var lo = 0L;
            var hi = 0L;
            for (var i = 0; i < lanes.length; i++) {
                var bit = i * width;
                var lane = (lanes[i] & NumericReference.mask(width)) << (bit % 64);
                if (bit < 64) {
                    lo |= lane;
                } else {
                    hi |= lane;
                }
            }
            return new Vec(lo, hi);
        }

        @Override
        public String toString() {
            return "%016x:%016x".formatted(hi, lo);
        }
    }

    private static int shapeWidth(String shape) {
        return shape.equals("v128")
                ? 128
                : Integer.parseInt(shape.substring(1, shape.indexOf('x')));
    }

    /** The width of the lanes that the instruction reads. */
    static int operandWidth(String mnemonic) {
        var matcher = java.util.regex.Pattern.compile("_([if]\\d+x\\d+)").matcher(mnemonic);
        return matcher.find()
                ? shapeWidth(matcher.group(1))
                : shapeWidth(mnemonic.substring(0, mnemonic.indexOf('.')));
    }

    static Vec splat(long value, int width) {
        var lanes = new long[128 / width];
        java.util.Arrays.fill(lanes, value);
        return Vec.of(lanes, width);
    }

    /** Lanes from {@code first} on, each made twice as wide. */
    static Vec extend(Vec x, int from, int first, boolean signed) {
        var lanes = new long[64 / from];
        for (var i = 0; i < lanes.length; i++) {
            lanes[i] = widened(x, first + i, from, signed);
        }
        return Vec.of(lanes, 2 * from);
    }

    private static long widened(Vec x, int lane, int from, boolean signed) {
        var bits = x.lane(lane, from);
        return signed ? NumericReference.signed(bits, from).longValue() : bits;
    }

    static Vec eval(String mnemonic, Vec x, Vec y, Vec z) {
        var dot = mnemonic.indexOf('.');
        var shape = mnemonic.substring(0, dot);
        var name = mnemonic.substring(dot + 1);
        var width = shapeWidth(shape);
        var isFloat = shape.charAt(0) == 'f';
        if (width == 128) {
            return bitwise(name, x, y, z);
        }
        if (name.endsWith("_laneselect")) {
            return bitwise("bitselect", x, y, z);
        }
        var from = operandWidth(mnemonic);
        var count = 128 / width;
        var r = new long[count];
        if (name.startsWith("extend_")) {
            return extend(x, from, name.contains("high") ? count : 0, name.endsWith("_s"));
        }
        if (name.startsWith("extmul_")) {
            var sx = name.endsWith("_s");
            var first = name.contains("high") ? count : 0;
            for (var i = 0; i < count; i++) {
                r[i] = widened(x, first + i, from, sx) * widened(y, first + i, from, sx);
            }
            return Vec.of(r, width);
        }
        if (name.startsWith("extadd_pairwise_")) {
            var sx = name.endsWith("_s");
            for (var i = 0; i < count; i++) {
                r[i] = widened(x, 2 * i, from, sx) + widened(x, 2 * i + 1, from, sx);
            }
            return Vec.of(r, width);
        }
        if (name.startsWith("narrow_")) {
            for (var i = 0; i < count; i++) {
                var source = i < count / 2 ? x : y;
                var lane = NumericReference.signed(source.lane(i % (count / 2), from), from);
                r[i] = NumericReference.clamp(lane, width, name.endsWith("_s"));
            }
            return Vec.of(r, width);
        }
        if (name.startsWith("trunc_sat_") || name.startsWith("relaxed_trunc_")) {
            var sx = name.endsWith("_s") || name.endsWith("_s_zero");
            for (var i = 0; i < 128 / from; i++) {
                r[i] = NumericReference.truncateSaturating(x.lane(i, from), from, 32, sx);
            }
            return Vec.of(r, width);
        }
        if (name.startsWith("convert_")) {
            for (var i = 0; i < count; i++) {
                r[i] = NumericReference.convert(x.lane(i, 32), 32, width, name.endsWith("_s"));
            }
            return Vec.of(r, width);
        }
        switch (name) {
            case "demote_f64x2_zero", "promote_low_f32x4" -> {
                for (var i = 0; i < 2; i++) {
                    var value = NumericReference.toDouble(x.lane(i, from), from);
                    r[i] = NumericReference.fromDouble(value, width);
                }
                return Vec.of(r, width);
            }
            case "dot_i16x8_s" -> {
                for (var i = 0; i < count; i++) {
                    r[i] = product(x, y, 2 * i, 16) + product(x, y, 2 * i + 1, 16);
                }
                return Vec.of(r, width);
            }
            case "relaxed_dot_i8x16_i7x16_s" -> {
                for (var i = 0; i < count; i++) {
                    r[i] = saturatedPair(x, y, i);
                }
                return Vec.of(r, width);
            }
            case "relaxed_dot_i8x16_i7x16_add_s" -> {
                for (var i = 0; i < count; i++) {
                    r[i] =
                            saturatedPair(x, y, 2 * i)
                                    + saturatedPair(x, y, 2 * i + 1)
                                    + z.lane(i, 32);
                }
                return Vec.of(r, width);
            }
            case "swizzle", "relaxed_swizzle" -> {
                for (var i = 0; i < count; i++) {
                    var index = y.lane(i, 8);
                    r[i] = index < 16 ? x.lane((int) index, 8) : 0;
                }
                return Vec.of(r, width);
            }
            case "splat" -> {
                return splat(x.lo(), width);
            }
            case "all_true" -> {
                var all = 1L;
                for (var lane : x.lanes(width)) {
                    all &= lane != 0 ? 1 : 0;
                }
                return new Vec(all, 0);
            }
            case "bitmask" -> {
                var bits = 0L;
                for (var i = 0; i < count; i++) {
                    bits |= (x.lane(i, width) >>> (width - 1)) << i;
                }
                return new Vec(bits, 0);
            }
            default -> {}
        }
        for (var i = 0; i < count; i++) {
            var a = x.lane(i, width);
            var b = y.lane(i, width);
            if (name.equals("shl") || name.equals("shr_s") || name.equals("shr_u")) {
                b = y.lo();
            }
            if (name.endsWith("madd")) {
                var sign = name.contains("nmadd") ? 1L << (width - 1) : 0;
                var product = NumericReference.floating("mul", width, a ^ sign, b);
                r[i] = NumericReference.floating("add", width, product, z.lane(i, width));
                continue;
            }
            var value =
                    isFloat
                            ? NumericReference.floating(name, width, a, b)
                            : NumericReference.integer(name, width, a, b);
            r[i] = NumericReference.isRelation(name) ? -value : value;
        }
        return Vec.of(r, width);
    }

    private static long product(Vec x, Vec y, int lane, int from) {
        return widened(x, lane, from, true) * widened(y, lane, from, true);
    }

    private static long saturatedPair(Vec x, Vec y, int pair) {
        var sum = product(x, y, 2 * pair, 8) + product(x, y, 2 * pair + 1, 8);
        return Math.clamp(sum, Short.MIN_VALUE, Short.MAX_VALUE);
    }

    private static Vec bitwise(String name, Vec x, Vec y, Vec z) {
        return switch (name) {
            case "not" -> new Vec(~x.lo(), ~x.hi());
            case "and" -> new Vec(x.lo() & y.lo(), x.hi() & y.hi());
            case "andnot" -> new Vec(x.lo() & ~y.lo(), x.hi() & ~y.hi());
            case "or" -> new Vec(x.lo() | y.lo(), x.hi() | y.hi());
            case "xor" -> new Vec(x.lo() ^ y.lo(), x.hi() ^ y.hi());
            case "bitselect" ->
                    new Vec(
                            (x.lo() & z.lo()) | (y.lo() & ~z.lo()),
                            (x.hi() & z.hi()) | (y.hi() & ~z.hi()));
            case "any_true" -> new Vec(x.lo() == 0 && x.hi() == 0 ? 0 : 1, 0);
            default -> throw new AssertionError("no reference for v128." + name);
        };
    }
}
