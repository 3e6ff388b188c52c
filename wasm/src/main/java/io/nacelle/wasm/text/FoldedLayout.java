// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import io.nacelle.wasm.syntax.Opcode;

import java.util.ArrayList;
import java.util.List;

/**
 * Instructions around their operands. An instruction takes those before it as operands when each of
 * them leaves one value and nothing stands between; all others stay where they are, in order, so
 * that what is printed means the same whatever the types are.
 */
final class FoldedLayout implements Layout {
    private static final int MAX_DEPTH = 50;
    private static final int MAX_WIDTH = 96;
    private static final int NOT_INLINE = -1;

    private static final class Node {
        final String text;
        final List<Node> children;
        final int results;
        final int depth;

        /** The length of the node on one line, or NOT_INLINE. */
        final int width;

        Node(String text, List<Node> children, int results, boolean inline) {
            this.text = text;
            this.children = children;
            this.results = results;
            int deepest = 0;
            long wide = text.length() + 2L;
            for (var child : children) {
                deepest = Math.max(deepest, child.depth);
                wide = child.width == NOT_INLINE ? Integer.MAX_VALUE : wide + child.width + 1;
            }
            this.depth = deepest + 1;
            this.width = inline && wide <= MAX_WIDTH ? (int) wide : NOT_INLINE;
        }
    }

    /** A block that is open: its finished parts, and the instructions of the present one. */
    private static final class Block {
        final String text;
        final int results;
        final List<Node> parts = new ArrayList<>();

        /** The opening of the present part; empty when the block has only one. */
        String part;

        List<Node> body = new ArrayList<>();

        Block(String text, int results, String part) {
            this.text = text;
            this.results = results;
            this.part = part;
        }
    }

    private record Visit(Node node, int next, int indent) {}

    private final StringBuilder out;
    private final int indent;
    private final List<Block> open = new ArrayList<>();

    FoldedLayout(StringBuilder out, int indent) {
        this.out = out;
        this.indent = indent;
        open.add(new Block("", 0, ""));
    }

    @Override
    public void plain(String text, int operands, int results) {
        var taken = take(operands);
        add(new Node(text, taken, results, true));
    }

    private void add(Node node) {
        open.getLast().body.add(node);
    }

    /** The last nodes, removed from where they stand; none when they do not fit. */
    private List<Node> take(int count) {
        var body = open.getLast().body;
        if (count <= 0 || count > body.size()) {
            return List.of();
        }
        var last = body.subList(body.size() - count, body.size());
        for (var node : last) {
            if (node.results != 1 || node.depth >= MAX_DEPTH) {
                return List.of();
            }
        }
        var taken = List.copyOf(last);
        last.clear();
        return taken;
    }

    @Override
    public void open(Opcode op, String text, int results) {
        var condition = op == Opcode.IF ? take(1) : List.<Node>of();
        var part =
                switch (op) {
                    case IF -> "then";
                    case TRY -> "do";
                    default -> "";
                };
        var block = new Block(text, results, part);
        block.parts.addAll(condition);
        open.add(block);
    }

    @Override
    public void part(Opcode op, String text) {
        var block = open.getLast();
        endPart(block);
        block.part = text;
    }

    private void endPart(Block block) {
        block.parts.add(new Node(block.part, block.body, 0, false));
        block.body = new ArrayList<>();
    }

    @Override
    public void close(Opcode op, String text) {
        var block = open.removeLast();
        List<Node> children;
        if (block.part.isEmpty()) {
            children = block.body;
        } else {
            endPart(block);
            children = block.parts;
        }
        if (op == Opcode.DELEGATE) {
            children.add(new Node(text, List.of(), 0, true));
        }
        add(new Node(block.text, children, block.results, false));
    }

    @Override
    public void finish() {
        for (var node : open.getFirst().body) {
            TextPrinter.newLine(out, indent);
            print(node);
        }
    }

    private void print(Node root) {
        var stack = new ArrayList<Visit>();
        stack.add(new Visit(root, 0, indent));
        while (!stack.isEmpty()) {
            var visit = stack.removeLast();
            var node = visit.node;
            if (visit.next == 0) {
                if (node.width != NOT_INLINE) {
                    inline(node);
                    continue;
                }
                open(node);
            }
            if (visit.next < node.children.size()) {
                stack.add(new Visit(node, visit.next + 1, visit.indent));
                TextPrinter.newLine(out, visit.indent + 1);
                stack.add(new Visit(node.children.get(visit.next), 0, visit.indent + 1));
            } else {
                out.append(')');
            }
        }
    }

    /** Opens a node's parenthesis; a hint comes before it. */
    private void open(Node node) {
        int hint = node.text.startsWith("(@") ? node.text.indexOf(") ") + 2 : 0;
        out.append(node.text, 0, hint).append('(').append(node.text, hint, node.text.length());
    }

    private void inline(Node node) {
        open(node);
        for (var child : node.children) {
            out.append(' ');
            inline(child);
        }
        out.append(')');
    }
}
