// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.text.Lexer.Token;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What text is cut into, and where it cannot be. */
final class LexerTest {
    private static Lexer lexer(String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        return new Lexer(bytes, 0, bytes.length);
    }

    private static List<Token> kinds(String text) {
        var lx = lexer(text);
        var kinds = new ArrayList<Token>();
        for (; !lx.is(Token.EOF); lx.advance()) {
            kinds.add(lx.kind());
        }
        return kinds;
    }

    @ParameterizedTest
    @CsvSource({
        "0, NAT",
        "1_000, NAT",
        "0xFf_0, NAT",
        "-1, INT",
        "+0x1, INT",
        "1., FLOAT",
        "1e5, FLOAT",
        "0x1.8p-3, FLOAT",
        "-0x1p+10, FLOAT",
        "inf, FLOAT",
        "+inf, FLOAT",
        "nan, FLOAT",
        "-nan:0x1, FLOAT",
        "nan:0x, KEYWORD",
        "nan:canonical, KEYWORD",
        "infinity, KEYWORD",
        "i32.add, KEYWORD",
        "offset=4, KEYWORD",
        "$a, ID",
        "$!#%&*+-./:<=>?@\\^_`|~, ID",
        "1__0, RESERVED",
        "_1, RESERVED",
        "1_, RESERVED",
        "0x, RESERVED",
        "0b1, RESERVED",
        "1e, RESERVED",
        "0x1p, RESERVED",
        ".5, RESERVED",
        "+, RESERVED",
        "1a, RESERVED",
        "Add, RESERVED",
        "a\"b\", RESERVED",
        "$a\"b\", RESERVED",
        ";, RESERVED"
    })
    void oneToken(String text, Token kind) {
        assertEquals(List.of(kind), kinds(text));
    }

    @Test
    void spaceAndComments() {
        assertEquals(
                List.of(Token.LPAR, Token.KEYWORD, Token.STRING, Token.ID, Token.RPAR),
                kinds("(;a(;b;)c;)(func;;x)\n\"a\";;\r\t$x(@note any \"here)\" ()))"));
        assertEquals(List.of(Token.NAT, Token.NAT), kinds("1(;;)2"));
        assertEquals(List.of(Token.RESERVED), kinds("\"a\"\"b\""));
    }

    @Test
    void annotations() {
        assertEquals(List.of(), kinds("(@a (b) \")\" ,;]{ (; ) ;) ;; )\n)"));
        var lx = lexer("(@custom \"x\")");
        assertTrue(lx.annotates(Annotations.CUSTOM));
        assertEquals(13, lx.skipList(0));
        assertTrue(lexer("(@\"name\" \"x\")").annotates(Annotations.NAME));
    }

    @Test
    void identifiers() {
        assertEquals("a b", lexer("$\"a b\"").id());
        assertEquals("aé", lexer("$\"\\61\\u{e9}\"").id());
        assertEquals("x", lexer("$x").id());
    }

    @Test
    void strings() {
        var text = "\"a\\t\\n\\r\\\"\\'\\\\\\00\\fF\\u{1_F600}ü\"";
        var expected = new ByteArrayOutputStream();
        expected.writeBytes("a\t\n\r\"'\\\0".getBytes(StandardCharsets.UTF_8));
        expected.write(0xFF);
        expected.writeBytes("😀ü".getBytes(StandardCharsets.UTF_8));
        assertArrayEquals(expected.toByteArray(), lexer(text).string());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '%',
            value = {
                "(; (; ;)        | unclosed comment",
                "\"abc           | unclosed string",
                "\"\\x\"         | illegal escape",
                "\"\\u{110000}\" | illegal escape",
                "\"\\u{d800}\"   | illegal escape",
                "\"\\u{}\"       | illegal escape",
                "\"\\u{1__2}\"   | illegal escape",
                "$               | empty identifier",
                "$\"\"           | empty identifier",
                "$\"\\ff\"       | malformed UTF-8 encoding",
                "(@)             | empty annotation id",
                "(@a             | unclosed annotation",
                "ü               | illegal character"
            })
    void faults(String text, String reason) {
        var e = assertThrows(MalformedException.class, () -> kinds(text));
        assertTrue(e.reason().startsWith(reason), e.getMessage());
    }

    @Test
    void controlCharacters() {
        for (var text : List.of("\"\1\"", "\"\177\"")) {
            var e = assertThrows(MalformedException.class, () -> kinds(text));
            assertEquals("illegal control character in string", e.reason());
        }
        assertEquals(
                "illegal character",
                assertThrows(MalformedException.class, () -> kinds(" \0")).reason());
    }

    @Test
    void positions() {
        var e = assertThrows(MalformedException.class, () -> kinds("\n\r\n\r äö(;ü;) $"));
        assertTrue(e.getMessage().contains("line 4, column 2"), e.getMessage());
        e = assertThrows(MalformedException.class, () -> kinds("(;ü;) $"));
        assertEquals("at line 1, column 7", e.where());
    }

    @Test
    void lookahead() {
        var lx = lexer("(func $a)");
        assertTrue(lx.opens("func"));
        assertEquals("func", lx.peekText());
        assertEquals(Token.LPAR, lx.kind());
        lx.advance();
        assertTrue(lx.isWord("func"));
        lx.advance();
        assertEquals("a", lx.id());
        lx.seek(0);
        assertTrue(lx.opens("func"));
        assertEquals(9, lx.skipList(0));
    }

    @Test
    void utf8() {
        assertEquals(-1, Utf8.check("aé€😀".getBytes(StandardCharsets.UTF_8)));
        assertEquals(0, Utf8.check(new byte[] {(byte) 0x80}));
        assertEquals(1, Utf8.check(new byte[] {'a', (byte) 0xC0, (byte) 0x80}));
        assertEquals(0, Utf8.check(new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}));
        assertEquals(0, Utf8.check(new byte[] {(byte) 0xE0, (byte) 0x80, (byte) 0x80}));
        assertEquals(
                0, Utf8.check(new byte[] {(byte) 0xF4, (byte) 0x90, (byte) 0x80, (byte) 0x80}));
        assertEquals(0, Utf8.check(new byte[] {(byte) 0xE2, (byte) 0x82}));
    }
}
