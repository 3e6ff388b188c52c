// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance;

import java.util.ArrayList;
import java.util.List;

/**
 * Random code made an instruction at a time: each takes what happens to be on the stack, where
 * operands wait for long while locals change, and passes into blocks and branches.
 */
abstract class RandomStacks extends RandomTrees {
    private static final int MANY = 12;

    /** Whether modules have more memories and tables than one for each use. */
    final boolean several = chance(60);

    /** What is known to be on the stack since the beginning of the innermost block. */
    private List<Type> stack = new ArrayList<>();

    /** Whether the code is not reached, so that below what is known there is anything. */
    private boolean dead;

    private int nested;

    /** Whether most is about one type, so that more fits together. */
    private boolean narrow;

    RandomStacks(long seed) {
        super(seed);
    }

    @Override
    void run(int d) {
        var outer = stack;
        boolean outerDead = dead;
        int outerNested = nested;
        boolean outerNarrow = narrow;
        narrow = chance(60);
        stack = new ArrayList<>();
        dead = false;
        nested = 0;
        steps(6 + below(24), d);
        while (!stack.isEmpty()) {
            take();
        }
        observe();
        narrow = outerNarrow;
        stack = outer;
        dead = outerDead;
        nested = outerNested;
    }

    /** Leaves what is in some locals where it is compared. */
    private void observe() {
        var global = "$g" + Type.I32.ordinal();
        emit("global.get " + global);
        for (int i = 0; i < 3; i++) {
            emit("i32.const 31", "i32.mul", "local.get " + local(Type.I32), "i32.xor");
        }
        emit("global.set " + global);
    }

    private Type fitting() {
        return narrow && chance(85) ? Type.I32 : type();
    }

    private void steps(int count, int d) {
        for (int i = 0; i < count && room > 0; i++) {
            room--;
            step(Math.max(d, 0));
        }
    }

    private void step(int d) {
        int kind = below(64);
        if (stack.size() > MANY && chance(50)) {
            take();
        } else if (kind < 16) {
            push(fitting(), d);
        } else if (kind < 23 && !stack.isEmpty()) {
            take();
        } else if (kind < 26 && !stack.isEmpty()) {
            emit("local.tee " + local(stack.getLast()));
        } else if (kind < 41) {
            operation(d);
        } else if (kind < 43) {
            select(d);
        } else if (kind < 47) {
            branch(d);
        } else if (kind < 49) {
            reference(d);
        } else if (kind < 51) {
            invoke(d);
        } else if (kind < 53) {
            statement(d - 1);
        } else if (kind < 55 && nested > 0 && !dead) {
            depart(d);
        } else if (d > 0) {
            structure(d);
        }
    }

    private void push(Type type, int d) {
        if (chance(narrow ? 93 : 85)) {
            if (chance(75)) {
                leaf(type);
            } else {
                computed(type);
            }
        } else {
            value(type, d - 1);
        }
        stack.add(type);
    }

    /** The result of one instruction, if one is found. */
    private void computed(Type type) {
        for (int i = 0; i < 20; i++) {
            var op = RandomOps.any(random);
            if (op.plain() && op.first() < 0 && op.results().equals(List.of(type))) {
                op.params().forEach(this::leaf);
                op.text().forEach(this::emit);
                return;
            }
        }
        leaf(type);
    }

    private void take() {
        var type = stack.removeLast();
        switch (below(10)) {
            case 0, 1, 2 -> emit("drop");
            case 3 -> emit("global.set $g" + type.ordinal());
            default -> emit("local.set " + local(type));
        }
    }

    private boolean endsWith(List<Type> types, int count) {
        return stack.subList(stack.size() - count, stack.size()).equals(types.subList(0, count));
    }

    /** Takes operands of these types: those that are there already, and others that are made. */
    private void want(List<Type> types, int d) {
        if (dead && stack.size() <= types.size() && chance(60)) {
            int missing = types.size() - stack.size();
            if (stack.equals(types.subList(missing, types.size()))) {
                stack.clear();
                return;
            }
        }
        int there = chance(10) ? 0 : Math.min(types.size(), stack.size());
        while (!endsWith(types, there)) {
            there--;
        }
        for (var type : types.subList(there, types.size())) {
            push(type, d);
        }
        stack.subList(stack.size() - types.size(), stack.size()).clear();
    }

    private static List<Type> join(List<Type> types, Type last) {
        var all = new ArrayList<>(types);
        all.add(last);
        return all;
    }

    private void operation(int d) {
        var op = RandomOps.any(random);
        for (int i = 0; narrow && i < 4 && !op.params().stream().allMatch(Type.I32::equals); i++) {
            op = RandomOps.any(random);
        }
        if (!op.plain() && !several) {
            return;
        }
        var params = op.params();
        if (op.first() >= 0) {
            // The first operand comes with its mask; what follows may be anything.
            var address = params.getFirst();
            want(List.of(address), d);
            emit(address.text + ".const " + op.first(), address.text + ".and");
            stack.add(address);
            params.subList(1, params.size()).forEach(type -> push(type, d));
            stack.subList(stack.size() - params.size(), stack.size()).clear();
        } else {
            want(params, d);
        }
        op.text().forEach(this::emit);
        stack.addAll(op.results());
    }

    private void select(int d) {
        var type = stack.isEmpty() ? type() : stack.getLast();
        want(List.of(type, type, Type.I32), d);
        emit(type.isRef() || chance(30) ? "select (result " + type.text + ")" : "select");
        stack.add(type);
    }

    // Branches and calls.

    private void branch(int d) {
        int label = below(labels.size());
        var types = labels.get(label).types();
        want(join(types, Type.I32), d);
        emit("br_if " + target(label));
        stack.addAll(types);
    }

    private void reference(int d) {
        int label = below(labels.size());
        var types = labels.get(label).types();
        if (types.isEmpty() || !types.getLast().isRef() || chance(25)) {
            var type = someReference();
            want(join(types, type), d);
            emit("br_on_null " + target(label));
            stack.addAll(types);
            stack.add(type);
            return;
        }
        var last = types.getLast();
        var below = types.subList(0, types.size() - 1);
        if (chance(40) || last == Type.EXN || last == Type.EXTERN) {
            want(types, d);
            emit("br_on_non_null " + target(label));
            stack.addAll(below);
            return;
        }
        var top = last == Type.FUNC || last == Type.CALLEE ? Type.FUNC : Type.ANY;
        want(join(below, top), d);
        stack.addAll(below);
        var into = " " + target(label) + " " + top.text + " ";
        if (last == Type.ANY && chance(25)) {
            emit("global.get $described");
            emit("br_on_cast_desc_eq" + (chance(50) ? "" : "_fail") + into + "(ref null $thing)");
            stack.add(Type.ANY);
        } else if (last == Type.ANY && chance(60)) {
            var kept = Type.values()[Type.EQ.ordinal() + below(11)];
            emit("br_on_cast_fail" + into + kept.text);
            stack.add(kept);
        } else {
            emit("br_on_cast" + into + last.text);
            stack.add(top);
        }
    }

    private Type someReference() {
        int first = Type.ANY.ordinal();
        return Type.values()[first + below(Type.values().length - first)];
    }

    private void invoke(int d) {
        int func = chance(85) ? self + 1 + below(2 * FUNCS) : below(2 * FUNCS);
        if (func >= 2 * FUNCS) {
            want(List.of(Type.ANY), d);
            emit("call $same");
            stack.add(Type.ANY);
            return;
        }
        var signature = signatures.get(func);
        want(signature.params(), d);
        switch (below(3)) {
            case 0 -> emit("i32.const " + func, "call_indirect $table (type $s" + func + ")");
            case 1 -> {
                if (isHere(func)) {
                    emit("call $f" + func);
                } else {
                    callee(func);
                    emit("call_ref $s" + func);
                }
            }
            default -> {
                callee(func);
                emit("call_ref $s" + func);
            }
        }
        stack.addAll(signature.results());
    }

    private void callee(int func) {
        if (func / FUNCS == self / FUNCS && chance(50)) {
            emit("ref.func $f" + func);
            return;
        }
        emit("i32.const " + func, "table.get $table");
        if (chance(30)) {
            emit("local.tee " + local(Type.FUNC));
        }
        emit("ref.cast (ref " + (chance(30) ? "null " : "") + "$s" + func + ")");
    }

    /** Leaves the block; what comes up to its end is not reached. */
    private void depart(int d) {
        switch (below(6)) {
            case 0 -> {
                want(signatures.get(self).results(), d);
                emit("return");
            }
            case 1 -> {
                int tag = below(TAGS.size());
                want(TAGS.get(tag), d);
                emit("throw $t" + tag);
            }
            case 2 -> {
                var types = labels.get(below(labels.size())).types();
                want(join(types, Type.I32), d);
                var table = new StringBuilder("br_table");
                for (int i = labels.size() - 1; i >= 0; i--) {
                    if (labels.get(i).types().equals(types)) {
                        table.append(' ').append(target(i));
                    }
                }
                emit(table.toString());
            }
            case 3 -> {
                int func = next();
                if (func < 0) {
                    leave(d);
                } else {
                    want(signatures.get(func).params(), d);
                    callee(func);
                    emit("return_call_ref $s" + func);
                }
            }
            default -> {
                int label = below(labels.size());
                want(labels.get(label).types(), d);
                emit("br " + target(label));
            }
        }
        dead = true;
        stack.clear();
    }

    /** A function further on with the same results, or -1. */
    private int next() {
        for (int i = self + 1; i < 2 * FUNCS; i++) {
            if (signatures.get(i).results().equals(signatures.get(self).results())) {
                return i;
            }
        }
        return -1;
    }

    // Blocks.

    private void structure(int d) {
        switch (below(9)) {
            case 0, 1, 2 -> {
                want(List.of(Type.I32), d);
                var params = top();
                var results = results(params);
                emit("if" + list("param", params) + list("result", results));
                inside(params, results, new Label(results, false), d);
                if (!params.equals(results) || chance(60)) {
                    emit("else");
                    inside(params, results, new Label(results, false), d);
                }
                end(results);
            }
            case 3, 4 -> {
                var params = passed(d);
                var results = results(params);
                emit("block" + list("param", params) + list("result", results));
                inside(params, results, new Label(results, false), d);
                end(results);
            }
            case 5 -> {
                var params = passed(d);
                var results = results(params);
                emit("loop" + list("param", params) + list("result", results));
                emit("call $tick", "i32.eqz", "if", "unreachable", "end");
                inside(params, results, new Label(params, false), d);
                end(results);
            }
            case 6 -> catching(d);
            case 7 -> {
                var params = passed(d);
                var results = results(params);
                emit("try" + list("param", params) + list("result", results));
                inside(params, results, new Label(results, false), d);
                for (int i = below(3); i > 0; i--) {
                    int tag = below(TAGS.size());
                    emit("catch $t" + tag);
                    inside(TAGS.get(tag), results, new Label(results, true), d);
                }
                if (chance(50)) {
                    emit("catch_all");
                    inside(List.of(), results, new Label(results, true), d);
                }
                end(results);
            }
            default -> deep(d);
        }
    }

    /** What goes into a block: mostly what is on the stack. */
    private List<Type> passed(int d) {
        if (chance(15)) {
            var types = List.of(fitting());
            want(types, d);
            return types;
        }
        return top();
    }

    private List<Type> top() {
        var top = stack.subList(stack.size() - below(Math.min(stack.size(), 5) + 1), stack.size());
        var types = List.copyOf(top);
        top.clear();
        return types;
    }

    private List<Type> results(List<Type> params) {
        return chance(50) ? params : chance(50) ? List.of(fitting()) : types(3);
    }

    private void end(List<Type> results) {
        emit("end");
        stack.addAll(results);
    }

    private void inside(List<Type> params, List<Type> results, Label label, int d) {
        var outer = stack;
        boolean outerDead = dead;
        stack = new ArrayList<>(params);
        dead = false;
        nested++;
        labels.add(label);
        if (!params.isEmpty() && chance(40)) {
            take();
        }
        steps(below(10), d - 1);
        finish(results, d);
        labels.removeLast();
        nested--;
        stack = outer;
        dead = outerDead;
    }

    /** Leaves just these on the stack. */
    private void finish(List<Type> results, int d) {
        int missing = results.size() - stack.size();
        if (dead
                && missing >= 0
                && stack.equals(results.subList(missing, results.size()))
                && chance(70)) {
            return;
        }
        int alike = 0;
        while (alike < Math.min(stack.size(), results.size())
                && stack.get(alike) == results.get(alike)) {
            alike++;
        }
        while (stack.size() > alike) {
            take();
        }
        results.subList(alike, results.size()).forEach(type -> push(type, d));
    }

    private void catching(int d) {
        var params = passed(d);
        var results = results(params);
        var caught = clause();
        emit("block" + list("param", params) + list("result", caught.types()));
        labels.add(new Label(caught.types(), false));
        var clauses = new StringBuilder();
        for (int i = below(3); i > 0; i--) {
            var other = clause();
            for (int label = 0; label < labels.size(); label++) {
                if (labels.get(label).types().equals(other.types())) {
                    clauses.append(clause(other, label));
                    break;
                }
            }
        }
        clauses.append(clause(caught, labels.size() - 1));
        emit("try_table" + list("param", params) + list("result", results) + clauses);
        inside(params, results, new Label(results, false), d);
        emit("end");
        var outer = stack;
        boolean outerDead = dead;
        stack = new ArrayList<>(results);
        dead = false;
        finish(caught.types(), d);
        stack = outer;
        dead = outerDead;
        labels.removeLast();
        end(caught.types());
    }

    private void deep(int d) {
        int count = chance(5) ? 100 + below(200) : 1 + below(8);
        for (int i = 0; i < count; i++) {
            emit("block");
            labels.add(new Label(List.of(), false));
        }
        inside(List.of(), List.of(), labels.removeLast(), d);
        emit("end");
        for (int i = 1; i < count; i++) {
            labels.removeLast();
            emit("end");
        }
    }
}
