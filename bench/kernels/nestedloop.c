// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// Six loops within one another around a few operations: loop overhead.

#include "kernel.h"

i32 run(i32 n) {
    u32 x = 1;
    for (i32 a = 0; a < n; a++) {
        for (i32 b = 0; b < n; b++) {
            for (i32 c = 0; c < n; c++) {
                for (i32 d = 0; d < n; d++) {
                    for (i32 e = 0; e < n; e++) {
                        for (i32 f = 0; f < n; f++) x += (x >> 3) ^ (u32)(f + e);
                    }
                    x ^= (u32)(d + c);
                }
            }
        }
        x ^= (u32)a;
    }
    return (i32)x;
}

KERNEL(21, 13)
