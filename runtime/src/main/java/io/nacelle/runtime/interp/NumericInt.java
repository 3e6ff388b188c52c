// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.runtime.interp;

/** Scalar integer arithmetic, opcodes 0x67 to 0x8A. */
final class NumericInt {
    private NumericInt() {}

    static int eval32(int opcode, long[] s, int a, int b) {
        return switch (opcode) {
            case 0x67 -> Integer.numberOfLeadingZeros((int) s[a]); // i32.clz
            case 0x68 -> Integer.numberOfTrailingZeros((int) s[a]); // i32.ctz
            case 0x69 -> Integer.bitCount((int) s[a]); // i32.popcnt
            case 0x6A -> (int) s[a] + (int) s[b]; // i32.add
            case 0x6B -> (int) s[a] - (int) s[b]; // i32.sub
            case 0x6C -> (int) s[a] * (int) s[b]; // i32.mul
            case 0x6D -> Numeric.i32DivS((int) s[a], (int) s[b]); // i32.div_s
            case 0x6E -> Numeric.i32DivU((int) s[a], (int) s[b]); // i32.div_u
            case 0x6F -> Numeric.i32RemS((int) s[a], (int) s[b]); // i32.rem_s
            case 0x70 -> Numeric.i32RemU((int) s[a], (int) s[b]); // i32.rem_u
            case 0x71 -> (int) s[a] & (int) s[b]; // i32.and
            case 0x72 -> (int) s[a] | (int) s[b]; // i32.or
            case 0x73 -> (int) s[a] ^ (int) s[b]; // i32.xor
            case 0x74 -> (int) s[a] << (int) s[b]; // i32.shl
            case 0x75 -> (int) s[a] >> (int) s[b]; // i32.shr_s
            case 0x76 -> (int) s[a] >>> (int) s[b]; // i32.shr_u
            case 0x77 -> Integer.rotateLeft((int) s[a], (int) s[b]); // i32.rotl
            case 0x78 -> Integer.rotateRight((int) s[a], (int) s[b]); // i32.rotr
            default -> throw Simd.unknown(opcode);
        };
    }

    static long eval64(int opcode, long[] s, int a, int b) {
        return switch (opcode) {
            case 0x79 -> Long.numberOfLeadingZeros(s[a]); // i64.clz
            case 0x7A -> Long.numberOfTrailingZeros(s[a]); // i64.ctz
            case 0x7B -> Long.bitCount(s[a]); // i64.popcnt
            case 0x7C -> s[a] + s[b]; // i64.add
            case 0x7D -> s[a] - s[b]; // i64.sub
            case 0x7E -> s[a] * s[b]; // i64.mul
            case 0x7F -> Numeric.i64DivS(s[a], s[b]); // i64.div_s
            case 0x80 -> Numeric.i64DivU(s[a], s[b]); // i64.div_u
            case 0x81 -> Numeric.i64RemS(s[a], s[b]); // i64.rem_s
            case 0x82 -> Numeric.i64RemU(s[a], s[b]); // i64.rem_u
            case 0x83 -> s[a] & s[b]; // i64.and
            case 0x84 -> s[a] | s[b]; // i64.or
            case 0x85 -> s[a] ^ s[b]; // i64.xor
            case 0x86 -> s[a] << s[b]; // i64.shl
            case 0x87 -> s[a] >> s[b]; // i64.shr_s
            case 0x88 -> s[a] >>> s[b]; // i64.shr_u
            case 0x89 -> Long.rotateLeft(s[a], (int) s[b]); // i64.rotl
            case 0x8A -> Long.rotateRight(s[a], (int) s[b]); // i64.rotr
            default -> throw Simd.unknown(opcode);
        };
    }
}
