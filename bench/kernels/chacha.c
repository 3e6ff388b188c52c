// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// A stream cipher's mixer in the manner of ChaCha, twenty rounds on rows of four words: additions,
// exclusive ors, rotations and shuffles of vectors.

#include "kernel.h"

typedef u32 row __attribute__((vector_size(16)));

static row state[4];

#define ROTATE(x, by) ((x) << (by) | (x) >> (32 - (by)))
#define TURN(x, i, j, k, l) __builtin_shufflevector(x, x, i, j, k, l)

static inline void quarters(row *a, row *b, row *c, row *d) {
    *a += *b;
    *d ^= *a;
    *d = ROTATE(*d, 16);
    *c += *d;
    *b ^= *c;
    *b = ROTATE(*b, 12);
    *a += *b;
    *d ^= *a;
    *d = ROTATE(*d, 8);
    *c += *d;
    *b ^= *c;
    *b = ROTATE(*b, 7);
}

i32 run(i32 n) {
    u32 seed = 20, hash = 0;
    for (u32 i = 0; i < 4; i++) {
        for (u32 j = 0; j < 4; j++) state[i][j] = next_random(&seed);
    }
    for (i32 block = 0; block < n; block++) {
        row a = state[0], b = state[1], c = state[2], d = state[3];
        for (u32 round = 0; round < 20; round += 2) {
            quarters(&a, &b, &c, &d);
            b = TURN(b, 1, 2, 3, 0);
            c = TURN(c, 2, 3, 0, 1);
            d = TURN(d, 3, 0, 1, 2);
            quarters(&a, &b, &c, &d);
            b = TURN(b, 3, 0, 1, 2);
            c = TURN(c, 2, 3, 0, 1);
            d = TURN(d, 1, 2, 3, 0);
        }
        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[3][0] += 1;
    }
    for (u32 i = 0; i < 4; i++) {
        for (u32 j = 0; j < 4; j++) hash = mix_in(hash, state[i][j]);
    }
    return (i32)hash;
}

KERNEL(500000, 32000)
