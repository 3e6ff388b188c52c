// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// Six loops that each begin where the one around stands: most of the inner ones are short, so entering
// and leaving them counts.

#include "kernel.h"

i32 run(i32 n) {
    u32 x = 1;
    for (i32 a = 0; a < n; a++) {
        for (i32 b = a; b < n; b++) {
            for (i32 c = b; c < n; c++) {
                for (i32 d = c; d < n; d++) {
                    for (i32 e = d; e < n; e++) {
                        for (i32 f = e; f < n; f++) x += (x << 1) ^ (u32)f;
                        x ^= (u32)e;
                    }
                }
            }
        }
    }
    return (i32)x;
}

KERNEL(50, 31)
