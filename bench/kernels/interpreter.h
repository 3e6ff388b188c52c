// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// An interpreter of 120 instructions over 30 registers, a stack and a memory, in two forms from one
// source. A kernel says where the machine's state is (R, PC, SP, CARRY, MEMORY) before it includes this,
// and then puts the instructions where it wants them: INSTRUCTIONS expands
// OP(NAME, PATTERN, SECOND, a, b, c, d) for each, and DO(NAME, SECOND, a, b, c, d) is what it does: three
// steps, as the superinstructions of interpreters have.

#ifndef INTERPRETER_H
#define INTERPRETER_H

#include "kernel.h"

enum { REGISTERS = 30, LENGTH = 1024, WORDS = 4096, DEPTH = 64 };

// The order gives the numbers of the instructions, ten to a name.
enum name { ADD, SUB, MUL, DIV, ROTATE, LOAD, STORE, BYTES, SKIP, HASH, LOOP, STACK, NAMES };
enum { PATTERNS = 10, OPS = NAMES * PATTERNS };

static inline u32 rotate_left(u32 x, u32 by) { return x << (by & 31) | x >> (-by & 31); }

// Each ends as in interpreters that keep flags: the zero and sign of the result go into CARRY's bits.
#define FLAGS(value) (CARRY = (CARRY & 0xff) | (u32)((value) == 0) << 8 | ((value) >> 31) << 9)

#define BODY_ADD(imm, a, b, c, d) \
    u32 x = R(b) + R(c), carried = x < R(b); \
    u32 y = x + imm + (CARRY & 1); \
    carried += y < x; \
    R(a) = y; \
    R(d) ^= rotate_left(y, 5) + carried; \
    CARRY = (CARRY & ~0xffu) | carried; \
    FLAGS(y);

#define BODY_SUB(imm, a, b, c, d) \
    u32 x = R(b) - R(c); \
    u32 borrowed = R(b) < R(c); \
    if ((i32)x < 0) x = ~x + imm; \
    R(a) = x - (CARRY >> 1 & 1); \
    R(d) += x >> 3 ^ borrowed; \
    CARRY = (CARRY & ~0xffu) | borrowed << 1; \
    FLAGS(x);

#define BODY_MUL(imm, a, b, c, d) \
    u64 wide = (u64)R(b) * (R(c) | 1) + imm; \
    u64 more = (u64)R(d) * ((u32)wide | 3); \
    R(a) = (u32)wide ^ (u32)(wide >> 32); \
    R(d) = (u32)(more >> 32) + (u32)more; \
    FLAGS(R(a));

#define BODY_DIV(imm, a, b, c, d) \
    u32 by = (R(c) >> 16) | 1; \
    if (by > imm) { \
        R(a) = R(b) / by + (u32)((i32)R(d) % (i32)(imm | 3)); \
    } else { \
        R(a) = R(b) % (by + imm + 1); \
        R(d) += by; \
    } \
    FLAGS(R(a));

#define BODY_ROTATE(imm, a, b, c, d) \
    u32 x = rotate_left(R(b), imm) ^ rotate_left(R(c), 13); \
    switch (imm & 3) { \
        case 0: x += R(d) << 4; break; \
        case 1: x -= R(d) >> 9; break; \
        case 2: x ^= (u32)((i32)R(d) >> 2); break; \
        default: x |= R(d) & 0xff; break; \
    } \
    R(a) = x; \
    FLAGS(x);

// Guests' addresses are checked, as an interpreter of untrusted code would.
#define BODY_LOAD(imm, a, b, c, d) \
    u32 address = (R(b) + imm) % (WORDS + 16); \
    if (address >= WORDS) { \
        R(a) += address; \
        CARRY ^= 0x400; \
    } else { \
        u32 x = MEMORY[address] + R(c); \
        R(a) = x; \
        R(d) ^= MEMORY[(address + 1) % WORDS]; \
        FLAGS(x); \
    }

#define BODY_STORE(imm, a, b, c, d) \
    u32 address = (R(b) ^ imm) % (WORDS + 16); \
    if (address >= WORDS) { \
        R(d) -= address; \
        CARRY ^= 0x800; \
    } else { \
        u32 old = MEMORY[address]; \
        MEMORY[address] = R(a) + R(c); \
        R(d) += old; \
        FLAGS(old); \
    }

#define BODY_BYTES(imm, a, b, c, d) \
    u8 *bytes = (u8 *)MEMORY + (R(b) + imm) % (WORDS * 4 - 4); \
    u32 x = bytes[0] | (u32)bytes[1] << 8 | (u32)bytes[2] << 16 | (u32)bytes[3] << 24; \
    R(a) = x ^ R(c); \
    bytes[1] = (u8)(R(d) >> 7); \
    bytes[2] ^= (u8)x; \
    FLAGS(x);

#define BODY_SKIP(imm, a, b, c, d) \
    u32 x = R(a) ^ R(b); \
    if (x & 1u << (imm & 31)) PC += 1 + (imm >> 5 & 1); \
    else if ((i32)R(c) < (i32)R(d)) R(c) += imm; \
    else R(d) = rotate_left(R(d), 3) - x;

#define BODY_HASH(imm, a, b, c, d) \
    u32 x = R(a) + rotate_left(R(b), 7), y = R(c) ^ rotate_left(R(d), 11); \
    x *= 0x85ebca6bu; \
    y += imm; \
    y *= 0xc2b2ae35u; \
    R(a) = x ^ x >> 13; \
    R(b) += y; \
    R(c) = y ^ y >> 16; \
    R(d) -= x; \
    FLAGS(y);

#define BODY_LOOP(imm, a, b, c, d) \
    u32 x = R(a); \
    for (u32 k = 0; k <= (imm & 3); k++) { \
        x = x * 33 + MEMORY[(R(b) + k * 5) % WORDS]; \
        if (x & 0x40000) x ^= R(c); \
    } \
    R(a) = x; \
    R(d) = x - R(d); \
    FLAGS(x);

#define BODY_STACK(imm, a, b, c, d) \
    if (imm & 1) { \
        if (SP + 2 > DEPTH) { \
            R(d) += SP; \
            SP = 0; \
        } \
        STACKED[SP++] = R(a); \
        STACKED[SP++] = R(b) ^ imm; \
    } else if (SP >= 2) { \
        R(c) = STACKED[--SP] + imm; \
        R(d) ^= STACKED[--SP]; \
    } else { \
        R(a) = ~R(a); \
    } \
    FLAGS(R(d));

#define DO(NAME, SECOND, a, b, c, d) \
    { \
        BODY_##NAME(imm, a, b, c, d) \
    } \
    { \
        BODY_##SECOND((imm >> 4), c, a, d, b) \
    } \
    { \
        BODY_##NAME((imm >> 9), b, d, a, c) \
    }

#define EACH_PATTERN(NAME, S, T) \
    OP(NAME, 0, S, 0, 7, 14, 21) OP(NAME, 1, T, 3, 10, 17, 24) OP(NAME, 2, S, 6, 13, 20, 27) \
    OP(NAME, 3, T, 9, 16, 23, 1) OP(NAME, 4, S, 12, 19, 26, 4) OP(NAME, 5, T, 15, 22, 29, 8) \
    OP(NAME, 6, S, 18, 25, 2, 11) OP(NAME, 7, T, 28, 5, 9, 14) OP(NAME, 8, S, 21, 0, 12, 3) \
    OP(NAME, 9, T, 24, 28, 5, 18)

#define INSTRUCTIONS \
    EACH_PATTERN(ADD, LOAD, HASH) EACH_PATTERN(SUB, STORE, ROTATE) EACH_PATTERN(MUL, ADD, BYTES) \
    EACH_PATTERN(DIV, ROTATE, SUB) EACH_PATTERN(ROTATE, SUB, STACK) EACH_PATTERN(LOAD, LOOP, ADD) \
    EACH_PATTERN(STORE, STACK, BYTES) EACH_PATTERN(BYTES, HASH, LOAD) EACH_PATTERN(SKIP, ADD, STACK) \
    EACH_PATTERN(HASH, BYTES, STORE) EACH_PATTERN(LOOP, ROTATE, HASH) EACH_PATTERN(STACK, SUB, LOOP)

#define EACH_REGISTER(DO) \
    DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8) DO(9) DO(10) DO(11) DO(12) DO(13) DO(14) \
    DO(15) DO(16) DO(17) DO(18) DO(19) DO(20) DO(21) DO(22) DO(23) DO(24) DO(25) DO(26) DO(27) \
    DO(28) DO(29)

// An instruction is its number in the low byte and 24 bits that it makes of what it likes.
static u32 code[LENGTH], memory[WORDS], stacked[DEPTH];

static void load_program(void) {
    u32 seed = 120;
    for (u32 i = 0; i < LENGTH; i++) {
        u32 op = next_random(&seed) >> 5;
        code[i] = op % OPS | (next_random(&seed) & ~0xffu);
    }
    for (u32 i = 0; i < WORDS; i++) memory[i] = next_random(&seed);
    for (u32 i = 0; i < DEPTH; i++) stacked[i] = 0;
}

static u32 sum_of_memory(void) {
    u32 hash = 0;
    for (u32 i = 0; i < WORDS; i++) hash = mix_in(hash, memory[i]);
    return hash;
}

#endif
