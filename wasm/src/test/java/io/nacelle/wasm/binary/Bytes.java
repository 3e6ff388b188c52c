// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.binary;

import java.util.HexFormat;

/** Binary modules by hand, for tests. */
final class Bytes {
    static final String HEADER = "00 61 73 6d 01 00 00 00 ";

    private Bytes() {}

    /** Bytes from hexadecimal, blanks ignored. */
    static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
    }

    /** A module of these sections, given after the header. */
    static byte[] module(String sections) {
        return hex(HEADER + sections);
    }

    /** A module with one function of type {@code [] -> []} and this body, locals included. */
    static byte[] body(String code) {
        var out = new ByteWriter();
        out.writeBytes(module("01 04 01 60 00 00 03 02 01 00"));
        out.writeByte(SectionId.CODE.id());
        int section = out.size();
        out.writeU32(1);
        int body = out.size();
        out.writeBytes(hex(code));
        out.insertSize(body);
        out.insertSize(section);
        return out.toByteArray();
    }
}
