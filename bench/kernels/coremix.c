// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// The work of a small controller in the proportions that the embedded industry's usual benchmark
// describes: 2,000 bytes shared by a linked list, matrices and text; the list is sorted by values that
// are worked out by the matrices and the state machine when they are first compared; every result goes
// into a CRC. After its public description, not from its source, and its figures are not that
// benchmark's.

#include "lists.h"

enum { SHARE = 666, ITEMS = SHARE / 20 - 2, SIDE = 9, SEED = 0x66 };

// --- matrices: additions and multiplications with a constant, a vector, a matrix, and parts of bits

static short left[SIDE][SIDE], right[SIDE][SIDE];
static i32 product[SIDE][SIDE];

static void fill_matrices(u32 seed) {
    for (u32 i = 0; i < SIDE; i++) {
        for (u32 j = 0; j < SIDE; j++) {
            seed = seed * (i * SIDE + j + 1) % 65536;
            right[i][j] = (short)(seed + i * SIDE + j);
            left[i][j] = (short)((u8)(right[i][j] + i * SIDE + j));
        }
    }
}

__attribute__((noinline)) static void add_constant(short by) {
    for (u32 i = 0; i < SIDE; i++) {
        for (u32 j = 0; j < SIDE; j++) left[i][j] = (short)(left[i][j] + by);
    }
}

__attribute__((noinline)) static void times_constant(short by) {
    for (u32 i = 0; i < SIDE; i++) {
        for (u32 j = 0; j < SIDE; j++) product[i][j] = (i32)left[i][j] * by;
    }
}

__attribute__((noinline)) static void times_vector(void) {
    for (u32 i = 0; i < SIDE; i++) {
        u32 sum = 0;
        for (u32 j = 0; j < SIDE; j++) sum += (u32)(left[i][j] * right[0][j]);
        product[i][0] = (i32)sum;
    }
}

__attribute__((noinline)) static void times_matrix(void) {
    for (u32 i = 0; i < SIDE; i++) {
        for (u32 j = 0; j < SIDE; j++) {
            u32 sum = 0;
            for (u32 k = 0; k < SIDE; k++) sum += (u32)(left[i][k] * right[k][j]);
            product[i][j] = (i32)sum;
        }
    }
}

__attribute__((noinline)) static void times_matrix_in_bits(void) {
    for (u32 i = 0; i < SIDE; i++) {
        for (u32 j = 0; j < SIDE; j++) {
            u32 sum = 0;
            for (u32 k = 0; k < SIDE; k++) {
                u32 one = (u32)(left[i][k] * right[k][j]);
                sum += (one >> 2 & 0xf) * (one >> 5 & 0x7f);
            }
            product[i][j] = (i32)sum;
        }
    }
}

// Adds up, and starts anew above a bound; counts how often numbers rise.
__attribute__((noinline)) static short sum_up(i32 bound) {
    i32 total = 0, before = 0;
    short result = 0;
    for (u32 i = 0; i < SIDE; i++) {
        for (u32 j = 0; j < SIDE; j++) {
            i32 now = product[i][j];
            total = (i32)((u32)total + (u32)now);
            if (total > bound) {
                result = (short)(result + 10);
                total = 0;
            } else {
                result = (short)(result + (now > before));
            }
            before = now;
        }
    }
    return result;
}

static u16 work_on_matrices(short by, u16 sum) {
    i32 bound = (i32)(0xfffff000u | (u32)(by & 0xfff));
    add_constant(by);
    times_constant(by);
    sum = crc((u16)sum_up(bound), sum);
    times_vector();
    sum = crc((u16)sum_up(bound), sum);
    times_matrix();
    sum = crc((u16)sum_up(bound), sum);
    times_matrix_in_bits();
    sum = crc((u16)sum_up(bound), sum);
    add_constant((short)-by);
    return sum;
}

// --- text: numbers in several notations, some of them broken, told apart by a state machine

enum state { START, WHOLE, SIGNED, POINT, EXPONENT, EXPONENT_SIGN, SCIENTIFIC, INVALID, STATES };

static u8 text[SHARE + 1];

static void fill_text(void) {
    static const char numbers[16][9] = {
        "5012", "1234", "-874", "+122", "35.54400", ".1234500", "-110.700", "+0.64400",
        "5.500e+3", "-.123e-2", "-87e+832", "+0.6e-12", "T0.3e-1F", "-T.T++Tq", "1T3.4e4z", "34.0e-T^",
    };
    u32 at = 0, seed = SEED;
    for (;;) {
        const char *number = numbers[next_random(&seed) >> 9 & 15];
        u32 length = number[4] == 0 ? 4 : 8;
        if (at + length + 1 >= SHARE) break;
        for (u32 i = 0; i < length; i++) text[at++] = (u8)number[i];
        text[at++] = ',';
    }
    while (at <= SHARE) text[at++] = 0;
}

static u32 is_digit(u8 c) { return (u32)(c - '0') < 10; }

// Reads one number, counts the states it enters, and tells in which it ends.
__attribute__((noinline)) static enum state read_number(const u8 **at, u32 *counts) {
    const u8 *s = *at;
    enum state state = START;
    for (; *s != 0 && state != INVALID; s++) {
        u8 c = *s;
        if (c == ',') {
            s++;
            break;
        }
        switch (state) {
            case START:
                if (is_digit(c)) state = WHOLE;
                else if (c == '+' || c == '-') state = SIGNED;
                else if (c == '.') state = POINT;
                else state = INVALID;
                counts[START]++;
                break;
            case SIGNED:
                if (is_digit(c)) state = WHOLE;
                else if (c == '.') state = POINT;
                else state = INVALID;
                counts[SIGNED]++;
                break;
            case WHOLE:
                if (c == '.') {
                    state = POINT;
                    counts[WHOLE]++;
                } else if (!is_digit(c)) {
                    state = INVALID;
                    counts[WHOLE]++;
                }
                break;
            case POINT:
                if (c == 'E' || c == 'e') {
                    state = EXPONENT;
                    counts[POINT]++;
                } else if (!is_digit(c)) {
                    state = INVALID;
                    counts[POINT]++;
                }
                break;
            case EXPONENT:
                state = c == '+' || c == '-' ? EXPONENT_SIGN : INVALID;
                counts[EXPONENT]++;
                break;
            case EXPONENT_SIGN:
                state = is_digit(c) ? SCIENTIFIC : INVALID;
                counts[EXPONENT_SIGN]++;
                break;
            case SCIENTIFIC:
                if (!is_digit(c)) {
                    state = INVALID;
                    counts[INVALID]++;
                }
                break;
            default: break;
        }
    }
    *at = s;
    return state;
}

static void damage(u8 with, u32 every) {
    for (u32 i = 0; i < SHARE; i += every) {
        if (text[i] != ',' && text[i] != 0) text[i] ^= with;
    }
}

static u16 work_on_text(u8 with, u32 every, u16 sum) {
    u32 ends[STATES], counts[STATES];
    for (u32 i = 0; i < STATES; i++) ends[i] = counts[i] = 0;
    // Once as it is, once damaged; the second damage undoes the first.
    for (const u8 *at = text; *at != 0;) ends[read_number(&at, counts)]++;
    damage(with, every);
    for (const u8 *at = text; *at != 0;) ends[read_number(&at, counts)]++;
    damage(with, every);
    for (u32 i = 0; i < STATES; i++) sum = crc(counts[i], crc(ends[i], sum));
    return sum;
}

// --- the list

static node items[ITEMS];
static u16 running;

// What an item's value stands for: the low bits say how to work it out, and bit 7 that it is known.
__attribute__((noinline)) static i32 worth(const node *item) {
    u32 value = (u16)item->value;
    if (value & 0x80) return (i32)(value & 0x7f);
    u32 argument = value >> 3 & 15;
    argument |= argument << 4;
    u16 result;
    switch (value & 7) {
        case 0: result = work_on_text((u8)(argument & 0x0f), argument < 0x22 ? 0x22 : argument, running); break;
        case 1: result = work_on_matrices((short)argument, running); break;
        default: result = (u16)value; break;
    }
    running = crc(result, running);
    ((node *)item)->value = (short)((value & 0xff00) | 0x80 | (result & 0x7f));
    return result & 0x7f;
}

static i32 by_worth(const node *a, const node *b) { return worth(a) - worth(b); }
static i32 by_key(const node *a, const node *b) { return a->key - b->key; }

static void fill_list(u32 round) {
    for (u32 i = 0; i < ITEMS; i++) {
        u32 pattern = (SEED ^ i ^ round) & 0xf;
        items[i].next = i + 1 < ITEMS ? &items[i + 1] : 0;
        items[i].key = (short)(i * 29 % 32);
        items[i].value = (short)(pattern << 3 | (i & 7) | pattern << 8);
    }
}

static u16 work_on_list(u32 round, u16 sum) {
    fill_list(round);
    node *list = items;
    u32 found = 0, missed = 0;
    for (u32 i = 0; i < ITEMS; i++) {
        list = reverse(list);
        const node *one = search(list, (short)((i + round) & 31));
        if (one == 0) {
            missed++;
        } else {
            found += (u32)(one->value & 1) + (one->next != 0 ? (u32)one->next->value >> 9 & 1 : 0);
        }
    }
    sum = crc(found * 4 - missed, sum);
    list = sort(list, by_worth);
    for (const node *one = list; one != 0; one = one->next) sum = crc((u16)one->value, sum);
    list = sort(list, by_key);
    for (const node *one = list; one != 0; one = one->next) sum = crc((u16)one->key, sum);
    return sum;
}

i32 run(i32 n) {
    u16 sum = 0;
    u32 hash = 0;
    fill_matrices(SEED);
    fill_text();
    running = 0;
    for (u32 round = 0; round < (u32)n; round++) {
        sum = crc(running, work_on_list(round, sum));
        hash = mix_in(hash, sum);
    }
    return (i32)hash;
}

KERNEL(1500, 100)
