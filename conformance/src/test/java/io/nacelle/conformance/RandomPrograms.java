// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * Makes pairs of valid modules of random code about exceptions, objects and structured control,
 * which call one another. Every program ends: calls and rounds of loops are counted.
 */
final class RandomPrograms {
    /** The types of values; what a reference needs of an object is made by {@link #fresh}. */
    enum Type {
        I32("i32"),
        I64("i64"),
        F64("f64"),
        V128("v128"),
        ANY("anyref"),
        EQ("eqref"),
        I31("i31ref"),
        BASE("(ref null $base)"),
        WIDE("(ref null $wide)"),
        LEAF("(ref null $leaf)"),
        BYTES("(ref null $bytes)"),
        SHORTS("(ref null $shorts)"),
        INTS("(ref null $ints)"),
        LONGS("(ref null $longs)"),
        VECTORS("(ref null $vectors)"),
        REFS("(ref null $refs)"),
        FUNC("funcref"),
        CALLEE("(ref null $callee)"),
        EXN("exnref"),
        EXTERN("externref");

        final String text;

        Type(String text) {
            this.text = text;
        }

        boolean isRef() {
            return ordinal() >= ANY.ordinal();
        }

        String heap() {
            return switch (this) {
                case ANY -> "any";
                case EQ -> "eq";
                case I31 -> "i31";
                case FUNC -> "func";
                case EXN -> "exn";
                case EXTERN -> "extern";
                default -> text.substring(10, text.length() - 1);
            };
        }
    }

    record Signature(List<Type> params, List<Type> results) {
        String text() {
            return list("param", params) + list("result", results);
        }
    }

    private record Label(List<Type> types, boolean handles) {}

    /** The types that both modules define, alike. */
    private static final String TYPES =
            """
              (type $callee (func (param i32) (result i32)))
              (rec
                (type $base (sub (struct
                  (field (mut i32)) (field (mut i8)) (field (mut i64)))))
                (type $wide (sub $base (struct
                  (field (mut i32)) (field (mut i8)) (field (mut i64))
                  (field (mut v128)) (field (mut anyref)) (field (mut i16)))))
                (type $leaf (sub final $wide (struct
                  (field (mut i32)) (field (mut i8)) (field (mut i64))
                  (field (mut v128)) (field (mut anyref)) (field (mut i16))
                  (field (mut f64)) (field (mut (ref null $base))) (field (mut funcref))
                  (field (mut exnref))))))
              (type $bytes (array (mut i8)))
              (type $shorts (array (mut i16)))
              (type $ints (array (mut i32)))
              (type $longs (array (mut i64)))
              (type $vectors (array (mut v128)))
              (type $refs (array (mut anyref)))
            """;

    private static final List<Type> FIELDS =
            List.of(
                    Type.I32, Type.I32, Type.I64, Type.V128, Type.ANY, Type.I32, Type.F64,
                    Type.BASE, Type.FUNC, Type.EXN);

    /** What the exceptions of each tag carry. */
    static final List<List<Type>> TAGS =
            List.of(
                    List.of(Type.I32),
                    List.of(),
                    List.of(Type.I64, Type.ANY),
                    List.of(Type.V128, Type.F64, Type.I32),
                    List.of(Type.EXN));

    /** Functions of each module; those of the second come after those of the first in the table. */
    static final int FUNCS = 4;

    private static final Signature CALLEE = new Signature(List.of(Type.I32), List.of(Type.I32));
    private static final int MAX_DEPTH = 5;

    private final SplittableRandom random;
    private final List<Signature> signatures = new ArrayList<>();
    private StringBuilder out = new StringBuilder();
    private final List<Label> labels = new ArrayList<>();
    private List<Type> locals = List.of();

    /** The number of the function that is being made, among those of both modules. */
    private int self;

    private int room;

    RandomPrograms(long seed) {
        random = new SplittableRandom(seed);
        for (int i = 0; i < 2 * FUNCS; i++) {
            signatures.add(i % FUNCS == FUNCS - 1 ? CALLEE : new Signature(types(3), types(3)));
        }
    }

    Signature signature(int func) {
        return signatures.get(func);
    }

    private int below(int bound) {
        return random.nextInt(bound);
    }

    private boolean chance(int percent) {
        return below(100) < percent;
    }

    private Type type() {
        return chance(35) ? Type.I32 : Type.values()[below(Type.values().length)];
    }

    private List<Type> types(int most) {
        if (chance(25)) {
            return TAGS.get(below(TAGS.size()));
        }
        var types = new ArrayList<Type>();
        for (int i = below(most + 1); i > 0; i--) {
            types.add(type());
        }
        return types;
    }

    private static String list(String what, List<Type> types) {
        return types.isEmpty()
                ? ""
                : types.stream()
                        .map(t -> t.text)
                        .collect(Collectors.joining(" ", " (" + what + " ", ")"));
    }

    // Modules.

    /** The first module, which has the table and the tags, or the second. */
    String module(int number) {
        out = new StringBuilder("(module\n").append(TYPES);
        boolean first = number == 0;
        line("(import \"host\" \"call\" (func $host (param i32) (result i32)))");
        line("(import \"host\" \"throw\" (func $raise (param exnref)))");
        line("(import \"host\" \"same\" (func $same (param anyref) (result anyref)))");
        for (int i = 0; i < TAGS.size(); i++) {
            line(
                    first
                            ? "(tag $t"
                                    + i
                                    + " (export \"t"
                                    + i
                                    + "\")"
                                    + list("param", TAGS.get(i))
                                    + ")"
                            : "");
        }
        if (!first) {
            imports();
        } else {
            line("(table $table (export \"table\") " + 2 * FUNCS + " funcref)");
        }
        line("(memory (export \"memory\") 1 4)");
        line("(global $calls (export \"calls\") (mut i32) (i32.const 0))");
        line("(global $rounds (export \"rounds\") (mut i32) (i32.const 0))");
        for (var type : Type.values()) {
            line(
                    "(global $g%d (export \"g%d\") (mut %s) (%s))"
                            .formatted(type.ordinal(), type.ordinal(), type.text, zero(type)));
        }
        int from = number * FUNCS;
        var names = new StringBuilder();
        for (int i = from; i < from + FUNCS; i++) {
            names.append(" $f").append(i);
        }
        line("(elem (table $table) (i32.const %d) func%s)".formatted(from, names));
        line(
                """
                (func $tick (result i32)
                    (global.set $rounds (i32.sub (global.get $rounds) (i32.const 1)))
                    (i32.gt_s (global.get $rounds) (i32.const 0)))\
                """);
        line(
                """
                (global $deep (export "depth") (mut i32) (i32.const 0))
                  (func $deepen (export "deepen")
                    (global.set $deep (i32.add (global.get $deep) (i32.const 1)))
                    (block (try_table (catch_all 0) (call $deepen))))\
                """);
        for (int i = from; i < from + FUNCS; i++) {
            func(i);
        }
        return out.append(")\n").toString();
    }

    private void imports() {
        // Imports come first.
        for (int i = 0; i < TAGS.size(); i++) {
            line(
                    "(import \"first\" \"t%d\" (tag $t%d%s))"
                            .formatted(i, i, list("param", TAGS.get(i))));
        }
        line("(import \"first\" \"table\" (table $table %d funcref))".formatted(2 * FUNCS));
        for (int i = 0; i < FUNCS; i++) {
            line("(import \"first\" \"f%d\" (func $f%d%s))".formatted(i, i, signature(i).text()));
        }
    }

    private void line(String text) {
        out.append("  ").append(text).append('\n');
    }

    private static String zero(Type type) {
        return switch (type) {
            case I32 -> "i32.const 0";
            case I64 -> "i64.const 0";
            case F64 -> "f64.const 0";
            case V128 -> "v128.const i64x2 0 0";
            default -> "ref.null " + (type.isRef() ? bottom(type) : "");
        };
    }

    private static String bottom(Type type) {
        return switch (type) {
            case FUNC, CALLEE -> "nofunc";
            case EXN -> "noexn";
            case EXTERN -> "noextern";
            default -> "none";
        };
    }

    private void func(int number) {
        self = number;
        var signature = signature(number);
        locals = new ArrayList<>(signature.params());
        var own = new ArrayList<Type>();
        for (var type : Type.values()) {
            own.add(type);
        }
        own.add(Type.I32);
        own.add(Type.I32);
        locals.addAll(own);
        line(
                "(func $f%d (export \"f%d\")%s (local %s)"
                        .formatted(
                                number,
                                number,
                                signature.text(),
                                own.stream().map(t -> t.text).collect(Collectors.joining(" "))));
        room = 60 + below(200);
        labels.clear();
        labels.add(new Label(signature.results(), false));
        emit("global.get $calls", "i32.const 1", "i32.sub", "global.set $calls");
        emit("global.get $calls", "i32.const 0", "i32.le_s", "if");
        signature.results().forEach(t -> emit(zero(t)));
        emit("return", "end");
        for (int i = below(4); i > 0; i--) {
            statement(MAX_DEPTH);
        }
        body(signature.results(), MAX_DEPTH, 10);
        line(")");
    }

    private void emit(String... instructions) {
        for (var text : instructions) {
            out.append("    ").append(text).append('\n');
        }
    }

    // Code.

    /** Statements, then values of these types, or something that leaves. */
    private void body(List<Type> types, int d, int leaves) {
        for (int i = below(3); i > 0; i--) {
            statement(d);
        }
        if (chance(leaves)) {
            leave(d);
            if (chance(50)) {
                values(types, d - 1);
            }
            return;
        }
        values(types, d);
    }

    private void values(List<Type> types, int d) {
        types.forEach(t -> value(t, d));
    }

    private String target(int label) {
        return Integer.toString(labels.size() - 1 - label);
    }

    private int local(Type type) {
        int at = below(locals.size());
        while (locals.get(at) != type) {
            at = (at + 1) % locals.size();
        }
        return at;
    }

    /** Takes values of these types from the stack. */
    private void consume(List<Type> types) {
        for (var type : types.reversed()) {
            emit(chance(70) ? "local.set " + local(type) : "drop");
        }
    }

    private void statement(int d) {
        if (d <= 0 || --room <= 0) {
            return;
        }
        var type = type();
        switch (below(18)) {
            case 14, 15 -> {
                // Operands wait while locals change.
                var types = types(3);
                values(types, d - 1);
                statement(d - 1);
                statement(d - 2);
                consume(types);
            }
            case 16 -> emit("i32.const 1", "memory.grow", "local.set " + local(Type.I32));
            case 17 -> {
                lastWord();
                value(Type.I32, d - 1);
                emit("i32.store");
            }
            case 0, 1, 2 -> {
                value(type, d - 1);
                emit("local.set " + local(type));
            }
            case 3 -> {
                value(type, d - 1);
                emit("global.set $g" + type.ordinal());
            }
            case 4 -> {
                value(Type.I32, d - 1);
                emit("i32.const 1023", "i32.and");
                value(Type.I64, d - 1);
                emit("i64.store");
            }
            case 5 -> setField(d);
            case 6 -> setElement(d);
            case 7, 8 -> conditionally(d);
            case 9 -> {
                var call = call(d);
                consume(call.results());
            }
            case 10 -> {
                value(Type.EXN, d - 1);
                emit("call $raise");
            }
            case 11 -> branchIf(d);
            case 12 -> bulk(d);
            default -> {
                value(type, d - 1);
                emit("drop");
            }
        }
    }

    private void lastWord() {
        emit("memory.size", "i32.const 16", "i32.shl", "i32.const 4", "i32.sub");
    }

    private void conditionally(int d) {
        value(Type.I32, d - 1);
        emit("if");
        labels.add(new Label(List.of(), false));
        leave(d - 1);
        labels.removeLast();
        emit("end");
    }

    private void branchIf(int d) {
        int label = below(labels.size());
        var types = labels.get(label).types();
        values(types, d - 1);
        value(Type.I32, d - 1);
        emit("br_if " + target(label));
        consume(types);
    }

    /** Something behind which no code is reached. */
    private void leave(int d) {
        room--;
        switch (below(12)) {
            case 0, 1 -> {
                int label = below(labels.size());
                values(labels.get(label).types(), d - 1);
                emit("br " + target(label));
            }
            case 2 -> {
                int label = below(labels.size());
                var types = labels.get(label).types();
                values(types, d - 1);
                value(Type.I32, d - 1);
                var table = new StringBuilder("br_table");
                for (int i = 0; i < labels.size(); i++) {
                    if (labels.get(i).types().equals(types)) {
                        table.append(' ').append(target(i));
                    }
                }
                emit(table.toString());
            }
            case 3 -> {
                values(signature(self).results(), d - 1);
                emit("return");
            }
            case 4 -> {
                fresh(Type.EXN, d - 1);
                emit("throw_ref");
            }
            case 5 -> {
                for (int i = labels.size() - 1; i >= 0; i--) {
                    if (labels.get(i).handles()) {
                        emit("rethrow " + target(i));
                        return;
                    }
                }
                raise(d);
            }
            case 6 -> tailCall(d);
            default -> raise(d);
        }
    }

    private void raise(int d) {
        int tag = below(TAGS.size());
        values(TAGS.get(tag), d - 1);
        emit("throw $t" + tag);
    }

    private void tailCall(int d) {
        var results = signature(self).results();
        for (int i = self + 1; i < 2 * FUNCS; i++) {
            if (signature(i).results().equals(results)) {
                values(signature(i).params(), d - 1);
                if (isHere(i) && chance(50)) {
                    emit("return_call $f" + i);
                } else {
                    emit("i32.const " + i, "return_call_indirect $table" + signature(i).text());
                }
                return;
            }
        }
        if (results.equals(CALLEE.results())) {
            value(Type.I32, d - 1);
            emit("return_call $host");
            return;
        }
        raise(d);
    }

    private boolean isHere(int func) {
        return func / FUNCS <= self / FUNCS;
    }

    /** A call of a function, mostly of one further on. */
    private Signature call(int d) {
        int func = chance(80) ? self + 1 + below(2 * FUNCS) : below(2 * FUNCS);
        if (func >= 2 * FUNCS) {
            value(Type.I32, d - 1);
            emit("call $host");
            return CALLEE;
        }
        var signature = signature(func);
        values(signature.params(), d - 1);
        if (isHere(func) && chance(60)) {
            emit("call $f" + func);
        } else {
            emit("i32.const " + func, "call_indirect $table" + signature.text());
        }
        return signature;
    }

    private void value(Type type, int d) {
        if (d <= 0 || --room <= 0) {
            leaf(type);
            return;
        }
        switch (below(24)) {
            case 0, 1 -> leaf(type);
            case 2 -> block("block", type, d);
            case 3 -> {
                value(Type.I32, d - 1);
                block("if", type, d);
            }
            case 4, 5 -> loop(type, d);
            case 6, 7, 8 -> tryTable(type, d);
            case 9, 10 -> legacyTry(type, d);
            case 11 -> delegating(type, d);
            case 12 -> called(type, d);
            case 13 -> {
                branchIf(d);
                value(type, d - 1);
            }
            case 14 -> {
                value(type, d - 1);
                value(type, d - 1);
                value(Type.I32, d - 1);
                emit(type.isRef() ? "select (result " + type.text + ")" : "select");
            }
            case 15 -> {
                value(type, d - 1);
                emit("local.tee " + local(type));
            }
            case 16 -> {
                statement(d);
                value(type, d - 1);
            }
            default -> {
                if (type.isRef()) {
                    reference(type, d);
                } else {
                    number(type, d);
                }
            }
        }
    }

    private void leaf(Type type) {
        if (chance(45)) {
            emit("local.get " + local(type));
        } else if (chance(20)) {
            emit("global.get $g" + type.ordinal());
        } else if (type.isRef()) {
            if (chance(40)) {
                emit(zero(type));
            } else {
                fresh(type, 0);
            }
        } else {
            emit(
                    switch (type) {
                        case I32 -> "i32.const " + (below(9) - 2);
                        case I64 -> "i64.const " + (chance(20) ? random.nextLong() : below(9) - 2);
                        case F64 -> "f64.const " + (below(9) - 2) + ".5";
                        default ->
                                "v128.const i64x2 " + random.nextLong() + " " + random.nextLong();
                    });
        }
    }

    // Blocks.

    private void block(String op, Type type, int d) {
        var params = chance(25) ? types(2) : List.<Type>of();
        boolean isIf = op.equals("if");
        if (!params.isEmpty()) {
            if (isIf) {
                emit("local.set " + local(Type.I32));
            }
            values(params, d - 1);
            if (isIf) {
                emit("local.get " + local(Type.I32));
            }
        }
        var results = List.of(type);
        emit(op + list("param", params) + list("result", results));
        labels.add(new Label(results, false));
        consume(params);
        body(results, d - 1, 12);
        if (isIf) {
            emit("else");
            consume(params);
            body(results, d - 1, 12);
        }
        labels.removeLast();
        emit("end");
    }

    private void loop(Type type, int d) {
        var params = chance(50) ? types(2) : List.<Type>of();
        values(params, d - 1);
        emit("loop" + list("param", params) + list("result", List.of(type)));
        emit("call $tick", "i32.eqz", "if", "unreachable", "end");
        labels.add(new Label(params, false));
        consume(params);
        statement(d - 1);
        values(params, d - 1);
        value(Type.I32, d - 1);
        emit("global.get $rounds", "i32.const 64", "i32.gt_s", "i32.and", "br_if 0");
        consume(params);
        body(List.of(type), d - 1, 8);
        labels.removeLast();
        emit("end");
    }

    private record Clause(int kind, int tag, List<Type> types) {}

    private Clause clause() {
        int kind = below(4);
        int tag = below(TAGS.size());
        var types = new ArrayList<Type>();
        if (kind < 2) {
            types.addAll(TAGS.get(tag));
        }
        if (kind % 2 == 1) {
            types.add(Type.EXN);
        }
        return new Clause(kind, tag, types);
    }

    private String clause(Clause clause, int label) {
        var text = List.of("catch", "catch_ref", "catch_all", "catch_all_ref").get(clause.kind());
        return " (%s%s %s)"
                .formatted(text, clause.kind() < 2 ? " $t" + clause.tag() : "", target(label));
    }

    private void tryTable(Type type, int d) {
        var clauses = new StringBuilder();
        var opened = new ArrayList<Clause>();
        var results = List.of(type);
        // A block around it all for the result, and one for each clause without a label that fits.
        emit("block" + list("result", results));
        labels.add(new Label(results, false));
        int end = labels.size() - 1;
        var wanted = new ArrayList<Clause>();
        for (int i = below(4); i > 0; i--) {
            wanted.add(clause());
        }
        var targets = new ArrayList<Integer>();
        for (var clause : wanted) {
            int fits = -1;
            for (int i = 0; i < labels.size(); i++) {
                if (labels.get(i).types().equals(clause.types()) && chance(40)) {
                    fits = i;
                }
            }
            if (fits < 0) {
                emit("block" + list("result", clause.types()));
                labels.add(new Label(clause.types(), false));
                fits = labels.size() - 1;
                opened.add(clause);
            }
            targets.add(fits);
        }
        for (int i = 0; i < wanted.size(); i++) {
            clauses.append(clause(wanted.get(i), targets.get(i)));
        }
        var params = chance(25) ? types(2) : List.<Type>of();
        values(params, d - 1);
        emit("try_table" + list("param", params) + list("result", results) + clauses);
        labels.add(new Label(results, false));
        consume(params);
        body(results, d - 1, 35);
        labels.removeLast();
        emit("end", "br " + target(end));
        for (var clause : opened.reversed()) {
            labels.removeLast();
            emit("end");
            consume(clause.types());
            body(results, d - 1, 12);
            emit("br " + target(end));
        }
        labels.removeLast();
        emit("end");
    }

    private void legacyTry(Type type, int d) {
        var results = List.of(type);
        var params = chance(25) ? types(2) : List.<Type>of();
        values(params, d - 1);
        emit("try" + list("param", params) + list("result", results));
        labels.add(new Label(results, false));
        consume(params);
        body(results, d - 1, 35);
        labels.removeLast();
        labels.add(new Label(results, true));
        for (int i = below(3); i > 0; i--) {
            int tag = below(TAGS.size());
            emit("catch $t" + tag);
            consume(TAGS.get(tag));
            body(results, d - 1, 20);
        }
        if (chance(60)) {
            emit("catch_all");
            body(results, d - 1, 20);
        }
        labels.removeLast();
        emit("end");
    }

    private void delegating(Type type, int d) {
        var results = List.of(type);
        emit("try" + list("result", results));
        labels.add(new Label(results, false));
        body(results, d - 1, 50);
        labels.removeLast();
        emit("delegate " + target(below(labels.size())));
    }

    private void called(Type type, int d) {
        var results = call(d).results();
        int at = results.lastIndexOf(type);
        if (at < 0) {
            consume(results);
            value(type, d - 1);
            return;
        }
        // What is above is taken away; what is below is hidden by a block.
        consume(results.subList(at + 1, results.size()));
        emit("local.set " + local(type));
        consume(results.subList(0, at));
        emit("local.get " + local(type));
    }

    // Numbers.

    private void number(Type type, int d) {
        int field = FIELDS.indexOf(type);
        switch (type) {
            case I32 -> integer(d);
            case I64 ->
                    fieldOr(
                            field,
                            d,
                            () -> {
                                if (chance(50)) {
                                    element(Type.LONGS, "", d);
                                } else {
                                    value(Type.I64, d - 1);
                                    value(Type.I64, d - 1);
                                    emit(chance(50) ? "i64.add" : "i64.xor");
                                }
                            });
            case F64 ->
                    fieldOr(
                            field,
                            d,
                            () -> {
                                value(Type.I32, d - 1);
                                emit("f64.convert_i32_s");
                            });
            default ->
                    fieldOr(
                            field,
                            d,
                            () -> {
                                if (chance(50)) {
                                    element(Type.VECTORS, "", d);
                                } else {
                                    value(Type.I32, d - 1);
                                    emit("i32x4.splat");
                                    value(Type.V128, d - 1);
                                    emit("v128.xor");
                                }
                            });
        }
    }

    private void fieldOr(int field, int d, Runnable other) {
        if (chance(40)) {
            other.run();
        } else {
            getField(field, d);
        }
    }

    private void integer(int d) {
        switch (below(14)) {
            case 12 -> {
                lastWord();
                emit("i32.load");
            }
            case 0, 1 -> {
                value(Type.I32, d - 1);
                value(Type.I32, d - 1);
                emit("i32." + List.of("add", "sub", "xor", "eq", "lt_s", "and").get(below(6)));
            }
            case 2 -> {
                value(Type.I32, d - 1);
                emit("i32.eqz");
            }
            case 3 -> {
                value(Type.I64, d - 1);
                emit("i32.wrap_i64");
            }
            case 4 -> {
                value(Type.values()[4 + below(Type.values().length - 4)], d - 1);
                emit("ref.is_null");
            }
            case 5 -> {
                var wanted = Type.values()[Type.ANY.ordinal() + below(12)];
                value(Type.ANY, d - 1);
                emit("ref.test (ref " + (chance(50) ? "null " : "") + wanted.heap() + ")");
            }
            case 6 -> {
                value(Type.EQ, d - 1);
                value(chance(50) ? Type.EQ : Type.BASE, d - 1);
                emit("ref.eq");
            }
            case 7 -> {
                fresh(Type.I31, d - 1);
                emit(chance(50) ? "i31.get_s" : "i31.get_u");
            }
            case 8 -> getField(List.of(0, 1, 5).get(below(3)), d);
            case 9 ->
                    element(
                            List.of(Type.BYTES, Type.SHORTS).get(below(2)),
                            chance(50) ? "_s" : "_u",
                            d);
            case 10 -> element(Type.INTS, "", d);
            case 11 -> {
                value(Type.I32, d - 1);
                emit("i32.const 1023", "i32.and", "i32.load");
            }
            default -> {
                fresh(Type.values()[Type.BYTES.ordinal() + below(6)], d - 1);
                emit("array.len");
            }
        }
    }

    // References.

    private Type holder(int field) {
        return field < 3
                ? List.of(Type.BASE, Type.WIDE, Type.LEAF).get(below(3))
                : field < 6 ? List.of(Type.WIDE, Type.LEAF).get(below(2)) : Type.LEAF;
    }

    private static boolean isPacked(int field) {
        return field == 1 || field == 5;
    }

    private void getField(int field, int d) {
        var holder = holder(field);
        some(holder, d - 1);
        var sign = isPacked(field) ? chance(50) ? "_s" : "_u" : "";
        emit("struct.get" + sign + " " + holder.heap() + " " + field);
    }

    private void setField(int d) {
        int field = below(FIELDS.size());
        var holder = holder(field);
        some(holder, d - 1);
        value(FIELDS.get(field), d - 1);
        emit("struct.set " + holder.heap() + " " + field);
    }

    private static Type elementType(Type array) {
        return switch (array) {
            case LONGS -> Type.I64;
            case VECTORS -> Type.V128;
            case REFS -> Type.ANY;
            default -> Type.I32;
        };
    }

    private Type array() {
        return Type.values()[Type.BYTES.ordinal() + below(6)];
    }

    /** Arrays have no fewer than four elements. */
    private void index(int most, int d) {
        value(Type.I32, d - 1);
        emit("i32.const " + most, "i32.and");
    }

    private void element(Type array, String sign, int d) {
        some(array, d - 1);
        index(3, d);
        emit("array.get" + sign + " " + array.heap());
    }

    private void setElement(int d) {
        var array = array();
        some(array, d - 1);
        index(3, d);
        value(elementType(array), d - 1);
        emit("array.set " + array.heap());
    }

    private void bulk(int d) {
        var array = array();
        some(array, d - 1);
        index(1, d);
        if (chance(50)) {
            value(elementType(array), d - 1);
            index(3, d);
            emit("array.fill " + array.heap());
        } else {
            some(array, d - 1);
            index(1, d);
            index(3, d);
            emit("array.copy " + array.heap() + " " + array.heap());
        }
    }

    /** A reference that is not null, of a value that may be. */
    private void some(Type type, int d) {
        if (d <= 0 || chance(40)) {
            fresh(type, d);
            return;
        }
        value(type, d - 1);
        emit("block (param " + type.text + ") (result (ref " + type.heap() + "))");
        if (chance(50)) {
            emit("br_on_non_null 0");
        } else {
            emit("br_on_cast 0 " + type.text + " (ref " + type.heap() + ")", "drop");
        }
        // Of so little depth, it uses no label.
        fresh(type, 0);
        emit("end");
    }

    /** A reference that is not null. */
    private void fresh(Type type, int d) {
        switch (type) {
            case ANY -> fresh(List.of(Type.I31, Type.LEAF, Type.REFS).get(below(3)), d);
            case EQ -> fresh(List.of(Type.I31, Type.BASE, Type.INTS).get(below(3)), d);
            case I31 -> {
                value(Type.I32, d - 1);
                emit("ref.i31");
            }
            case BASE, WIDE, LEAF -> {
                if (type == Type.BASE && chance(30)) {
                    fresh(Type.LEAF, d);
                } else if (d <= 0 || chance(30)) {
                    emit("struct.new_default " + type.heap());
                } else {
                    int count = type == Type.BASE ? 3 : type == Type.WIDE ? 6 : 10;
                    values(FIELDS.subList(0, count), d - 2);
                    emit("struct.new " + type.heap());
                }
            }
            case BYTES, SHORTS, INTS, LONGS, VECTORS, REFS -> {
                switch (below(3)) {
                    case 0 ->
                            emit("i32.const " + (4 + below(4)), "array.new_default " + type.heap());
                    case 1 -> {
                        value(elementType(type), d - 1);
                        emit("i32.const " + (4 + below(4)), "array.new " + type.heap());
                    }
                    default -> {
                        for (int i = 0; i < 4; i++) {
                            value(elementType(type), d - 2);
                        }
                        emit("array.new_fixed " + type.heap() + " 4");
                    }
                }
            }
            case FUNC -> emit("ref.func $f" + (self / FUNCS * FUNCS + below(FUNCS)));
            case CALLEE -> emit("ref.func $f" + (self / FUNCS * FUNCS + FUNCS - 1));
            case EXTERN -> {
                fresh(Type.ANY, d);
                emit("extern.convert_any");
            }
            case EXN -> {
                emit("block (result (ref exn))", "try_table (catch_all_ref 0)");
                int tag = below(TAGS.size());
                // No label of these blocks is to be used.
                TAGS.get(tag).forEach(t -> emit(zero(t)));
                emit("throw $t" + tag, "end", "unreachable", "end");
            }
            default -> throw new AssertionError(type);
        }
    }

    private void reference(Type type, int d) {
        int field = FIELDS.indexOf(type);
        if (field >= 0 && chance(40)) {
            getField(field, d);
            return;
        }
        switch (type) {
            case ANY -> {
                switch (below(4)) {
                    case 0 -> element(Type.REFS, "", d);
                    case 1 -> {
                        value(Type.EXTERN, d - 1);
                        emit("any.convert_extern");
                    }
                    case 2 -> {
                        value(Type.ANY, d - 1);
                        emit("call $same");
                    }
                    default -> value(Type.values()[Type.EQ.ordinal() + below(11)], d - 1);
                }
            }
            case EQ, I31, BASE, WIDE, LEAF, BYTES, SHORTS, INTS, LONGS, VECTORS, REFS ->
                    cast(type, d);
            case EXTERN -> {
                value(Type.ANY, d - 1);
                emit("extern.convert_any");
            }
            case FUNC -> value(Type.CALLEE, d - 1);
            default -> fresh(type, d - 1);
        }
    }

    /** A cast that cannot fail, since a branch takes what is not of the type. */
    private void cast(Type type, int d) {
        var results = List.of(type);
        emit("block" + list("result", results));
        labels.add(new Label(results, false));
        if (chance(50)) {
            value(Type.ANY, d - 1);
            emit("br_on_cast 0 anyref " + type.text, "drop");
        } else {
            emit("block (result anyref)");
            labels.add(new Label(List.of(Type.ANY), false));
            value(Type.ANY, d - 1);
            emit("br_on_cast_fail 0 anyref " + type.text, "br 1");
            labels.removeLast();
            emit("end", "drop");
        }
        value(type, d - 1);
        labels.removeLast();
        emit("end");
    }
}
