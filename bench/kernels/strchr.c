// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// Looks for characters in a text: a loop of byte loads with two ways out.

#include "kernel.h"

enum { LENGTH = 4096 };

static char text[LENGTH + 1];

__attribute__((noinline)) static const char *find(const char *s, char wanted) {
    for (; *s != wanted; s++) {
        if (*s == 0) return 0;
    }
    return s;
}

i32 run(i32 n) {
    u32 seed = 77, hash = 0;
    for (u32 i = 0; i < LENGTH; i++) text[i] = 'a' + next_random(&seed) % 20;
    text[LENGTH / 2] = 'X';
    text[LENGTH - 5] = 'Y';
    text[LENGTH] = 0;
    for (i32 round = 0; round < n; round++) {
        const char wanted[] = {'X', 'Y', 'Z', 'a'};
        const char *found = find(text + (round & 255), wanted[round & 3]);
        hash = mix_in(hash, found == 0 ? 1 : (u32)(found - text));
    }
    return (i32)hash;
}

KERNEL(50000, 3300)
