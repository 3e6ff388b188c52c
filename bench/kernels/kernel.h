// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// What every kernel shares. A kernel is one function run(n): n is the amount of work, the result a
// checksum of all of it, which must be the same wherever it runs. KERNEL(full, quick) names the n that
// keeps a native core of 2026 busy for 20 to 100 ms, and one of about a fifteenth of that for warming
// up; work(0) and work(1) tell them.
//
// Kernels use no library: they are built freestanding for WebAssembly and for the machine, from the
// same source with the same optimisation. With KERNEL_MAIN they are whole programs as well.

#ifndef KERNEL_H
#define KERNEL_H

typedef signed char i8;
typedef unsigned char u8;
typedef unsigned short u16;
typedef int i32;
typedef unsigned int u32;
typedef long long i64;
typedef unsigned long long u64;

#define EXPORT __attribute__((visibility("default"), used))

EXPORT i32 run(i32 n);
EXPORT i32 work(i32 quick);

// A small generator, so that input is the same everywhere and unknown to the compiler.
static inline u32 next_random(u32 *state) {
    u32 x = *state;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return *state = x;
}

static inline u32 mix_in(u32 hash, u32 value) {
    hash = (hash ^ value) * 0x9e3779b1u;
    return hash ^ (hash >> 15);
}

#ifdef KERNEL_MAIN
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv) {
    int n = argc > 1 ? atoi(argv[1]) : work(0);
    printf("%d\n", run(n));
    return 0;
}
#endif

#define KERNEL(full, fifteenth) \
    EXPORT i32 work(i32 quick) { return quick ? (fifteenth) : (full); }

#endif
