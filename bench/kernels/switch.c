// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// An interpreter of sixteen instructions over four registers: an indirect jump per step.

#include "kernel.h"

enum { LENGTH = 1024 };

static u8 code[LENGTH];

i32 run(i32 n) {
    u32 seed = 2026, a = 1, b = 2, c = 3, d = 4, skipped = 0;
    for (u32 i = 0; i < LENGTH; i++) code[i] = next_random(&seed) >> 7;
    for (i32 round = 0; round < n; round++) {
        for (u32 at = 0; at < LENGTH; at++) {
            switch (code[at] & 15) {
                case 0: a += b; break;
                case 1: b ^= c; break;
                case 2: c -= d; break;
                case 3: d += a >> 3; break;
                case 4: a = a << 7 | a >> 25; break;
                case 5: b *= 0x85ebca6bu; break;
                case 6: c = c << 13 | c >> 19; break;
                case 7: d = ~d + (u32)round; break;
                case 8: a ^= at; break;
                case 9: b += 0x1234567u; break;
                case 10: c ^= a & d; break;
                case 11: d -= b | 1; break;
                case 12:
                    if (a > b) {
                        at++;
                        skipped++;
                    }
                    break;
                case 13:
                    if (c & 4) {
                        at += 2;
                        skipped += 2;
                    }
                    break;
                case 14: {
                    u32 t = a;
                    a = d;
                    d = t;
                    break;
                }
                default: b = (b >> 1) + c; break;
            }
        }
    }
    return (i32)(mix_in(mix_in(a, b), mix_in(c, d)) + skipped);
}

KERNEL(8000, 530)
