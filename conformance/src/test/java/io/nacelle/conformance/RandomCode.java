// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/** What all parts of random code share: types, choices, and the function that is being made. */
abstract class RandomCode {
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

    record Label(List<Type> types, boolean handles) {}

    static final List<Type> FIELDS =
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

    static final Signature CALLEE = new Signature(List.of(Type.I32), List.of(Type.I32));

    final SplittableRandom random;
    final List<Signature> signatures = new ArrayList<>();
    StringBuilder out = new StringBuilder();
    final List<Label> labels = new ArrayList<>();
    List<Type> locals = List.of();

    /** The number of the function that is being made, among those of both modules. */
    int self;

    /** How much more is to be made of it. */
    int room;

    RandomCode(long seed) {
        random = new SplittableRandom(seed);
        for (int i = 0; i < 2 * FUNCS; i++) {
            signatures.add(i % FUNCS == FUNCS - 1 ? CALLEE : new Signature(types(3), types(3)));
        }
    }

    /** A value of a type, whatever code makes it. */
    abstract void value(Type type, int d);

    Signature signature(int func) {
        return signatures.get(func);
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    boolean chance(int percent) {
        return below(100) < percent;
    }

    Type type() {
        return chance(35) ? Type.I32 : Type.values()[below(Type.values().length)];
    }

    List<Type> types(int most) {
        if (chance(25)) {
            return TAGS.get(below(TAGS.size()));
        }
        var types = new ArrayList<Type>();
        for (int i = below(most + 1); i > 0; i--) {
            types.add(type());
        }
        return types;
    }

    static String list(String what, List<Type> types) {
        return types.isEmpty()
                ? ""
                : types.stream()
                        .map(t -> t.text)
                        .collect(Collectors.joining(" ", " (" + what + " ", ")"));
    }

    void line(String text) {
        out.append("  ").append(text).append('\n');
    }

    static String zero(Type type) {
        return switch (type) {
            case I32 -> "i32.const 0";
            case I64 -> "i64.const 0";
            case F64 -> "f64.const 0";
            case V128 -> "v128.const i64x2 0 0";
            default -> "ref.null " + (type.isRef() ? bottom(type) : "");
        };
    }

    static String bottom(Type type) {
        return switch (type) {
            case FUNC, CALLEE -> "nofunc";
            case EXN -> "noexn";
            case EXTERN -> "noextern";
            default -> "none";
        };
    }

    void emit(String... instructions) {
        for (var text : instructions) {
            out.append("    ").append(text).append('\n');
        }
    }

    void values(List<Type> types, int d) {
        types.forEach(t -> value(t, d));
    }

    String target(int label) {
        return Integer.toString(labels.size() - 1 - label);
    }

    int local(Type type) {
        int at = below(locals.size());
        while (locals.get(at) != type) {
            at = (at + 1) % locals.size();
        }
        return at;
    }

    /** Takes values of these types from the stack. */
    void consume(List<Type> types) {
        for (var type : types.reversed()) {
            emit(chance(70) ? "local.set " + local(type) : "drop");
        }
    }
}
