// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Instructions that take operands and give results, without control. None of them makes a NaN,
 * whose bits may differ.
 *
 * @param text the instructions, a line each
 * @param plain those that need no memory or table besides the first are for every module
 * @param first whether the first operand is to be kept in bounds: an address or an index
 */
record RandomOps(
        List<String> text,
        boolean plain,
        long first,
        List<RandomCode.Type> params,
        List<RandomCode.Type> results) {

    /** As {@code mask | instructions : operands > results}; a mask is for the first operand. */
    private static final String ALL =
            """
            i32.add : ii>i
            i32.sub : ii>i
            i32.mul : ii>i
            i32.and : ii>i
            i32.or : ii>i
            i32.xor : ii>i
            i32.shl : ii>i
            i32.shr_s : ii>i
            i32.shr_u : ii>i
            i32.rotl : ii>i
            i32.eq : ii>i
            i32.ne : ii>i
            i32.lt_s : ii>i
            i32.lt_u : ii>i
            i32.ge_s : ii>i
            i32.ge_u : ii>i
            i32.gt_u : ii>i
            i32.le_s : ii>i
            i32.eqz : i>i
            i32.eqz; i32.eqz : i>i
            i32.lt_s; i32.eqz : ii>i
            i32.clz : i>i
            i32.popcnt : i>i
            i32.extend8_s : i>i
            i32.extend16_s : i>i
            i32.const 1; i32.add : i>i
            i32.const -1; i32.add : i>i
            i32.const 3; i32.shl : i>i
            i32.const 1; i32.or; i32.div_s : ii>i
            i32.const 7; i32.or; i32.rem_u : ii>i
            i32.const 1; i32.or; i32.rem_s : ii>i
            f32.convert_i32_s; f32.neg; i32.reinterpret_f32 : i>i
            i64.add : ll>l
            i64.sub : ll>l
            i64.mul : ll>l
            i64.xor : ll>l
            i64.shl : ll>l
            i64.shr_s : ll>l
            i64.rotr : ll>l
            i64.eq : ll>i
            i64.lt_s : ll>i
            i64.gt_u : ll>i
            i64.eqz : l>i
            i64.const 1; i64.add : l>l
            i64.const 4294967297; i64.add : l>l
            i64.const 7; i64.or; i64.div_u : ll>l
            i64.extend_i32_s : i>l
            i64.extend_i32_u : i>l
            i64.extend32_s : l>l
            i32.wrap_i64 : l>i
            i64.add128 : llll>ll
            i64.sub128 : llll>ll
            i64.mul_wide_s : ll>ll
            i64.mul_wide_u : ll>ll
            f64.add : dd>d
            f64.neg : d>d
            f64.abs : d>d
            f64.copysign : dd>d
            f64.min : dd>d
            f64.max : dd>d
            f64.floor : d>d
            f64.abs; f64.sqrt : d>d
            f64.lt : dd>i
            f64.ge : dd>i
            f64.ne : dd>i
            f64.lt; i32.eqz : dd>i
            f64.convert_i64_u : l>d
            f64.convert_i32_s : i>d
            i32.trunc_sat_f64_s : d>i
            i64.trunc_sat_f64_u : d>l
            i64.reinterpret_f64 : d>l
            i8x16.splat : i>v
            i16x8.splat : i>v
            i64x2.splat : l>v
            i8x16.extract_lane_s 7 : v>i
            i16x8.extract_lane_u 5 : v>i
            i32x4.extract_lane 2 : v>i
            i64x2.extract_lane 1 : v>l
            i8x16.replace_lane 9 : vi>v
            i16x8.replace_lane 3 : vi>v
            i32x4.replace_lane 0 : vi>v
            i64x2.replace_lane 1 : vl>v
            i8x16.shuffle 3 1 4 1 5 9 2 6 21 31 8 9 7 17 30 0 : vv>v
            i8x16.swizzle : vv>v
            i8x16.add_sat_s : vv>v
            i16x8.mul : vv>v
            i32x4.add : vv>v
            i32x4.lt_s : vv>v
            i32x4.dot_i16x8_s : vv>v
            i64x2.mul : vv>v
            i64x2.extmul_high_i32x4_u : vv>v
            i8x16.narrow_i16x8_u : vv>v
            i8x16.avgr_u : vv>v
            i32x4.shl : vi>v
            i64x2.shr_s : vi>v
            v128.bitselect : vvv>v
            v128.andnot : vv>v
            v128.not : v>v
            v128.any_true : v>i
            i16x8.all_true : v>i
            i8x16.bitmask : v>i
            ref.is_null : a>i
            ref.is_null : x>i
            ref.is_null; i32.eqz : f>i
            ref.eq : ee>i
            ref.i31 : i>e
            extern.convert_any : a>x
            any.convert_extern : x>a
            struct.new $base : iil>e
            array.new_fixed $ints 3 : iii>a
            array.new_fixed $refs 2 : aa>a
            struct.new $meta; struct.new_desc $thing; ref.get_desc $thing; struct.get $meta 0 : ii>i
            struct.new $meta; struct.new_desc $thing : ii>a
            global.get $described; struct.new_desc $thing : i>a
            ref.test (ref $thing) : a>i
            memory.size : >i
            memory.grow : i>i
            1020 | i32.load : i>i
            1020 | i32.load8_s offset=3 : i>i
            1020 | i32.load16_u offset=70 align=1 : i>i
            1020 | i64.load offset=65 align=1 : i>l
            1020 | i64.load32_s : i>l
            1020 | v128.load align=1 : i>v
            1020 | v128.load8x8_s : i>v
            1020 | v128.load32_splat : i>v
            1020 | v128.load64_zero : i>v
            1020 | v128.load8_lane 3 : iv>v
            1020 | v128.load16_lane offset=9 7 : iv>v
            1020 | v128.load64_lane 1 : iv>v
            1020 | i32.store : ii>
            1020 | i32.store8 offset=1 : ii>
            1020 | i64.store offset=65000 : il>
            1020 | i64.store16 : il>
            1020 | v128.store : iv>
            1020 | v128.store8_lane 15 : iv>
            1020 | v128.store32_lane offset=6 2 : iv>
            1020 | f64.store : id>
            1020 | i32.const 24; memory.fill : ii>
            1020 | i32.const 1023; i32.and; i32.const 40; memory.copy : ii>
            1020 | i32.const 7; i32.and; i32.const 5; memory.init $data : ii>
            1020 | i32.atomic.load offset=4 : i>i
            1020 | i32.atomic.rmw8.sub_u : ii>i
            1020 | i32.atomic.rmw.add : ii>i
            1016 | i64.atomic.rmw.xchg offset=8 : il>l
            1016 | i64.atomic.rmw32.or_u : il>l
            1020 | i32.atomic.rmw.cmpxchg : iii>i
            1016 | i64.atomic.rmw16.cmpxchg_u : ill>l
            1020 | i32.atomic.store : ii>
            1020 | memory.atomic.notify : ii>i
            atomic.fence : >
            + memory.size $second : >l
            + memory.grow $second : l>l
            + 1020 | i32.load $second : l>i
            + 1020 | i32.load16_s $second offset=77 : l>i
            + 1020 | i64.load $second offset=5 : l>l
            + 1020 | i32.store $second : li>
            + 1020 | i64.store8 $second offset=7 : ll>
            + 1020 | v128.load $second : l>v
            + 1020 | v128.load32_lane $second 1 : lv>v
            + 1020 | v128.store16_lane $second 6 : lv>
            + 1020 | i64.const 30; memory.fill $second : li>
            + 1020 | i64.const 511; i64.and; i64.const 50; memory.copy $second $second : ll>
            + 1020 | i32.const 511; i32.and; i32.const 50; memory.copy $second $memory : li>
            + 1020 | i64.const 511; i64.and; i32.const 50; memory.copy $third $second : il>
            + 1020 | i32.const 3; i32.and; i32.const 6; memory.init $second $data : li>
            + 1016 | i64.atomic.rmw.sub $second : ll>l
            + 1020 | i32.atomic.rmw16.cmpxchg_u $second : lii>i
            + 1020 | i64.load $third : i>l
            + 1020 | i64.store $third offset=11 : il>
            + 1020 | i32.atomic.rmw.xor $third : ii>i
            table.size $objects : >i
            i32.const 1; table.grow $objects : a>i
            7 | table.get $objects : i>a
            7 | table.set $objects : ia>
            3 | i32.const 3; table.fill $objects : ia>
            3 | i32.const 3; i32.and; i32.const 4; table.copy $objects $objects : ii>
            3 | i32.const 1; i32.and; i32.const 2; table.init $objects $made : ii>
            + i64.const 1; table.grow $far : x>l
            + 3 | table.get $far : l>x
            + 3 | table.set $far : lx>
            + 1 | i64.const 2; table.fill $far : lx>
            + 1 | i64.const 1; i64.and; i64.const 2; table.copy $far $far : ll>
            + table.size $far : >l
            """;

    private static final List<RandomOps> OPS = ALL.lines().map(RandomOps::parse).toList();

    static RandomOps any(SplittableRandom random) {
        return OPS.get(random.nextInt(OPS.size()));
    }

    private static RandomOps parse(String line) {
        boolean plain = !line.startsWith("+");
        var text = plain ? line : line.substring(2);
        int bar = text.indexOf('|');
        long first = bar < 0 ? -1 : Long.parseLong(text.substring(0, bar).strip());
        int colon = text.indexOf(':');
        int arrow = text.indexOf('>', colon);
        return new RandomOps(
                List.of(text.substring(bar + 1, colon).strip().split("; ")),
                plain,
                first,
                types(text.substring(colon + 1, arrow)),
                types(text.substring(arrow + 1)));
    }

    private static List<RandomCode.Type> types(String letters) {
        var types = new ArrayList<RandomCode.Type>();
        for (char letter : letters.strip().toCharArray()) {
            types.add(
                    switch (letter) {
                        case 'i' -> RandomCode.Type.I32;
                        case 'l' -> RandomCode.Type.I64;
                        case 'd' -> RandomCode.Type.F64;
                        case 'v' -> RandomCode.Type.V128;
                        case 'a' -> RandomCode.Type.ANY;
                        case 'e' -> RandomCode.Type.EQ;
                        case 'f' -> RandomCode.Type.FUNC;
                        case 'x' -> RandomCode.Type.EXTERN;
                        default -> throw new IllegalArgumentException(letters);
                    });
        }
        return types;
    }
}
