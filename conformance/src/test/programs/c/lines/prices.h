// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

static inline __attribute__((always_inline)) int share(const int *total, int parts) {
    if (parts == 0) __builtin_trap();
    return *total / parts;
}

int price(const int *total, int parts);
