// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// Multiplies matrices of doubles: floating-point arithmetic and strided loads.

#include "kernel.h"

enum { SIZE = 120 };

static double a[SIZE][SIZE], b[SIZE][SIZE], c[SIZE][SIZE];

i32 run(i32 n) {
    u32 seed = 7, hash = 0;
    for (u32 i = 0; i < SIZE; i++) {
        for (u32 j = 0; j < SIZE; j++) {
            a[i][j] = (double)(next_random(&seed) % 1000) / 16;
            b[i][j] = (double)(next_random(&seed) % 1000) / 16;
        }
    }
    for (i32 round = 0; round < n; round++) {
        for (u32 i = 0; i < SIZE; i++) {
            for (u32 j = 0; j < SIZE; j++) {
                double sum = 0;
                for (u32 k = 0; k < SIZE; k++) sum += a[i][k] * b[k][j];
                c[i][j] = sum;
            }
        }
        a[round % SIZE][0] += 1;
    }
    // Every product is a multiple of 1/256 and small: the sums are exact.
    for (u32 i = 0; i < SIZE; i++) {
        for (u32 j = 0; j < SIZE; j++) hash = mix_in(hash, (u32)(u64)(c[i][j] * 256));
    }
    return (i32)hash;
}

KERNEL(55, 4)
