// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// A linear congruential generator scaled to doubles: integer division and conversions.

#include "kernel.h"

static u32 last = 42;

static double uniform(double limit) {
    last = (last * 3877u + 29573u) % 139968u;
    return limit * last / 139968.0;
}

i32 run(i32 n) {
    double sum = 0;
    u32 hash = 0;
    last = 42;
    for (i32 i = 0; i < n; i++) {
        double value = uniform(100);
        sum += value;
        if (value > 50) hash += (u32)i;
    }
    return (i32)(hash ^ (u32)(u64)(sum / 1024));
}

KERNEL(20000000, 1200000)
