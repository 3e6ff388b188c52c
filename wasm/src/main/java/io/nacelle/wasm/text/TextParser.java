// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import io.nacelle.wasm.binary.ImplementationLimits;
import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.syntax.WasmModule;
import io.nacelle.wasm.text.Lexer.Token;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Reads modules in the text format (spec 6). Code, constant expressions and data end up in the
 * binary format in an array of the module's own, its {@link WasmModule#source()}; identifiers
 * become a name section.
 *
 * <p>Thread-safe: nothing is shared between calls.
 */
public final class TextParser {
    private TextParser() {}

    /**
     * Parses a module: {@code (module …)}, or its fields alone.
     *
     * @throws MalformedException when the text is no module, with line and column
     */
    public static WasmModule parse(String text) {
        return parse(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Parses a module from text in UTF-8.
     *
     * @param text not changed, and not kept after the call
     * @throws MalformedException when the text is no module, with line and column
     */
    public static WasmModule parse(byte[] text) {
        check(text);
        return parse(text, 0, text.length);
    }

    /**
     * Where in a text that can be parsed the instruction is written that a fault in it is about. It
     * parses the text again.
     *
     * @param text what was parsed; not changed, and not kept after the call
     * @param offset in the {@linkplain WasmModule#source() source} of the parsed module, as {@link
     *     io.nacelle.wasm.syntax.WasmException#offset} says it when that module is invalid
     * @return empty when no code is there
     * @throws MalformedException when the text is no module
     */
    public static Optional<TextPosition> position(byte[] text, long offset) {
        check(text);
        var scope = new Scope();
        scope.places.keep();
        parse(new Lexer(text, 0, text.length), scope);
        var at = scope.places.of(offset);
        return at.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new TextPosition(
                                Position.line(text, at.getAsInt()),
                                Position.column(text, at.getAsInt())));
    }

    static void check(byte[] text) {
        if (text.length > ImplementationLimits.MAX_MODULE_SIZE) {
            throw new MalformedException("module too large", text.length + " bytes");
        }
        int fault = Utf8.check(text);
        if (fault >= 0) {
            throw Position.error(text, fault, "malformed UTF-8 encoding");
        }
    }

    /** Parses a module from a part of a text that has been checked. */
    static WasmModule parse(byte[] text, int start, int end) {
        return parse(new Lexer(text, start, end), new Scope());
    }

    private static WasmModule parse(Lexer lx, Scope scope) {
        boolean wrapped = lx.opens("module");
        if (wrapped) {
            lx.advance();
            lx.advance();
            if (lx.isWord("definition")) {
                lx.advance();
            }
            if (lx.is(Token.ID)) {
                scope.moduleName = Optional.of(lx.id());
                lx.advance();
            }
        }
        var module = new ModuleParser(lx, scope).parse();
        if (wrapped) {
            if (!lx.is(Token.RPAR)) {
                throw lx.unexpected();
            }
            lx.advance();
        }
        if (!lx.is(Token.EOF)) {
            throw lx.unexpected();
        }
        return module;
    }
}
