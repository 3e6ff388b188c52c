// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// Heapsort of doubles: floating-point comparisons and moves at unpredictable places.

#include "kernel.h"

enum { MAX = 1 << 20 };

static double heap[MAX];

static void sift(u32 at, u32 size) {
    double value = heap[at];
    for (u32 child; (child = 2 * at + 1) < size; at = child) {
        if (child + 1 < size && heap[child + 1] > heap[child]) child++;
        if (value >= heap[child]) break;
        heap[at] = heap[child];
    }
    heap[at] = value;
}

i32 run(i32 n) {
    u32 size = n < 2 ? 2 : n > MAX ? MAX : (u32)n, seed = 99, hash = 0;
    for (u32 i = 0; i < size; i++) heap[i] = next_random(&seed) * (1.0 / 4294967296.0);
    for (u32 i = size / 2; i-- > 0;) sift(i, size);
    for (u32 end = size; --end > 0;) {
        double top = heap[0];
        heap[0] = heap[end];
        heap[end] = top;
        sift(0, end);
    }
    for (u32 i = 1; i < size; i++) {
        if (heap[i - 1] > heap[i]) return -1;
    }
    for (u32 i = 0; i < size; i += 97) hash = mix_in(hash, (u32)(heap[i] * 4294967296.0));
    return (i32)hash;
}

KERNEL(400000, 30000)
