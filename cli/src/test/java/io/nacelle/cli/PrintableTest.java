// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class PrintableTest {
    @Test
    void plainTextStays() {
        assertEquals(
                "first\nsecond \"quoted\" \\ größe 漢",
                Printable.lines("first\nsecond \"quoted\" \\ größe 漢"));
    }

    @Test
    void whatMovesTheCursorIsEscaped() {
        assertEquals("\\u{1b}[2J\\u{d}\\u{9b}\\u{7}", Printable.lines("\033[2J\r\u009b\u0007"));
    }

    @Test
    void whatTurnsTextAroundIsEscaped() {
        assertEquals("a\\u{202e}b\\u{2028}", Printable.lines("a\u202eb\u2028"));
    }

    @Test
    void quotedNamesAreOneLine() {
        assertEquals("\"a\\u{a}\\\"\\\\\"", Printable.quoted("a\n\"\\"));
    }
}
