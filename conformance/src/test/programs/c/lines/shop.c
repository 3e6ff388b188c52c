// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// Fails in a function that is inlined from a header into another file: for what a user sees of a
// trap when there is debugging information. usage: shop parts|far|fine

#include <stdio.h>
#include <string.h>

#include "prices.h"

int main(int argc, char **argv) {
    int total = 100;
    const char *how = argc == 2 ? argv[1] : "fine";
    const int *from = strcmp(how, "far") == 0 ? (const int *)0xfffffff0u : &total;
    int parts = strcmp(how, "parts") == 0 ? 0 : 3;
    int result = price(from, parts);
    printf("%d\n", result);
    return 0;
}
