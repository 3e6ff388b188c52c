// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// Fibonacci as others' tables measure it: one at the end of the recursion, the smaller call first, and
// numbers that grow from ones alone.

#include "kernel.h"

static u32 fib(u32 n) {
    if (n < 2) return 1;
    return fib(n - 2) + fib(n - 1);
}

i32 run(i32 n) { return (i32)fib((u32)n); }

KERNEL(36, 30)
