// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// The interpreter of interpreter.h as one long function: the registers are locals, and every instruction
// is a case of one switch.

#include "interpreter.h"

#define R(n) r##n
#define PC pc
#define SP sp
#define CARRY carry
#define MEMORY memory
#define STACKED stacked

i32 run(i32 n) {
    u32 pc, sp = 0, carry = 0;
#define DECLARE(n) u32 r##n = n * 0x9e3779b1u;
    EACH_REGISTER(DECLARE)
    load_program();
    for (i32 round = 0; round < n; round++) {
        for (pc = 0; pc < LENGTH;) {
            u32 word = code[pc++], imm = word >> 8;
            switch (word & 0xff) {
#define OP(NAME, PATTERN, SECOND, a, b, c, d) \
    case NAME * PATTERNS + PATTERN: DO(NAME, SECOND, a, b, c, d) break;
                INSTRUCTIONS
                default: return -1;
            }
        }
    }
    u32 hash = sum_of_memory() + carry + sp;
#define SUM(n) hash = mix_in(hash, r##n);
    EACH_REGISTER(SUM)
    return (i32)hash;
}

KERNEL(2500, 170)
