// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// Six loops that begin at different numbers, with a multiplication inside: what an optimiser could take
// out of one loop it cannot take out of the next.

#include "kernel.h"

i32 run(i32 n) {
    u32 x = 1;
    for (i32 a = 0; a < n; a++) {
        for (i32 b = 1; b < n; b++) {
            for (i32 c = 2; c < n; c++) {
                for (i32 d = 3; d < n; d++) {
                    for (i32 e = 4; e < n; e++) {
                        for (i32 f = 5; f < n; f++) x = x * 5 + (u32)(a ^ f);
                        x ^= (u32)(b + e);
                    }
                    x += x >> 7;
                }
            }
        }
    }
    return (i32)x;
}

KERNEL(22, 15)
