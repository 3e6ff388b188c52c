// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// The dot product of single-precision vectors in four times four partial sums, as those who write it by
// hand do: loads, multiplications and additions.

#include "kernel.h"

typedef float quad __attribute__((vector_size(16)));

enum { QUADS = 1024 };

static quad a[QUADS], b[QUADS];

__attribute__((noinline)) static float dot(const quad *x, const quad *y) {
    quad s = {0}, t = {0}, u = {0}, v = {0};
    for (u32 i = 0; i < QUADS; i += 4) {
        s += x[i] * y[i];
        t += x[i + 1] * y[i + 1];
        u += x[i + 2] * y[i + 2];
        v += x[i + 3] * y[i + 3];
    }
    s = (s + t) + (u + v);
    return (s[0] + s[1]) + (s[2] + s[3]);
}

i32 run(i32 n) {
    u32 seed = 3, hash = 0;
    for (u32 i = 0; i < QUADS; i++) {
        for (u32 j = 0; j < 4; j++) {
            a[i][j] = (float)(next_random(&seed) & 0xfff) / 4096;
            b[i][j] = (float)(next_random(&seed) & 0xfff) / 4096;
        }
    }
    for (i32 round = 0; round < n; round++) {
        float product = dot(a, b);
        hash = mix_in(hash, (u32)(i32)(product * 64));
        a[round % QUADS][0] = (float)(hash & 0xfff) / 4096;
    }
    return (i32)hash;
}

KERNEL(100000, 6500)
