// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import io.nacelle.wasm.binary.CodeWriter;
import io.nacelle.wasm.binary.ImplementationLimits;
import io.nacelle.wasm.syntax.Opcode;
import io.nacelle.wasm.syntax.Span;
import io.nacelle.wasm.text.Lexer.Token;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Parses instructions (spec 6.5) straight into the binary format: flat and folded, with labels
 * resolved. Nesting is kept on a stack of its own, so that no text can exhaust Java's.
 */
final class InstrParser {
    private static final int NO_HINT = -1;

    /** A folded block takes up to three frames. */
    private static final int MAX_FRAMES = 3 * ImplementationLimits.MAX_NESTING;

    /** What a frame of the nesting stack stands for. */
    private enum Kind {
        /** A block that is closed by {@code end}. */
        FLAT,
        /** A folded instruction, written when its operands are. */
        PLAIN,
        /** A folded block, loop or try_table. */
        BLOCK,
        IF,
        TRY,
        /** The instructions within then, else, do and catch. */
        SEQUENCE
    }

    private static final class Frame {
        Kind kind = Kind.FLAT;

        /** What has been read: of a flat block its last keyword, of a folded if or try its part. */
        Opcode part = Opcode.BLOCK;

        /** Where the instruction that waits for its operands begins among those that wait. */
        int waiting;

        int hint;

        /** Where in the text it begins. */
        int at;

        String label = "";
        String labelName = "";
    }

    private final Lexer lx;
    private final Scope scope;
    private final CodeWriter out;

    /** Folded instructions whose operands are still being read. */
    private final CodeWriter waiting = new CodeWriter();

    private final Immediates immediates;

    private Frame[] frames = new Frame[16];
    private int depth;
    private String[] labels = new String[16];

    /** For each label, the depth of the one of the same identifier that it hides, or -1. */
    private int[] hidden = new int[16];

    private final Map<String, Integer> innermost = new HashMap<>();
    private int labelDepth;
    private int blocks;
    private Map<Integer, String> labelNames = new TreeMap<>();
    private Map<Integer, Integer> hints = new TreeMap<>();
    private int hint = NO_HINT;
    private int codeStart;
    private boolean inFunction;

    InstrParser(Lexer lx, Scope scope, TypeParser types) {
        this.lx = lx;
        this.scope = scope;
        this.out = scope.out;
        this.immediates = new Immediates(lx, scope, types, this::label);
    }

    /**
     * The body of a function up to the parenthesis that closes it, with its {@code end}.
     *
     * @param start where the function's code began
     */
    void body(int func, IndexSpace locals, int start) {
        begin(locals);
        inFunction = true;
        codeStart = start;
        run(false);
        inFunction = false;
        mark(lx.start());
        out.op(Opcode.END);
        if (!labelNames.isEmpty()) {
            scope.labels.put(func, labelNames);
            labelNames = new TreeMap<>();
        }
        if (!hints.isEmpty()) {
            scope.hints.put(func, hints);
            hints = new TreeMap<>();
        }
    }

    /** An expression up to the parenthesis that closes what it is in. */
    Span expression() {
        int start = out.size();
        begin(new IndexSpace("local"));
        run(false);
        mark(lx.start());
        out.op(Opcode.END);
        return new Span(start, out.size() - start);
    }

    /** An expression of one folded instruction. */
    Span foldedExpression() {
        if (!lx.is(Token.LPAR)) {
            throw lx.unexpected();
        }
        int start = out.size();
        begin(new IndexSpace("local"));
        run(true);
        mark(lx.start());
        out.op(Opcode.END);
        return new Span(start, out.size() - start);
    }

    private void begin(IndexSpace locals) {
        immediates.locals(locals);
        waiting.truncate(0);
        depth = 0;
        labelDepth = 0;
        innermost.clear();
        blocks = 0;
        hint = NO_HINT;
    }

    private void run(boolean once) {
        while (true) {
            switch (lx.kind()) {
                case KEYWORD -> flat();
                case LPAR -> {
                    lx.advance();
                    open();
                }
                case RPAR -> {
                    if (hint != NO_HINT) {
                        throw lx.error("@metadata.code.branch_hint annotation: unexpected token");
                    }
                    if (depth == 0) {
                        return;
                    }
                    close();
                }
                case ANNOTATION -> hint();
                default -> throw lx.unexpected();
            }
            if (once && depth == 0) {
                return;
            }
        }
    }

    private void hint() {
        if (!inFunction || !lx.annotates(Annotations.BRANCH_HINT)) {
            throw lx.unexpected();
        }
        if (hint != NO_HINT) {
            throw lx.error("@metadata.code.branch_hint annotation: duplicate annotation");
        }
        hint = Annotations.branchHint(lx);
    }

    private int takeHint() {
        int taken = hint;
        hint = NO_HINT;
        return taken;
    }

    private void placeHint(int value) {
        if (value != NO_HINT) {
            hints.put(out.size() - codeStart, value);
        }
    }

    /** Notes where in the text the instruction is that is written next. */
    private void mark(int at) {
        scope.places.add(out.size(), at);
    }

    // Frames and labels

    private Frame push(Kind kind) {
        if (depth == MAX_FRAMES) {
            throw lx.error("nesting too deep (the limit is " + MAX_FRAMES + " instructions)");
        }
        if (depth == frames.length) {
            frames = Arrays.copyOf(frames, depth * 2);
        }
        var frame = frames[depth];
        if (frame == null) {
            frame = new Frame();
            frames[depth] = frame;
        }
        depth++;
        frame.kind = kind;
        frame.hint = NO_HINT;
        return frame;
    }

    private void pushLabel(String id, String name) {
        if (labelDepth == ImplementationLimits.MAX_NESTING) {
            throw lx.error("nesting too deep (the limit is " + labelDepth + ")");
        }
        if (labelDepth == labels.length) {
            labels = Arrays.copyOf(labels, labelDepth * 2);
            hidden = Arrays.copyOf(hidden, labelDepth * 2);
        }
        if (!id.isEmpty()) {
            var outer = innermost.put(id, labelDepth);
            hidden[labelDepth] = outer == null ? -1 : outer;
        }
        labels[labelDepth++] = id;
        if (!name.isEmpty()) {
            labelNames.put(blocks, name);
        }
        blocks++;
    }

    /** The identifier here, empty if there is none. */
    private String labelId() {
        if (!lx.is(Token.ID)) {
            return "";
        }
        var id = lx.id();
        lx.advance();
        return id;
    }

    private String labelName(String id) {
        return lx.annotates(Annotations.NAME) ? Annotations.name(lx) : id;
    }

    /** The relative label here. */
    private int label() {
        if (!lx.is(Token.ID)) {
            return IndexSpace.u32(lx);
        }
        var id = lx.id();
        var at = innermost.get(id);
        if (at == null) {
            throw lx.error("unknown label $" + id);
        }
        lx.advance();
        return labelDepth - 1 - at;
    }

    private void popLabel() {
        var id = labels[--labelDepth];
        if (!id.isEmpty()) {
            if (hidden[labelDepth] < 0) {
                innermost.remove(id);
            } else {
                innermost.put(id, hidden[labelDepth]);
            }
        }
    }

    // Flat instructions

    private void flat() {
        var top = depth == 0 ? null : frames[depth - 1];
        if (top != null
                && (top.kind == Kind.PLAIN || top.kind == Kind.IF || top.kind == Kind.TRY)) {
            throw lx.unexpected();
        }
        var op = Keywords.opcode(lx.text()).orElseThrow(lx::unexpected);
        switch (op) {
            case BLOCK, LOOP, IF, TRY, TRY_TABLE -> flatBlock(op);
            case ELSE, CATCH, CATCH_ALL -> flatPart(top, op);
            case DELEGATE -> {
                require(top, Opcode.TRY);
                mark(lx.start());
                lx.advance();
                popLabel();
                depth--;
                out.index(op, label());
            }
            case END -> {
                if (top == null || top.kind != Kind.FLAT) {
                    throw lx.unexpected();
                }
                mark(lx.start());
                lx.advance();
                matchLabel();
                popLabel();
                depth--;
                out.op(op);
            }
            default -> {
                int at = lx.start();
                mark(at);
                lx.advance();
                placeHint(takeHint());
                immediates.write(op, at, out);
            }
        }
    }

    private void flatBlock(Opcode op) {
        mark(lx.start());
        lx.advance();
        var id = labelId();
        var name = labelName(id);
        placeHint(takeHint());
        immediates.block(op, out);
        pushLabel(id, name);
        push(Kind.FLAT).part = op;
    }

    private void flatPart(Frame top, Opcode op) {
        require(top, op == Opcode.ELSE ? Opcode.IF : Opcode.TRY);
        mark(lx.start());
        lx.advance();
        if (op == Opcode.CATCH) {
            out.index(op, scope.tags.index(lx));
        } else {
            matchLabel();
            out.op(op);
            top.part = op;
        }
        if (top.part == Opcode.TRY) {
            top.part = Opcode.CATCH;
        }
    }

    private void require(Frame top, Opcode part) {
        boolean fits =
                top != null
                        && top.kind == Kind.FLAT
                        && (top.part == part
                                // After a first catch there can be others, but no delegate.
                                || part == Opcode.TRY
                                        && top.part == Opcode.CATCH
                                        && !lx.isWord("delegate"));
        if (!fits) {
            throw lx.unexpected();
        }
    }

    private void matchLabel() {
        if (lx.is(Token.ID)) {
            if (!lx.id().equals(labels[labelDepth - 1])) {
                throw lx.error("mismatching label $" + lx.id());
            }
            lx.advance();
        }
    }

    // Folded instructions

    private void open() {
        if (!lx.is(Token.KEYWORD)) {
            throw lx.unexpected();
        }
        var top = depth == 0 ? null : frames[depth - 1];
        if (top != null && top.kind == Kind.IF && (top.part != Opcode.IF || lx.isWord("then"))) {
            openIfPart(top);
            return;
        }
        if (top != null && top.kind == Kind.TRY) {
            openTryPart(top);
            return;
        }
        var op = Keywords.opcode(lx.text()).orElseThrow(lx::unexpected);
        switch (op) {
            case BLOCK, LOOP, TRY_TABLE, TRY -> {
                mark(lx.start());
                lx.advance();
                var id = labelId();
                var name = labelName(id);
                placeHint(takeHint());
                immediates.block(op, out);
                pushLabel(id, name);
                push(op == Opcode.TRY ? Kind.TRY : Kind.BLOCK).part = op;
            }
            case IF -> {
                int at = lx.start();
                lx.advance();
                var frame = push(Kind.IF);
                frame.at = at;
                frame.part = op;
                frame.hint = takeHint();
                frame.label = labelId();
                frame.labelName = labelName(frame.label);
                frame.waiting = waiting.size();
                immediates.block(op, waiting);
            }
            case ELSE, END, CATCH, CATCH_ALL, DELEGATE -> throw lx.unexpected();
            default -> {
                int at = lx.start();
                lx.advance();
                var frame = push(Kind.PLAIN);
                frame.at = at;
                frame.hint = takeHint();
                frame.waiting = waiting.size();
                immediates.write(op, at, waiting);
            }
        }
    }

    private void openIfPart(Frame top) {
        if (top.part == Opcode.IF) {
            mark(top.at);
            placeHint(top.hint);
            out.takeFrom(waiting, top.waiting);
            pushLabel(top.label, top.labelName);
            top.part = Opcode.NOP;
        } else if (top.part == Opcode.NOP && lx.isWord("else")) {
            mark(lx.start());
            out.op(Opcode.ELSE);
            top.part = Opcode.ELSE;
        } else {
            throw lx.unexpected();
        }
        lx.advance();
        push(Kind.SEQUENCE);
    }

    private void openTryPart(Frame top) {
        mark(lx.start());
        if (top.part == Opcode.TRY && lx.isWord("do")) {
            lx.advance();
            top.part = Opcode.NOP;
        } else if ((top.part == Opcode.NOP || top.part == Opcode.CATCH) && lx.isWord("catch")) {
            lx.advance();
            out.index(Opcode.CATCH, scope.tags.index(lx));
            top.part = Opcode.CATCH;
        } else if ((top.part == Opcode.NOP || top.part == Opcode.CATCH) && lx.isWord("catch_all")) {
            lx.advance();
            out.op(Opcode.CATCH_ALL);
            top.part = Opcode.CATCH_ALL;
        } else if (top.part == Opcode.NOP && lx.isWord("delegate")) {
            lx.advance();
            popLabel();
            out.index(Opcode.DELEGATE, label());
            top.part = Opcode.DELEGATE;
            if (!lx.is(Token.RPAR)) {
                throw lx.unexpected();
            }
        } else {
            throw lx.unexpected();
        }
        push(Kind.SEQUENCE);
    }

    private void close() {
        var top = frames[depth - 1];
        switch (top.kind) {
            case FLAT -> throw lx.unexpected();
            case PLAIN -> {
                mark(top.at);
                placeHint(top.hint);
                out.takeFrom(waiting, top.waiting);
            }
            case BLOCK -> endBlock();
            case IF, TRY -> {
                if (top.part == Opcode.IF || top.part == Opcode.TRY) {
                    throw lx.unexpected();
                }
                if (top.part != Opcode.DELEGATE) {
                    endBlock();
                }
            }
            case SEQUENCE -> {}
        }
        lx.advance();
        depth--;
    }

    private void endBlock() {
        mark(lx.start());
        out.op(Opcode.END);
        popLabel();
    }
}
