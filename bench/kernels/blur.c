// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// Blurs a picture of bytes with a box of three by three: loops that a compiler turns into vectors by
// itself where it may.

#include "kernel.h"

enum { WIDTH = 256, HEIGHT = 256 };

static u8 picture[HEIGHT][WIDTH], blurred[HEIGHT][WIDTH];

__attribute__((noinline)) static void blur(u8 (*restrict to)[WIDTH], u8 (*restrict from)[WIDTH]) {
    u16 column[WIDTH];
    for (u32 y = 1; y + 1 < HEIGHT; y++) {
        for (u32 x = 0; x < WIDTH; x++) {
            column[x] = (u16)(from[y - 1][x] + from[y][x] + from[y + 1][x]);
        }
        // A ninth, as far as sixteen bits tell it.
        for (u32 x = 1; x + 1 < WIDTH; x++) {
            u32 sum = (u16)(column[x - 1] + column[x] + column[x + 1]);
            to[y][x] = (u8)(sum * 7282 >> 16);
        }
    }
}

i32 run(i32 n) {
    u32 seed = 9, hash = 0;
    for (u32 y = 0; y < HEIGHT; y++) {
        for (u32 x = 0; x < WIDTH; x++) picture[y][x] = blurred[y][x] = (u8)next_random(&seed);
    }
    for (i32 round = 0; round < n; round++) {
        blur(blurred, picture);
        blur(picture, blurred);
        picture[1 + round % (HEIGHT - 2)][1 + round % (WIDTH - 2)] ^= 0xff;
    }
    for (u32 y = 0; y < HEIGHT; y++) {
        for (u32 x = 0; x < WIDTH; x++) hash = mix_in(hash, picture[y][x]);
    }
    return (i32)hash;
}

KERNEL(1000, 65)
