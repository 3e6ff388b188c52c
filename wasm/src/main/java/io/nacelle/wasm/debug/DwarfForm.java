// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.debug;

/** How attributes are written (DWARF 5, section 7.5.6). */
final class DwarfForm {
    static final int ADDR = 0x01;
    static final int BLOCK2 = 0x03;
    static final int BLOCK4 = 0x04;
    static final int DATA2 = 0x05;
    static final int DATA4 = 0x06;
    static final int DATA8 = 0x07;
    static final int STRING = 0x08;
    static final int BLOCK = 0x09;
    static final int BLOCK1 = 0x0A;
    static final int DATA1 = 0x0B;
    static final int FLAG = 0x0C;
    static final int SDATA = 0x0D;
    static final int STRP = 0x0E;
    static final int UDATA = 0x0F;
    static final int REF_ADDR = 0x10;
    static final int REF1 = 0x11;
    static final int REF2 = 0x12;
    static final int REF4 = 0x13;
    static final int REF8 = 0x14;
    static final int REF_UDATA = 0x15;
    static final int INDIRECT = 0x16;
    static final int SEC_OFFSET = 0x17;
    static final int EXPRLOC = 0x18;
    static final int FLAG_PRESENT = 0x19;
    static final int STRX = 0x1A;
    static final int ADDRX = 0x1B;
    static final int REF_SUP4 = 0x1C;
    static final int STRP_SUP = 0x1D;
    static final int DATA16 = 0x1E;
    static final int LINE_STRP = 0x1F;
    static final int REF_SIG8 = 0x20;
    static final int IMPLICIT_CONST = 0x21;
    static final int LOCLISTX = 0x22;
    static final int RNGLISTX = 0x23;
    static final int REF_SUP8 = 0x24;
    static final int STRX1 = 0x25;
    static final int STRX2 = 0x26;
    static final int STRX3 = 0x27;
    static final int STRX4 = 0x28;
    static final int ADDRX1 = 0x29;
    static final int ADDRX2 = 0x2A;
    static final int ADDRX3 = 0x2B;
    static final int ADDRX4 = 0x2C;

    private DwarfForm() {}

    /** Moves behind a value. */
    static void skip(DwarfReader in, int form, int offsetSize, int addressSize, int version) {
        switch (form) {
            case ADDR -> in.skip(addressSize);
            case BLOCK2 -> in.skip(in.u16());
            case BLOCK4 -> in.skip(in.u32());
            case BLOCK, EXPRLOC -> in.skip(in.uleb());
            case BLOCK1 -> in.skip(in.u8());
            case DATA1, REF1, FLAG, STRX1, ADDRX1 -> in.skip(1);
            case DATA2, REF2, STRX2, ADDRX2 -> in.skip(2);
            case STRX3, ADDRX3 -> in.skip(3);
            case DATA4, REF4, REF_SUP4, STRX4, ADDRX4 -> in.skip(4);
            case DATA8, REF8, REF_SIG8, REF_SUP8 -> in.skip(8);
            case DATA16 -> in.skip(16);
            case STRING -> in.skipString();
            case SDATA, UDATA, REF_UDATA, STRX, ADDRX, LOCLISTX, RNGLISTX -> in.uleb();
            case STRP, LINE_STRP, SEC_OFFSET, STRP_SUP -> in.skip(offsetSize);
            case REF_ADDR -> in.skip(version <= 2 ? addressSize : offsetSize);
            case FLAG_PRESENT, IMPLICIT_CONST -> {}
            case INDIRECT -> {
                int actual = (int) in.uleb();
                if (actual == INDIRECT || actual == IMPLICIT_CONST) {
                    throw DwarfReader.malformed();
                }
                skip(in, actual, offsetSize, addressSize, version);
            }
            default -> throw DwarfReader.malformed();
        }
    }
}
