// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// Fibonacci by two recursive calls: calls and little else. Written plainly; what a compiler makes of
// the second call it makes for both targets.

#include "kernel.h"

static u32 fib(u32 n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

i32 run(i32 n) { return (i32)fib((u32)n); }

KERNEL(36, 30)
