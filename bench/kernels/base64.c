// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// Encodes a block in base64 and decodes it again: byte loads and stores, shifts, table look-ups.

#include "kernel.h"

enum { SIZE = 3 * 4096 };

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static u8 values[256];
static u8 plain[SIZE], encoded[SIZE / 3 * 4], decoded[SIZE];

static void encode(void) {
    u8 *out = encoded;
    for (u32 i = 0; i < SIZE; i += 3) {
        u32 bits = (u32)plain[i] << 16 | (u32)plain[i + 1] << 8 | plain[i + 2];
        *out++ = alphabet[bits >> 18];
        *out++ = alphabet[bits >> 12 & 63];
        *out++ = alphabet[bits >> 6 & 63];
        *out++ = alphabet[bits & 63];
    }
}

static void decode(void) {
    u8 *out = decoded;
    for (u32 i = 0; i < sizeof encoded; i += 4) {
        u32 bits = (u32)values[encoded[i]] << 18 | (u32)values[encoded[i + 1]] << 12
            | (u32)values[encoded[i + 2]] << 6 | values[encoded[i + 3]];
        *out++ = bits >> 16;
        *out++ = bits >> 8;
        *out++ = bits;
    }
}

i32 run(i32 n) {
    u32 seed = 12345, hash = 0;
    for (u32 i = 0; i < 64; i++) values[(u8)alphabet[i]] = i;
    for (u32 i = 0; i < SIZE; i++) plain[i] = next_random(&seed);
    for (i32 round = 0; round < n; round++) {
        encode();
        decode();
        hash = mix_in(hash, encoded[(u32)round * 7 % sizeof encoded]);
        for (u32 i = 0; i < SIZE; i += 61) hash += decoded[i];
        plain[(u32)round % SIZE] += 1;
    }
    return (i32)hash;
}

KERNEL(4500, 300)
