// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// What small embedded programs do, in turns: sort and search linked lists, multiply small integer
// matrices, run a state machine over text that looks like numbers, and sum it all up in a CRC.

#include "lists.h"

enum { NODES = 200, SIDE = 10, TEXT = 400 };

static node nodes[NODES];
static short left[SIDE][SIDE], right[SIDE][SIDE];
static i32 product[SIDE][SIDE];
static u8 text[TEXT + 1];

__attribute__((noinline)) static i32 by_key(const node *a, const node *b) { return a->key - b->key; }
__attribute__((noinline)) static i32 by_value(const node *a, const node *b) {
    return a->value - b->value;
}

static u16 work_on_lists(u32 round, u16 sum) {
    u32 seed = 1000 + round % 16;
    for (u32 i = 0; i < NODES; i++) {
        nodes[i].next = i + 1 < NODES ? &nodes[i + 1] : 0;
        nodes[i].key = (short)(next_random(&seed) & 0xff);
        nodes[i].value = (short)(next_random(&seed) & 0x7fff);
    }
    node *list = sort(nodes, by_key);
    for (short key = 0; key < 8; key++) {
        const node *found = search(list, (short)(key * 31));
        sum = crc(found == 0 ? 0 : (u16)found->value, sum);
    }
    list = sort(reverse(list), by_value);
    sum = crc((u16)list->value, sum);
    return crc((u16)list->next->key, sum);
}

static u16 work_on_matrices(u32 round, u16 sum) {
    for (u32 i = 0; i < SIDE; i++) {
        for (u32 j = 0; j < SIDE; j++) {
            left[i][j] = (short)((i * 7 + j * 3 + round) & 0xff);
            right[i][j] = (short)((i ^ j) + round % 13);
        }
    }
    for (u32 i = 0; i < SIDE; i++) {
        for (u32 j = 0; j < SIDE; j++) {
            i32 total = 0;
            for (u32 k = 0; k < SIDE; k++) total += left[i][k] * right[k][j];
            product[i][j] = (total >> 2 & 0xf) * (total >> 5 & 0x7f);
        }
    }
    for (u32 i = 0; i < SIDE; i++) sum = crc((u32)product[i][(i + round) % SIDE], sum);
    return sum;
}

enum state { START, INTEGER, POINT, FRACTION, EXPONENT, SIGN, SCIENTIFIC, BROKEN, STATES };

static enum state step(enum state state, u8 c) {
    u32 digit = (u32)(c - '0') < 10;
    switch (state) {
        case START: return digit ? INTEGER : c == '.' ? POINT : c == '-' ? START : BROKEN;
        case INTEGER: return digit ? INTEGER : c == '.' ? FRACTION : c == 'e' ? EXPONENT : BROKEN;
        case POINT:
        case FRACTION: return digit ? FRACTION : c == 'e' ? EXPONENT : BROKEN;
        case EXPONENT: return digit ? SCIENTIFIC : c == '-' ? SIGN : BROKEN;
        case SIGN:
        case SCIENTIFIC: return digit ? SCIENTIFIC : BROKEN;
        default: return BROKEN;
    }
}

static u16 work_on_text(u32 round, u16 sum) {
    static const u8 letters[] = "0123456789012345,,,..ee-";
    u32 counts[STATES], seed = 500 + round % 32;
    for (u32 i = 0; i < STATES; i++) counts[i] = 0;
    for (u32 i = 0; i < TEXT; i++) text[i] = letters[next_random(&seed) % (sizeof letters - 1)];
    text[TEXT] = ',';
    enum state state = START;
    for (u32 i = 0; i <= TEXT; i++) {
        if (text[i] == ',') {
            counts[state]++;
            state = START;
        } else {
            state = step(state, text[i]);
        }
    }
    for (u32 i = 0; i < STATES; i++) sum = crc(counts[i], sum);
    return sum;
}

i32 run(i32 n) {
    u16 sum = 0;
    u32 hash = 0;
    for (u32 round = 0; round < (u32)n; round++) {
        sum = work_on_lists(round, sum);
        sum = work_on_matrices(round, sum);
        sum = work_on_text(round, sum);
        hash = mix_in(hash, sum);
    }
    return (i32)hash;
}

KERNEL(2500, 170)
