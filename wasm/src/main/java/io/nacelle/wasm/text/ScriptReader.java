// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.text.Lexer.Token;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads scripts ({@code .wast}): sequences of modules, actions and assertions. A command that
 * cannot be read is reported as such, and reading goes on behind it; modules are not read at all
 * until somebody asks.
 *
 * <p>Thread-safe: nothing is shared between calls.
 */
public final class ScriptReader {
    private final byte[] script;
    private int counted;
    private int line = 1;

    private ScriptReader(byte[] script) {
        this.script = script;
    }

    /**
     * All commands of a script, in order.
     *
     * @param script UTF-8; kept by the modules of the commands, and not to be changed
     * @throws MalformedException when the text is no sequence of lists, with line and column
     */
    public static List<Command> read(byte[] script) {
        TextParser.check(script);
        return new ScriptReader(script).commands();
    }

    private List<Command> commands() {
        var commands = new ArrayList<Command>();
        var top = new Lexer(script, 0, script.length);
        while (!top.is(Token.EOF)) {
            int open = top.start();
            if (!top.is(Token.LPAR) && !top.is(Token.ANNOTATION)) {
                throw top.unexpected();
            }
            if (isField(top)) {
                int end = open;
                while (isField(top)) {
                    end = top.skipList(top.start());
                    top.seek(end);
                }
                commands.add(
                        new Command.DefineAndInstantiate(
                                line(open),
                                Optional.empty(),
                                new ModuleSource.Text(script, open, end)));
            } else {
                int end = top.skipList(open);
                commands.add(command(open, end));
                top.seek(end);
            }
        }
        return commands;
    }

    private static boolean isField(Lexer top) {
        return top.is(Token.ANNOTATION)
                || top.is(Token.LPAR)
                        && top.peek() == Token.KEYWORD
                        && ModuleParser.isField(top.peekText());
    }

    /** The line of an offset, which is not before those asked for earlier. */
    private int line(int offset) {
        while (counted < offset) {
            if (Position.endsLine(script, counted++)) {
                line++;
            }
        }
        return line;
    }

    private Command command(int open, int end) {
        int at = line(open);
        try {
            var reader = new Lexer(script, open, end);
            return new Reader(reader, at, open, end).command();
        } catch (MalformedException e) {
            return new Command.Unreadable(at, e.getMessage());
        }
    }

    /** Reads one command. */
    private final class Reader {
        private final Lexer lx;
        private final int line;
        private final int open;
        private final int end;

        Reader(Lexer lx, int line, int open, int end) {
            this.lx = lx;
            this.line = line;
            this.open = open;
            this.end = end;
        }

        Command command() {
            if (lx.opens("module")) {
                return module();
            }
            expect(Token.LPAR);
            var word = keyword();
            var command =
                    switch (word) {
                        case "register" -> new Command.Register(line, name(), optionalId());
                        case "invoke" -> new Command.Perform(line, invoke());
                        case "get" -> new Command.Perform(line, get());
                        case "assert_return" ->
                                new Command.AssertReturn(line, action(), patterns());
                        case "assert_trap" ->
                                lx.opens("module")
                                        ? new Command.AssertInstantiationTrap(
                                                line, source(), name())
                                        : new Command.AssertTrap(line, action(), name());
                        case "assert_exhaustion" ->
                                new Command.AssertExhaustion(line, action(), name());
                        case "assert_exception" -> new Command.AssertException(line, action());
                        case "assert_suspension" ->
                                new Command.AssertSuspension(line, action(), name());
                        case "thread" -> thread();
                        case "wait" -> new Command.Wait(line, id());
                        default -> rejected(word);
                    };
            expect(Token.RPAR);
            if (!lx.is(Token.EOF)) {
                throw lx.unexpected();
            }
            return command;
        }

        private Command rejected(String word) {
            for (var fault : Command.Fault.values()) {
                if (fault.keyword().equals(word)) {
                    return new Command.AssertRejected(line, fault, source(), name());
                }
            }
            throw lx.error(open, "unknown command " + word);
        }

        // Modules

        private Command module() {
            lx.advance();
            lx.advance();
            if (lx.isWord("instance")) {
                lx.advance();
                return new Command.Instantiate(line, optionalId(), optionalId());
            }
            boolean definition = lx.isWord("definition");
            if (definition) {
                lx.advance();
            }
            var name = optionalId();
            var source = moduleSource(open, end);
            return definition
                    ? new Command.Define(line, name, source)
                    : new Command.DefineAndInstantiate(line, name, source);
        }

        /** A module within an assertion. */
        private ModuleSource source() {
            if (!lx.opens("module")) {
                throw lx.unexpected();
            }
            int from = lx.start();
            int to = lx.skipList(from);
            lx.advance();
            lx.advance();
            if (lx.isWord("definition")) {
                lx.advance();
            }
            optionalId();
            var source = moduleSource(from, to);
            lx.seek(to);
            return source;
        }

        private ModuleSource moduleSource(int from, int to) {
            boolean binary = lx.isWord("binary");
            if (!binary && !lx.isWord("quote")) {
                return new ModuleSource.Text(script, from, to);
            }
            lx.advance();
            var bytes = new ByteArrayOutputStream();
            while (lx.is(Token.STRING)) {
                bytes.writeBytes(lx.string());
                if (!binary) {
                    // Words in two strings are two words.
                    bytes.write('\n');
                }
                lx.advance();
            }
            expect(Token.RPAR);
            return binary
                    ? new ModuleSource.Binary(bytes.toByteArray())
                    : new ModuleSource.Quote(bytes.toByteArray());
        }

        private Command thread() {
            var name = id();
            var shared = new ArrayList<String>();
            while (lx.opens("shared")) {
                lx.advance();
                lx.advance();
                expect(Token.LPAR);
                if (!lx.isWord("module")) {
                    throw lx.unexpected();
                }
                lx.advance();
                shared.add(id());
                expect(Token.RPAR);
                expect(Token.RPAR);
            }
            var commands = new ArrayList<Command>();
            while (lx.is(Token.LPAR)) {
                int from = lx.start();
                int to = lx.skipList(from);
                commands.add(ScriptReader.this.command(from, to));
                lx.seek(to);
            }
            return new Command.StartThread(line, name, shared, commands);
        }

        // Actions

        private Command.Action action() {
            expect(Token.LPAR);
            var word = keyword();
            var action =
                    switch (word) {
                        case "invoke" -> invoke();
                        case "get" -> get();
                        default -> throw lx.error(open, "unknown action " + word);
                    };
            expect(Token.RPAR);
            return action;
        }

        private Command.Invoke invoke() {
            var instance = optionalId();
            var name = name();
            var arguments = new ArrayList<ScriptValue>();
            while (lx.is(Token.LPAR)) {
                if (!(pattern() instanceof ResultPattern.Exactly exactly)) {
                    throw lx.error("unexpected token: a value is wanted before this");
                }
                arguments.add(exactly.value());
            }
            return new Command.Invoke(instance, name, arguments);
        }

        private Command.Get get() {
            return new Command.Get(optionalId(), name());
        }

        // Values and patterns

        private List<ResultPattern> patterns() {
            var patterns = new ArrayList<ResultPattern>();
            while (lx.is(Token.LPAR)) {
                patterns.add(pattern());
            }
            return patterns;
        }

        private ResultPattern pattern() {
            expect(Token.LPAR);
            var word = keyword();
            var pattern =
                    switch (word) {
                        case "i32.const" -> exactly(new ScriptValue.I32((int) integer(32)));
                        case "i64.const" -> exactly(new ScriptValue.I64(integer(64)));
                        case "f32.const" -> f32();
                        case "f64.const" -> f64();
                        case "v128.const" -> vector();
                        case "either" -> new ResultPattern.Either(patterns());
                        default -> reference(word);
                    };
            expect(Token.RPAR);
            return pattern;
        }

        private static ResultPattern exactly(ScriptValue value) {
            return new ResultPattern.Exactly(value);
        }

        private ResultPattern reference(String word) {
            for (var kind : ResultPattern.RefKind.values()) {
                if (kind.keyword().equals(word)) {
                    return reference(kind);
                }
            }
            throw lx.error(open, "unknown value " + word);
        }

        private ResultPattern reference(ResultPattern.RefKind kind) {
            switch (kind) {
                case NULL -> {
                    if (!lx.is(Token.RPAR)) {
                        var types = new TypeParser(lx, new Scope());
                        return exactly(new ScriptValue.RefNull(types.heapType()));
                    }
                }
                case EXTERN -> {
                    if (lx.is(Token.NAT)) {
                        return exactly(new ScriptValue.RefExtern(IndexSpace.u32(lx)));
                    }
                }
                case HOST -> {
                    if (lx.is(Token.NAT)) {
                        return exactly(new ScriptValue.RefHost(IndexSpace.u32(lx)));
                    }
                }
                case FUNC -> {
                    if (IndexSpace.atIndex(lx)) {
                        lx.advance();
                    }
                }
                default -> {}
            }
            return new ResultPattern.AnyOf(kind);
        }

        private boolean atNumber() {
            return lx.is(Token.NAT) || lx.is(Token.INT) || lx.is(Token.FLOAT);
        }

        private void requireNumber() {
            if (!atNumber()) {
                throw lx.unexpected();
            }
        }

        private long integer(int bits) {
            requireNumber();
            long value =
                    Numbers.integer(lx.bytes(), lx.start(), lx.stop(), bits)
                            .orElseThrow(() -> lx.error("constant out of range"));
            lx.advance();
            return value;
        }

        private Optional<ResultPattern.Nan> nan() {
            Optional<ResultPattern.Nan> nan =
                    lx.isWord("nan:canonical")
                            ? Optional.of(ResultPattern.Nan.CANONICAL)
                            : lx.isWord("nan:arithmetic")
                                    ? Optional.of(ResultPattern.Nan.ARITHMETIC)
                                    : Optional.empty();
            if (nan.isPresent()) {
                lx.advance();
            }
            return nan;
        }

        private ResultPattern f32() {
            var nan = nan();
            if (nan.isPresent()) {
                return new ResultPattern.F32Nan(nan.get());
            }
            requireNumber();
            int bits =
                    Numbers.f32(lx.bytes(), lx.start(), lx.stop())
                            .orElseThrow(() -> lx.error("constant out of range"));
            lx.advance();
            return exactly(new ScriptValue.F32(bits));
        }

        private ResultPattern f64() {
            var nan = nan();
            if (nan.isPresent()) {
                return new ResultPattern.F64Nan(nan.get());
            }
            requireNumber();
            long bits =
                    Numbers.f64(lx.bytes(), lx.start(), lx.stop())
                            .orElseThrow(() -> lx.error("constant out of range"));
            lx.advance();
            return exactly(new ScriptValue.F64(bits));
        }

        private ResultPattern vector() {
            var shape =
                    LaneShape.of(lx.is(Token.KEYWORD) ? lx.text() : "").orElseThrow(lx::unexpected);
            lx.advance();
            var lanes = new ArrayList<ResultPattern.Lane>();
            var bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
            boolean exact = true;
            for (int i = 0; i < shape.lanes(); i++) {
                var nan = shape.isFloat() ? nan() : Optional.<ResultPattern.Nan>empty();
                if (nan.isPresent()) {
                    lanes.add(new ResultPattern.NanLane(nan.get()));
                    exact = false;
                    continue;
                }
                requireNumber();
                long bits =
                        shape.parse(lx.bytes(), lx.start(), lx.stop())
                                .orElseThrow(() -> lx.error("constant out of range"));
                lx.advance();
                lanes.add(new ResultPattern.BitsLane(bits));
                for (int k = 0; k < shape.bits() / 8; k++) {
                    bytes.put(i * shape.bits() / 8 + k, (byte) (bits >>> (8 * k)));
                }
            }
            return exact
                    ? exactly(new ScriptValue.V128(bytes.getLong(0), bytes.getLong(8)))
                    : new ResultPattern.Lanes(shape, lanes);
        }

        // Tokens

        private void expect(Token token) {
            if (!lx.is(token)) {
                throw lx.unexpected();
            }
            lx.advance();
        }

        private String keyword() {
            if (!lx.is(Token.KEYWORD)) {
                throw lx.unexpected();
            }
            var word = lx.text();
            lx.advance();
            return word;
        }

        private String name() {
            if (!lx.is(Token.STRING)) {
                throw lx.unexpected();
            }
            var raw = lx.string();
            var name = Utf8.decode(raw, 0, raw.length);
            if (name == null) {
                throw lx.error("malformed UTF-8 encoding");
            }
            lx.advance();
            return name;
        }

        private Optional<String> optionalId() {
            return lx.is(Token.ID) ? Optional.of(id()) : Optional.empty();
        }

        private String id() {
            if (!lx.is(Token.ID)) {
                throw lx.unexpected();
            }
            var id = lx.id();
            lx.advance();
            return id;
        }
    }
}
