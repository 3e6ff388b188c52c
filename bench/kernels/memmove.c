// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// Moves overlapping blocks byte by byte, forwards and backwards, by hand: the loop that a program
// without bulk memory instructions has.

#include "kernel.h"

enum { SIZE = 1 << 16 };

static u8 block[SIZE];

// The addresses are compared as numbers, and the distance is unknown: no compiler makes it a call.
__attribute__((noinline)) static void move(u8 *to, const u8 *from, u32 length) {
    if (to < from) {
        for (u32 i = 0; i < length; i++) to[i] = from[i];
    } else {
        for (u32 i = length; i-- > 0;) to[i] = from[i];
    }
}

i32 run(i32 n) {
    u32 seed = 31, hash = 0;
    for (u32 i = 0; i < SIZE; i++) block[i] = next_random(&seed);
    for (i32 round = 0; round < n; round++) {
        u32 from = next_random(&seed) % (SIZE / 2), to = next_random(&seed) % (SIZE / 2);
        move(block + to, block + from, SIZE / 2);
        block[from] = round;
        hash = mix_in(hash, block[to + 1000]);
    }
    for (u32 i = 0; i < SIZE; i++) hash = hash * 31 + block[i];
    return (i32)hash;
}

KERNEL(14000, 900)
