// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// Traps where its argument says, three named functions deep, after having printed a line: for what
// a user sees of a trap. usage: trap unreachable|memory|divide|indirect|stack|none

#include <limits.h>
#include <stdio.h>
#include <string.h>

__attribute__((noinline)) static int unreachable(int depth) {
    __builtin_trap();
    return depth;
}

__attribute__((noinline)) static int memory(int depth) {
    volatile int *far = (volatile int *)0xfffffff0u;
    return *far + depth;
}

__attribute__((noinline)) static int divide(int depth) {
    // In assembly, because dividing by zero means nothing in C.
    int result;
    __asm__ volatile("local.get %1\n\ti32.const 0\n\ti32.div_s\n\tlocal.set %0"
                     : "=r"(result)
                     : "r"(depth));
    return result;
}

__attribute__((noinline)) static int indirect(int depth) {
    double (*volatile wrong)(double) = (double (*)(double))unreachable;
    return (int)wrong(depth);
}

// A tail call would make a loop of it; the volatile keeps the frame in use after the call.
__attribute__((noinline)) static int stack(int depth) {
    volatile int kept = depth;
    if (kept < 0) return 0;
    return stack(depth + 1) + kept;
}

__attribute__((noinline)) static int inner(const char *how) {
    if (strcmp(how, "unreachable") == 0) return unreachable(1);
    if (strcmp(how, "memory") == 0) return memory(1);
    if (strcmp(how, "divide") == 0) return divide(1);
    if (strcmp(how, "indirect") == 0) return indirect(1);
    if (strcmp(how, "stack") == 0) return stack(1);
    return 0;
}

__attribute__((noinline)) static int outer(const char *how) {
    int result = inner(how);
    return result + 1;
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    printf("before\n");
    fflush(stdout);
    int result = outer(argv[1]);
    printf("after %d\n", result);
    return 0;
}
