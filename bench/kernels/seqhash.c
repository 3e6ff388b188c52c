// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// Hashes a sequence of 64-bit words with multiplications and rotations: 64-bit arithmetic.

#include "kernel.h"

enum { WORDS = 1024 };

static u64 words[WORDS];

static inline u64 rotate(u64 x, u32 by) { return x << by | x >> (64 - by); }

static u64 hash_words(u64 seed) {
    u64 a = seed + 0x9e3779b97f4a7c15u, b = seed ^ 0xc2b2ae3d27d4eb4fu;
    for (u32 i = 0; i < WORDS; i += 2) {
        a = rotate(a + words[i] * 0xc2b2ae3d27d4eb4fu, 31) * 0x9e3779b185ebca87u;
        b = rotate(b ^ words[i + 1] * 0x165667b19e3779f9u, 27) * 5 + a;
    }
    a ^= b >> 33;
    a *= 0xff51afd7ed558ccdu;
    return a ^ a >> 29;
}

i32 run(i32 n) {
    u32 seed = 5;
    u64 hash = 0;
    for (u32 i = 0; i < WORDS; i++) words[i] = (u64)next_random(&seed) << 32 | next_random(&seed);
    for (i32 round = 0; round < n; round++) {
        hash = hash_words(hash);
        words[hash % WORDS] ^= hash;
    }
    return (i32)(hash ^ hash >> 32);
}

KERNEL(80000, 5000)
