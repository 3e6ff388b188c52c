// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.runtime.interp;

import static io.nacelle.runtime.interp.NumericFloat.f32;
import static io.nacelle.runtime.interp.NumericFloat.f64;

/** Scalar tests and comparisons, opcodes 0x45 to 0x66. */
final class NumericCompare {
    private NumericCompare() {}

    static boolean eval(int opcode, long[] s, int a, int b) {
        return switch (opcode) {
            case 0x45 -> (int) s[a] == 0; // i32.eqz
            case 0x46 -> (int) s[a] == (int) s[b]; // i32.eq
            case 0x47 -> (int) s[a] != (int) s[b]; // i32.ne
            case 0x48 -> (int) s[a] < (int) s[b]; // i32.lt_s
            case 0x49 -> Integer.compareUnsigned((int) s[a], (int) s[b]) < 0; // i32.lt_u
            case 0x4A -> (int) s[a] > (int) s[b]; // i32.gt_s
            case 0x4B -> Integer.compareUnsigned((int) s[a], (int) s[b]) > 0; // i32.gt_u
            case 0x4C -> (int) s[a] <= (int) s[b]; // i32.le_s
            case 0x4D -> Integer.compareUnsigned((int) s[a], (int) s[b]) <= 0; // i32.le_u
            case 0x4E -> (int) s[a] >= (int) s[b]; // i32.ge_s
            case 0x4F -> Integer.compareUnsigned((int) s[a], (int) s[b]) >= 0; // i32.ge_u
            case 0x50 -> s[a] == 0; // i64.eqz
            case 0x51 -> s[a] == s[b]; // i64.eq
            case 0x52 -> s[a] != s[b]; // i64.ne
            case 0x53 -> s[a] < s[b]; // i64.lt_s
            case 0x54 -> Long.compareUnsigned(s[a], s[b]) < 0; // i64.lt_u
            case 0x55 -> s[a] > s[b]; // i64.gt_s
            case 0x56 -> Long.compareUnsigned(s[a], s[b]) > 0; // i64.gt_u
            case 0x57 -> s[a] <= s[b]; // i64.le_s
            case 0x58 -> Long.compareUnsigned(s[a], s[b]) <= 0; // i64.le_u
            case 0x59 -> s[a] >= s[b]; // i64.ge_s
            case 0x5A -> Long.compareUnsigned(s[a], s[b]) >= 0; // i64.ge_u
            case 0x5B -> f32(s[a]) == f32(s[b]); // f32.eq
            case 0x5C -> f32(s[a]) != f32(s[b]); // f32.ne
            case 0x5D -> f32(s[a]) < f32(s[b]); // f32.lt
            case 0x5E -> f32(s[a]) > f32(s[b]); // f32.gt
            case 0x5F -> f32(s[a]) <= f32(s[b]); // f32.le
            case 0x60 -> f32(s[a]) >= f32(s[b]); // f32.ge
            case 0x61 -> f64(s[a]) == f64(s[b]); // f64.eq
            case 0x62 -> f64(s[a]) != f64(s[b]); // f64.ne
            case 0x63 -> f64(s[a]) < f64(s[b]); // f64.lt
            case 0x64 -> f64(s[a]) > f64(s[b]); // f64.gt
            case 0x65 -> f64(s[a]) <= f64(s[b]); // f64.le
            case 0x66 -> f64(s[a]) >= f64(s[b]); // f64.ge
            default -> throw Simd.unknown(opcode);
        };
    }
}
