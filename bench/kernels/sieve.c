// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// The sieve of Eratosthenes over bytes: a tight loop of stores.

#include "kernel.h"

enum { LIMIT = 1 << 20 };

static u8 composite[LIMIT];

i32 run(i32 n) {
    u32 count = 0;
    for (i32 round = 0; round < n; round++) {
        count = 0;
        for (u32 i = 0; i < LIMIT; i++) composite[i] = 0;
        for (u32 i = 2; i < LIMIT; i++) {
            if (composite[i]) continue;
            count++;
            for (u32 j = i + i; j < LIMIT; j += i) composite[j] = 1;
        }
    }
    return (i32)(count * 31 + (u32)n);
}

KERNEL(15, 1)
