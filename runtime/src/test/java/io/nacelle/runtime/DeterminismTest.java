// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongUnaryOperator;

/** The deterministic profile: bits of what float instructions give, in every mode and store. */
final class DeterminismTest {
    private static final long CANONICAL_32 = 0x7FC0_0000L;
    private static final long CANONICAL_64 = 0x7FF8_0000_0000_0000L;

    private static final List<String> UNARY =
            List.of("ceil", "floor", "trunc", "nearest", "sqrt", "abs", "neg");
    private static final List<String> BINARY = List.of("add", "sub", "mul", "div", "min", "max");
    private static final List<String> QUIET = List.of("abs", "neg", "copysign", "pmin", "pmax");

    private static final long[] BITS_32 = {
        0,
        0x8000_0000L,
        0x3F80_0000L,
        0xBF80_0000L,
        0x7F80_0000L,
        0xFF80_0000L,
        0x7FC0_0000L,
        0xFFC0_0000L,
        0x7FA0_0001L,
        0xFFA0_0001L,
        0x7FFF_FFFFL,
        0x0000_0001L,
        0x7F7F_FFFFL,
        0x4B00_0001L
    };
    private static final long[] BITS_64 = {
        0,
        1L << 63,
        0x3FF0L << 48,
        0xBFF0L << 48,
        0x7FF0L << 48,
        0xFFF0L << 48,
        0x7FF8L << 48,
        0xFFF8L << 48,
        0x7FF4_0000_0000_0001L,
        0xFFF4_0000_0000_0001L,
        -1L,
        1,
        0x7FEF_FFFF_FFFF_FFFFL,
        0x4330_0000_0000_0001L
    };

    private static boolean isNan32(long bits) {
        return (bits & 0x7FFF_FFFFL) > 0x7F80_0000L;
    }

    private static boolean isNan64(long bits) {
        return (bits & Long.MAX_VALUE) > 0x7FF0L << 48;
    }

    /** A function of two numbers, given and returned as integers so that no bit gets lost. */
    private static String scalar(String name, String body, String of, String result) {
        var type = of.equals("f32") ? "i32" : "i64";
        var resultType = result.equals("f32") ? "i32" : "i64";
        var parameter = "(%s.reinterpret_%s (local.get ".formatted(of, type);
        // Through a local, which takes the place of the result's slot.
        return """
            (func (export "%s") (param %s %s) (result %s) (local %s)
              (local.set 2 %s)
              (%s.reinterpret_%s (local.get 2)))
            """
                .formatted(
                        name,
                        type,
                        type,
                        resultType,
                        result,
                        body.replace("A", parameter + "0))").replace("B", parameter + "1))"),
                        resultType,
                        result);
    }

    private static String scalars() {
        var text = new StringBuilder("(module");
        for (var f : List.of("f32", "f64")) {
            for (var op : UNARY) {
                var name = f + "." + op;
                text.append(scalar(name, "(" + name + " A)", f, f));
            }
            for (var op : BINARY) {
                var name = f + "." + op;
                text.append(scalar(name, "(" + name + " A B)", f, f));
                text.append(
                        scalar(
                                name + "+",
                                "(%s (%s A B) (%s.sqrt B))".formatted(name, name, f),
                                f,
                                f));
            }
            text.append(scalar(f + ".copysign", "(" + f + ".copysign A B)", f, f));
        }
        text.append(scalar("f32.demote_f64", "(f32.demote_f64 A)", "f64", "f32"));
        text.append(scalar("f64.promote_f32", "(f64.promote_f32 A)", "f32", "f64"));
        return text.append(")").toString();
    }

    private static List<Object> results(Instance it, String name) {
        var found = new ArrayList<Object>();
        boolean narrow = name.startsWith("f32") && !name.contains("demote");
        boolean from32 = narrow || name.contains("promote");
        for (long a : from32 ? BITS_32 : BITS_64) {
            for (long b : from32 ? BITS_32 : BITS_64) {
                found.add(
                        from32 ? World.one(it, name, (int) a, (int) b) : World.one(it, name, a, b));
            }
        }
        return found;
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void scalarInstructionsGiveCanonicalNansAndNothingElseIsChanged(World.Setup setup) {
        try (var usual = setup.world();
                var fixed = setup.deterministic()) {
            var plain = usual.instance(scalars());
            var it = fixed.instance(scalars());
            int nans = 0;
            for (var name : it.exports().keySet()) {
                var expected = results(plain, name);
                var actual = results(it, name);
                boolean quiet = QUIET.stream().anyMatch(name::endsWith);
                for (int i = 0; i < expected.size(); i++) {
                    long was = ((Number) expected.get(i)).longValue();
                    boolean small = expected.get(i) instanceof Integer;
                    long bits = small ? was & 0xFFFF_FFFFL : was;
                    boolean nan = small ? isNan32(bits) : isNan64(bits);
                    if (nan && !quiet) {
                        bits = small ? CANONICAL_32 : CANONICAL_64;
                        nans++;
                    }
                    long is = ((Number) actual.get(i)).longValue();
                    assertEquals(bits, small ? is & 0xFFFF_FFFFL : is, name + " of pair " + i);
                }
            }
            assertTrue(nans > 1000, "the operands give NaNs: " + nans);
        }
    }

    private static List<String> vectorOps(String shape) {
        var ops = new ArrayList<String>();
        UNARY.forEach(op -> ops.add("(%s.%s (local.get 0))".formatted(shape, op)));
        for (var op : BINARY) {
            ops.add("(%s.%s (local.get 0) (local.get 1))".formatted(shape, op));
        }
        for (var op : List.of("pmin", "pmax", "relaxed_min", "relaxed_max")) {
            ops.add("(%s.%s (local.get 0) (local.get 1))".formatted(shape, op));
        }
        for (var op : List.of("relaxed_madd", "relaxed_nmadd")) {
            ops.add("(%s.%s (local.get 0) (local.get 1) (local.get 2))".formatted(shape, op));
        }
        ops.add(
                shape.equals("f32x4")
                        ? "(f32x4.demote_f64x2_zero (local.get 0))"
                        : "(f64x2.promote_low_f32x4 (local.get 0))");
        return ops;
    }

    private static String vectors() {
        var text = new StringBuilder("(module");
        for (var shape : List.of("f32x4", "f64x2")) {
            for (var op : vectorOps(shape)) {
                text.append(
                        """
                        (func (export "%s") (param v128 v128 v128) (result v128) (local v128)
                          (local.set 3 %s) (local.get 3))
                        """
                                .formatted(op, op));
            }
        }
        return text.append(")").toString();
    }

    private static long lane32(SplittableRandom random) {
        return BITS_32[random.nextInt(BITS_32.length)];
    }

    private static long half(SplittableRandom random) {
        return random.nextBoolean()
                ? BITS_64[random.nextInt(BITS_64.length)]
                : lane32(random) | lane32(random) << 32;
    }

    private static V128 vector(SplittableRandom random) {
        return new V128(half(random), half(random));
    }

    private static long lanes(long half, LongUnaryOperator each) {
        return each.applyAsLong(half & 0xFFFF_FFFFL) | each.applyAsLong(half >>> 32) << 32;
    }

    private static V128 canonical(V128 value, boolean small) {
        LongUnaryOperator half =
                small
                        ? h -> lanes(h, bits -> isNan32(bits) ? CANONICAL_32 : bits)
                        : bits -> isNan64(bits) ? CANONICAL_64 : bits;
        return new V128(half.applyAsLong(value.low()), half.applyAsLong(value.high()));
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void vectorInstructionsGiveCanonicalNansInEveryLane(World.Setup setup) {
        try (var usual = setup.world();
                var fixed = setup.deterministic()) {
            var plain = usual.instance(vectors());
            var it = fixed.instance(vectors());
            var random = new SplittableRandom(7);
            int changed = 0;
            for (var name : it.exports().keySet()) {
                boolean quiet = QUIET.stream().anyMatch(op -> name.contains("." + op + " "));
                for (int i = 0; i < 100; i++) {
                    var args = new Object[] {vector(random), vector(random), vector(random)};
                    var was = (V128) World.one(plain, name, args);
                    var expected = quiet ? was : canonical(was, name.startsWith("(f32x4"));
                    changed += expected.equals(was) ? 0 : 1;
                    assertEquals(expected, World.one(it, name, args), name);
                }
            }
            assertTrue(changed > 500, "the operands give other NaNs: " + changed);
        }
    }

    /** Relaxed instructions are what the deterministic profile prescribes, in every profile. */
    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void relaxedInstructionsMakeTheFirstOfTheirChoices(World.Setup setup) {
        try (var world = setup.world()) {
            var it =
                    world.instance(
                            """
                            (module
                              (func (export "madd") (result f32)
                                (f32x4.extract_lane 0 (f32x4.relaxed_madd
                                  (f32x4.splat (f32.const 0x1.000002p0))
                                  (f32x4.splat (f32.const 0x1.000002p0))
                                  (f32x4.splat (f32.const -0x1.000004p0)))))
                              (func (export "min") (result i64)
                                (i64x2.extract_lane 0 (f64x2.relaxed_min
                                  (f64x2.splat (f64.const 0)) (f64x2.splat (f64.const -0)))))
                              (func (export "trunc_s") (result i32)
                                (i32x4.extract_lane 0 (i32x4.relaxed_trunc_f32x4_s
                                  (f32x4.splat (f32.const nan)))))
                              (func (export "trunc_u") (result i32)
                                (i32x4.extract_lane 0 (i32x4.relaxed_trunc_f32x4_u
                                  (f32x4.splat (f32.const -5)))))
                              (func (export "swizzle") (result i32)
                                (i8x16.extract_lane_u 0 (i8x16.relaxed_swizzle
                                  (i8x16.splat (i32.const 7)) (i8x16.splat (i32.const 17)))))
                              (func (export "select") (result i32)
                                (i8x16.extract_lane_u 0 (i8x16.relaxed_laneselect
                                  (i8x16.splat (i32.const 0xFF)) (i8x16.splat (i32.const 0))
                                  (i8x16.splat (i32.const 0x81)))))
                              (func (export "q15") (result i32)
                                (i16x8.extract_lane_s 0 (i16x8.relaxed_q15mulr_s
                                  (i16x8.splat (i32.const -32768))
                                  (i16x8.splat (i32.const -32768)))))
                              (func (export "dot") (result i32)
                                (i16x8.extract_lane_s 0 (i16x8.relaxed_dot_i8x16_i7x16_s
                                  (i8x16.splat (i32.const 2)) (i8x16.splat (i32.const -3))))))
                            """);
            assertEquals(0f, World.one(it, "madd"), "not fused");
            assertEquals(Long.MIN_VALUE, World.one(it, "min"));
            assertEquals(0, World.one(it, "trunc_s"));
            assertEquals(0, World.one(it, "trunc_u"));
            assertEquals(0, World.one(it, "swizzle"));
            assertEquals(0x81, World.one(it, "select"), "bit by bit");
            assertEquals(32767, World.one(it, "q15"));
            assertEquals(-12, World.one(it, "dot"), "both operands are signed");
        }
    }

    /** Programs of random float instructions, run for long enough that NaNs meet each other. */
    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void randomProgramsGiveTheSameBitsInEveryModeAndStore(World.Setup setup) {
        var reference = World.every().findFirst().orElseThrow();
        try (var first = reference.deterministic();
                var second = setup.deterministic()) {
            for (int seed = 0; seed < 60; seed++) {
                var text = program(new SplittableRandom(seed));
                assertEquals(
                        World.one(first.instance(text), "run"),
                        World.one(second.instance(text), "run"),
                        text);
            }
        }
    }

    private static String program(SplittableRandom random) {
        var body = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            var ops = random.nextBoolean() ? UNARY : BINARY;
            var op = ops.get(random.nextInt(ops.size()));
            int to = random.nextInt(4);
            var from = "(local.get " + random.nextInt(4) + ")";
            var other = ops == BINARY ? "(local.get " + random.nextInt(4) + ")" : "";
            body.append("(local.set %d (f64.%s %s %s))%n".formatted(to, op, from, other));
        }
        return """
            (module (func (export "run") (result i64) (local f64 f64 f64 f64 i32 i64)
              (local.set 0 (f64.const -nan:0x4000000000123))
              (local.set 1 (f64.const inf))
              (local.set 2 (f64.const -1.5))
              (local.set 3 (f64.const 0x1p-1074))
              (loop $again
                %s
                (local.set 5 (i64.xor (i64.rotl (local.get 5) (i64.const 7))
                  (i64.xor (i64.reinterpret_f64 (local.get 0))
                    (i64.reinterpret_f64 (local.get 1)))))
                (local.set 3 (f64.convert_i32_s (local.get 4)))
                (local.set 1 (f64.promote_f32 (f32.demote_f64 (local.get 2))))
                (br_if $again (i32.lt_s
                  (local.tee 4 (i32.add (local.get 4) (i32.const 1))) (i32.const 20))))
              (local.get 5)))
            """
                .formatted(body);
    }
}
