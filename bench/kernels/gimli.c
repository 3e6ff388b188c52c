// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// The Gimli permutation over a running state: rotations and logic on 32-bit words.

#include "kernel.h"

static u32 state[12];

static inline u32 rotate(u32 x, u32 by) { return x << by | x >> (32 - by); }

static void gimli(void) {
    for (u32 round = 24; round > 0; round--) {
        for (u32 column = 0; column < 4; column++) {
            u32 x = rotate(state[column], 24);
            u32 y = rotate(state[4 + column], 9);
            u32 z = state[8 + column];
            state[8 + column] = x ^ z << 1 ^ (y & z) << 2;
            state[4 + column] = y ^ x ^ (x | z) << 1;
            state[column] = z ^ y ^ (x & y) << 3;
        }
        if ((round & 3) == 0) {
            u32 t = state[0];
            state[0] = state[1];
            state[1] = t;
            t = state[2];
            state[2] = state[3];
            state[3] = t;
            state[0] ^= 0x9e377900u | round;
        } else if ((round & 3) == 2) {
            u32 t = state[0];
            state[0] = state[2];
            state[2] = t;
            t = state[1];
            state[1] = state[3];
            state[3] = t;
        }
    }
}

i32 run(i32 n) {
    u32 hash = 0;
    for (u32 i = 0; i < 12; i++) state[i] = i * i * i + i * 0x9e3779b9u;
    for (i32 i = 0; i < n; i++) gimli();
    for (u32 i = 0; i < 12; i++) hash = mix_in(hash, state[i]);
    return (i32)hash;
}

KERNEL(400000, 27000)
