// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// The interpreter of interpreter.h as many short functions: the machine is a structure in memory, every
// instruction a function of its own, and the switch only calls them. Gives what bigswitch.c gives.

#include "interpreter.h"

typedef struct machine {
    u32 r[REGISTERS], pc, sp, carry;
} machine;

#define R(n) m->r[n]
#define PC m->pc
#define SP m->sp
#define CARRY m->carry
#define MEMORY memory
#define STACKED stacked

#define OP(NAME, PATTERN, SECOND, a, b, c, d) \
    __attribute__((noinline)) static void do_##NAME##_##PATTERN(machine *m, u32 imm) { \
        DO(NAME, SECOND, a, b, c, d) \
    }
INSTRUCTIONS
#undef OP

static machine state;

i32 run(i32 n) {
    machine *m = &state;
    m->sp = m->carry = 0;
    for (u32 i = 0; i < REGISTERS; i++) m->r[i] = i * 0x9e3779b1u;
    load_program();
    for (i32 round = 0; round < n; round++) {
        for (m->pc = 0; m->pc < LENGTH;) {
            u32 word = code[m->pc++], imm = word >> 8;
            switch (word & 0xff) {
#define OP(NAME, PATTERN, SECOND, a, b, c, d) \
    case NAME * PATTERNS + PATTERN: do_##NAME##_##PATTERN(m, imm); break;
                INSTRUCTIONS
                default: return -1;
            }
        }
    }
    u32 hash = sum_of_memory() + m->carry + m->sp;
    for (u32 i = 0; i < REGISTERS; i++) hash = mix_in(hash, m->r[i]);
    return (i32)hash;
}

KERNEL(2500, 170)
