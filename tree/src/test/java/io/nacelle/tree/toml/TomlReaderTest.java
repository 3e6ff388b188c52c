// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree.toml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

final class TomlReaderTest {
    private static TomlValue value(String text, String... path) {
        var value = new TomlValue(TomlReader.read(text), 1, 1);
        for (var key : path) {
            value = value.table(key).get(key).orElseThrow();
        }
        return value;
    }

    @Test
    void readsEveryKindOfValue() {
        var text =
                """
                a = 1_000 # a comment
                b = -0x10
                """;
        assertThrows(TomlException.class, () -> TomlReader.read(text), "hexadecimals are unsigned");
        assertEquals(1000L, value("a = 1_000 # c", "a").integer("a"));
        assertEquals(255L, value("a = 0xff", "a").integer("a"));
        assertEquals(8L, value("a = 0o10", "a").integer("a"));
        assertEquals(5L, value("a = 0b101", "a").integer("a"));
        assertEquals(-7L, value("a = -7", "a").integer("a"));
        assertTrue(value("a = true", "a").bool("a"));
        assertEquals("x\ty\"é😀", value("a = \"x\\ty\\\"\\u00e9\\U0001F600\"", "a").string("a"));
        assertEquals("C:\\x", value("a = 'C:\\x'", "a").string("a"));
        assertEquals("one\ntwo", value("a = \"\"\"\none\n\\\n   two\"\"\"", "a").string("a"));
        assertEquals("it''s", value("a = '''it''s'''", "a").string("a"));
        assertEquals("q\"", value("a = \"\"\"q\"\"\"\"", "a").string("a"));
        assertEquals(3, value("a = [1, [2,\n 3], # c\n 'x',]", "a").array("a").size());
        assertEquals("v", value("a = { b.c = 'v', d = 1 }", "a", "b", "c").string("c"));
        assertEquals(1L, value("[a.b]\nc = 1\n[a]\nd = 2", "a", "b", "c").integer("c"));
        assertEquals(2L, value("[a.b]\nc = 1\n[a]\nd = 2", "a", "d").integer("d"));
        assertEquals("x", value("'a b'.\"c\" = 'x'\r\n", "a b", "c").string("c"));
        assertEquals(2, value("[[a]]\nb = 1\n[[a]]\n[a.c]\nd = 1", "a").array("a").size());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    a = 1\\na = 2 | 2 | 1 | 'a' is there already
                    [a]\\n[a] | 2 | 2 | 'a' is there already
                    a = { b = 1 }\\na.c = 2 | 2 | 1 | 'a' is there already
                    a = { b = 1 }\\n[a.c] | 2 | 2 | 'a' is there already
                    [a.b]\\n[a]\\nb.c = 1 | 3 | 1 | 'b' is there already
                    a = [1]\\n[[a]] | 2 | 3 | 'a' is there already
                    [[a]]\\n[a] | 2 | 2 | 'a' is there already
                    a.b = 1\\n[a] | 2 | 2 | 'a' is there already
                    a = 1.5 | 1 | 5 | '1.5' is no value
                    a = 2026-01-01 | 1 | 5 | '2026-01-01' is no value
                    a = 01 | 1 | 5 | '01' is no value
                    a = 1__0 | 1 | 5 | '1__0' is no value
                    a = 99999999999999999999 | 1 | 5 | is no value
                    a = | 1 | 4 | expected a value
                    a 1 | 1 | 3 | expected '='
                    = 1 | 1 | 1 | expected a key
                    a = 1 b = 2 | 1 | 7 | expected the end of the line
                    a = "x | 1 | 7 | the string has no end
                    a = "\\q" | 1 | 8 | there is no such escape
                    a = "\\ud800" | 1 | 12 | the escape is of no character
                    a = "\\U00110000" | 1 | 16 | the escape is of no character
                    a = [1, 2 | 1 | 10 | expected ',' or ']'
                    a = { b = 1, } | 1 | 14 | expected a key
                    a = { b = 1\\n} | 1 | 12 | expected ',' or '}'
                    [a | 1 | 3 | expected ']'
                    """)
    void saysWhereTextIsWrong(String text, int line, int column, String message) {
        var real = text.strip().replace("\\n", "\n").replace("\\\n", "\n");
        var fault = assertThrows(TomlException.class, () -> TomlReader.read(real));
        assertTrue(fault.getMessage().contains(message.strip()), fault::getMessage);
        assertEquals(
                List.of(line, column), List.of(fault.line(), fault.column()), fault.getMessage());
    }

    @Test
    void boundsDepthAndSize() {
        for (var deep :
                List.of(
                        "a = " + "[".repeat(100_000),
                        "a = " + "{a=".repeat(100_000),
                        "a.".repeat(100_000) + "b = 1",
                        "[" + "a.".repeat(100_000) + "b]")) {
            var fault = assertThrows(TomlException.class, () -> TomlReader.read(deep));
            assertEquals("nested deeper than 64", fault.getMessage());
        }
        var large = assertThrows(TomlException.class, () -> TomlReader.read(" ".repeat(1 << 21)));
        assertEquals("more than 1048576 characters", large.getMessage());
    }

    @Test
    void refusesControlCharacters() {
        assertThrows(TomlException.class, () -> TomlReader.read("a = \"\u0007\""));
        assertThrows(TomlException.class, () -> TomlReader.read("# \u0000"));
        assertThrows(TomlException.class, () -> TomlReader.read("a = 'x\ry'"));
    }

    @Test
    void refusesUnknownKeysWhereTheyStand() {
        var table = TomlReader.read("good = 1\n  bad = 2");
        var fault = assertThrows(TomlException.class, () -> table.allow("the table", "good"));
        assertEquals("unknown key 'bad' in the table; there are good", fault.getMessage());
        assertEquals(List.of(2, 3), List.of(fault.line(), fault.column()));
    }
}
