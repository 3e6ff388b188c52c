// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Makes pairs of valid modules of random code about exceptions, objects and structured control,
 * which call one another. Every program ends: calls and rounds of loops are counted.
 */
final class RandomPrograms extends RandomStacks {
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
              (rec
                (type $thing (descriptor $meta) (struct (field (mut i32))))
                (type $meta (describes $thing) (struct (field (mut i32)))))
              (type $bytes (array (mut i8)))
              (type $shorts (array (mut i16)))
              (type $ints (array (mut i32)))
              (type $longs (array (mut i64)))
              (type $vectors (array (mut v128)))
              (type $refs (array (mut anyref)))
            """;

    private static final int MAX_DEPTH = 5;

    RandomPrograms(long seed) {
        super(seed);
    }

    /** The names of the memories of each module. */
    List<String> memories() {
        return several ? List.of("memory", "second", "third") : List.of("memory");
    }

    /** The first module, which has the table and the tags, or the second. */
    String module(int number) {
        out = new StringBuilder("(module\n").append(TYPES);
        for (int i = 0; i < 2 * FUNCS; i++) {
            line("(type $s%d (func%s))".formatted(i, signature(i).text()));
        }
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
        line("(memory $memory (export \"memory\") 1 4)");
        line("(data $data \"some bytes of data\")");
        line("(table $objects (export \"objects\") 8 20 anyref)");
        line("(global $described (ref (exact $meta)) (struct.new $meta (i32.const 3)))");
        line(
                """
                (elem $made anyref
                    (ref.i31 (i32.const 5)) (struct.new_default $leaf) (ref.null any)
                    (struct.new_desc $thing (i32.const 1) (global.get $described)))\
                """);
        if (several) {
            line("(memory $second (export \"second\") i64 1 2)");
            line("(memory $third (export \"third\") 1 1)");
            line("(table $far i64 4 8 externref)");
        }
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

    private void func(int number) {
        self = number;
        var signature = signature(number);
        locals = new ArrayList<>(signature.params());
        var own = new ArrayList<Type>();
        for (var type : Type.values()) {
            own.add(type);
        }
        // Now and then there are too many to be cleared at once, or for the fast translator.
        int more = chance(95) ? 2 : chance(90) ? 60 + below(200) : 8_100 + below(200);
        for (int i = 0; i < more; i++) {
            own.add(Type.I32);
        }
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
        run(MAX_DEPTH - 2);
        body(signature.results(), MAX_DEPTH, 10);
        line(")");
    }
}
