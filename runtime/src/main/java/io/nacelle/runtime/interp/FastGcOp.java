// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

/**
 * The numbers in the register code of what works on objects: those from {@link #FIRST} on are of
 * {@link FastGc}. Operands lie as in {@link FastOp}: slots in a, b and c, the destination in d, a
 * value to be stored in d where b is taken by a number.
 */
final class FastGcOp {
    /** Everything without a number of its own: as {@link FastOp#RARE}, in register form. */
    static final int RARE = 512;

    // Fields: the slot in the immediate.
    static final int GET_NUMBER = 513;
    static final int GET_U8 = 514;
    static final int GET_U16 = 515;
    static final int GET_REF = 516;
    static final int GET_V128 = 517;
    static final int SET_NUMBER = 518;
    static final int SET_8 = 519;
    static final int SET_16 = 520;
    static final int SET_REF = 521;
    static final int SET_V128 = 522;

    // Elements.
    static final int ELEM_GET_S8 = 523;
    static final int ELEM_GET_U8 = 524;
    static final int ELEM_GET_S16 = 525;
    static final int ELEM_GET_U16 = 526;
    static final int ELEM_GET_32 = 527;
    static final int ELEM_GET_64 = 528;
    static final int ELEM_GET_REF = 529;
    static final int ELEM_GET_V128 = 530;
    static final int ELEM_SET_8 = 531;
    static final int ELEM_SET_16 = 532;
    static final int ELEM_SET_32 = 533;
    static final int ELEM_SET_64 = 534;
    static final int ELEM_SET_REF = 535;
    static final int ELEM_SET_V128 = 536;
    static final int LEN = 537;

    // Whole structures: the type in the immediate, the fields from a on.
    static final int NEW = 538;
    static final int NEW_DEFAULT = 539;

    // Types, by their number as in RefTest, in the immediate.
    static final int TEST = 540;
    static final int CAST = 541;

    // Branches: the target in the immediate of the word that follows. Those by descriptor have it
    // in d.
    static final int BR_CAST = 542;
    static final int BR_CAST_FAIL = 543;
    static final int BR_DESC = 544;
    static final int BR_DESC_FAIL = 545;

    static final int EQ = 546;
    static final int REF_I31 = 547;
    static final int I31_GET_S = 548;
    static final int I31_GET_U = 549;
    static final int MOVE = 550;
    static final int NULL = 551;
    static final int IS_NULL = 552;
    static final int NON_NULL = 553;

    static final int FIRST = RARE;

    private FastGcOp() {}
}
