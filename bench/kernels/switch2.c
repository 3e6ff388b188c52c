// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// A switch of 1,024 small cases over words that change each time: one long function with a jump that
// is hard to predict.

#include "kernel.h"

enum { WORDS = 2500, CASES = 1024 };

static u32 words[WORDS];

// Constants without a pattern, so that the cases cannot be made a formula or a table of numbers.
#define ODD(n) ((u32)(n) * 0x9e3779b1u >> 7 | 1)

#define CASE(n) \
    case n: \
        if ((n) % 3 == 0) x *= ODD(n); \
        if ((n) % 5 != 0) x ^= ODD((n) + CASES); \
        if ((n) % 2 == 0) x = (x << 9 | x >> 23) + ODD((n) + 2 * CASES); \
        else x += x >> 7; \
        break;
#define CASES4(n) CASE(n) CASE(n + 1) CASE(n + 2) CASE(n + 3)
#define CASES16(n) CASES4(n) CASES4(n + 4) CASES4(n + 8) CASES4(n + 12)
#define CASES64(n) CASES16(n) CASES16(n + 16) CASES16(n + 32) CASES16(n + 48)
#define CASES256(n) CASES64(n) CASES64(n + 64) CASES64(n + 128) CASES64(n + 192)

i32 run(i32 n) {
    u32 hash = 0, seed = 4711;
    for (i32 i = 0; i < WORDS; i++) words[i] = next_random(&seed);
    for (i32 round = 0; round < n; round++) {
        for (i32 i = 0; i < WORDS; i++) {
            u32 x = words[i];
            switch (x >> 11 & (CASES - 1)) {
                CASES256(0) CASES256(256) CASES256(512) CASES256(768)
                default: break;
            }
            words[i] = x;
        }
    }
    for (i32 i = 0; i < WORDS; i++) hash = mix_in(hash, words[i]);
    return (i32)hash;
}

KERNEL(2500, 170)
