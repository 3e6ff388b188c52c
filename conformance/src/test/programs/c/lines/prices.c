// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

#include "prices.h"

__attribute__((noinline)) int price(const int *total, int parts) {
    int found = share(total, parts);
    return found + 1;
}
