// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance;

import java.util.ArrayList;
import java.util.List;

/** Random code of expressions, statements and structured control, made from the top down. */
abstract class RandomTrees extends RandomObjects {
    RandomTrees(long seed) {
        super(seed);
    }

    /** Instructions that leave the stack as it was. */
    abstract void run(int d);

    /** Statements, then values of these types, or something that leaves. */
    void body(List<Type> types, int d, int leaves) {
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

    void statement(int d) {
        if (d <= 0 || --room <= 0) {
            return;
        }
        var type = type();
        switch (below(24)) {
            case 18, 19, 20, 21, 22, 23 -> run(d - 1);
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

    void lastWord() {
        emit("memory.size", "i32.const 16", "i32.shl", "i32.const 4", "i32.sub");
    }

    void conditionally(int d) {
        value(Type.I32, d - 1);
        emit("if");
        labels.add(new Label(List.of(), false));
        leave(d - 1);
        labels.removeLast();
        emit("end");
    }

    void branchIf(int d) {
        int label = below(labels.size());
        var types = labels.get(label).types();
        values(types, d - 1);
        value(Type.I32, d - 1);
        emit("br_if " + target(label));
        consume(types);
    }

    /** Something behind which no code is reached. */
    void leave(int d) {
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

    void raise(int d) {
        int tag = below(TAGS.size());
        values(TAGS.get(tag), d - 1);
        emit("throw $t" + tag);
    }

    void tailCall(int d) {
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

    boolean isHere(int func) {
        return func / FUNCS <= self / FUNCS;
    }

    /** A call of a function, mostly of one further on. */
    Signature call(int d) {
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

    void value(Type type, int d) {
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

    void leaf(Type type) {
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

    void block(String op, Type type, int d) {
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

    void loop(Type type, int d) {
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

    record Clause(int kind, int tag, List<Type> types) {}

    Clause clause() {
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

    String clause(Clause clause, int label) {
        var text = List.of("catch", "catch_ref", "catch_all", "catch_all_ref").get(clause.kind());
        return " (%s%s %s)"
                .formatted(text, clause.kind() < 2 ? " $t" + clause.tag() : "", target(label));
    }

    void tryTable(Type type, int d) {
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

    void legacyTry(Type type, int d) {
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

    void delegating(Type type, int d) {
        var results = List.of(type);
        emit("try" + list("result", results));
        labels.add(new Label(results, false));
        body(results, d - 1, 50);
        labels.removeLast();
        emit("delegate " + target(below(labels.size())));
    }

    void called(Type type, int d) {
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

    void number(Type type, int d) {
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

    void fieldOr(int field, int d, Runnable other) {
        if (chance(40)) {
            other.run();
        } else {
            getField(field, d);
        }
    }

    void integer(int d) {
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
}
