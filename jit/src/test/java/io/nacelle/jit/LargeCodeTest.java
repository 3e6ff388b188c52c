// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.StoreKind;
import io.nacelle.runtime.exec.MemoryForm;
import io.nacelle.runtime.exec.ModuleImpl;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * No size or shape of a module makes a method that HotSpot refuses to compile, or a class that the
 * JVM refuses to load; and all of it computes what the interpreter does.
 */
@Timeout(300)
final class LargeCodeTest {
    /** What HotSpot compiles has less bytecode. */
    private static final int LIMIT = 8000;

    private static String repeat(int count, IntFunction<String> part) {
        return IntStream.range(0, count).mapToObj(part).collect(Collectors.joining("\n"));
    }

    /** Compiles some functions, or all when none are named; gives how many classes they are. */
    private static int compiled(String text, int... functions) {
        int classes = 0;
        var module = (ModuleImpl) Module.of(Engine.create(), TextParser.parse(text));
        for (var form : List.of(MemoryForm.HEAP, MemoryForm.NATIVE)) {
            var code = CompiledModule.ahead(module, form, "large.");
            var names = new ArrayList<String>();
            for (int i = 0; i < module.types.length; i++) {
                names.add(Names.type(code, i));
            }
            var valid = module.valid;
            var wanted =
                    functions.length > 0
                            ? IntStream.of(functions)
                            : IntStream.range(valid.importedFuncs(), valid.funcCount());
            wanted.forEach(i -> names.add(Names.function(code, i)));
            classes = 0;
            for (var name : names) {
                var made = Background.await(() -> FunctionCompiler.compile(code, name));
                classes += made.size();
                made.forEach(
                        (each, bytes) -> {
                            int largest = FunctionCompiler.largest(bytes);
                            assertTrue(largest < LIMIT, () -> each + ": " + largest + " bytes");
                        });
            }
        }
        return classes;
    }

    /** Calls an export with arguments in turn, in compiled code and in an interpreter. */
    private static void agree(String text, String export, Object... arguments) {
        for (var kind : List.of(StoreKind.HEAP, StoreKind.NATIVE)) {
            var results = new ArrayList<List<Object>>();
            for (var mode : List.of(Mode.CLASSIC, Mode.JIT)) {
                var engine = Engine.create(EngineConfig.defaults().withMode(mode));
                try (var store = Store.create(engine, kind)) {
                    var instance = instance(store, text);
                    var one = new ArrayList<Object>();
                    for (var argument : arguments) {
                        one.add(instance.func(export).call(argument)[0]);
                    }
                    results.add(one);
                }
            }
            assertEquals(results.get(0), results.get(1));
        }
    }

    private static Instance instance(Store store, String text) {
        return Linker.create(store).instantiate(Module.of(store.engine(), TextParser.parse(text)));
    }

    /** Straight code of half a megabyte, with more constants than a class file has. */
    @Test
    void moreConstantsThanAClassHas() {
        int count = 40_000;
        var text =
                """
                (module (memory 1) (global $g (mut i32) (i32.const 0))
                  (func $f (export "f") (param i32) (result i32)
                    BODY
                    (i32.add (i32.load (i32.const 0)) (global.get $g))))
                """
                        .replace(
                                "BODY",
                                repeat(
                                        count,
                                        i ->
                                                "(i32.store offset="
                                                        + i % 1000
                                                        + " (i32.const 0) (i32.xor (i32.const "
                                                        + (1_000_000 + i)
                                                        + ") (i32.mul (local.get 0) (i32.const "
                                                        + (9_000_000 + 3 * i)
                                                        + "))))"));
        assertTrue(compiled(text) > 2, "there are classes beside the function's and its frame's");
        agree(text, "f", 0, 1, -77);
    }

    /** A function of almost the size that is allowed, all of it at one level. */
    @Test
    void oneFunctionOfMegabytes() {
        int count = Integer.getInteger("nacelle.large.statements", 120_000);
        var text =
                """
                (module
                  (func (export "f") (param i32) (result i32)
                    BODY
                    (local.get 0)))
                """
                        .replace(
                                "BODY",
                                repeat(
                                        count,
                                        i ->
                                                i % 5 == 0
                                                        ? "(if (i32.lt_s (local.get 0) (i32.const "
                                                                + i % 7777
                                                                + ")) (then (local.set 0 (i32.add"
                                                                + " (local.get 0) (i32.const 3)))))"
                                                        : "(local.set 0 (i32.rotl (local.get 0)"
                                                                + " (i32.const "
                                                                + i % 31
                                                                + ")))"));
        compiled(text);
        agree(text, "f", 1, 123_456_789);
    }

    /** Nested blocks and loops around more than 64 KiB, where no level is large by itself. */
    @Test
    void deepNestsOfLoops() {
        int depth = 400;
        var text = new StringBuilder("(module (func (export \"f\") (param i32) (result i32)\n");
        text.append("(local $n i32)\n");
        for (int i = 0; i < depth; i++) {
            text.append("(block (loop\n");
            text.append(
                    ("(local.set 0 (i32.add (i32.mul (local.get 0) (i32.const 31))"
                                    + " (i32.const N)))\n")
                            .replace("N", "" + i)
                            .repeat(12));
        }
        for (int i = 0; i < depth; i++) {
            text.append(
                    """
                    (local.set $n (i32.add (local.get $n) (i32.const 1)))
                    (if (i32.gt_u (local.get $n) (i32.const 5000)) (then (return (local.get 0))))
                    (br_if 0 (i32.eq (i32.and (local.get $n) (i32.const 255)) (i32.const 77)))
                    (br_if 1 (i32.and (local.get 0) (i32.const 16)))
                    (local.set 0 (i32.xor (local.get 0) (local.get $n)))))
                    """);
        }
        text.append("(local.get 0)))");
        compiled(text.toString());
        agree(text.toString(), "f", 0, 5, 999_999);
    }

    /** Each case of a table is a block of its own, and most lie beyond the method they are in. */
    @Test
    void aTableOfThousandsOfBlocks() {
        int cases = 3000;
        var text = new StringBuilder("(module (func (export \"f\") (param i32) (result i32)\n");
        text.append("(block $out ").append("(block ".repeat(cases)).append("\n(br_table");
        for (int i = 0; i < cases; i++) {
            text.append(' ').append(i);
        }
        text.append(" (local.get 0)))\n");
        for (int i = 0; i < cases; i++) {
            text.append("(local.set 0 (i32.mul (local.get 0) (i32.const ")
                    .append(2 * i + 70_001)
                    .append(")))\n(br $out)")
                    .append(i < cases - 1 ? ")\n" : "\n");
        }
        text.append(") (local.get 0)))");
        compiled(text.toString());
        agree(text.toString(), "f", 0, 1, 2, 1499, 2998, 2999, 3000, -1);
    }

    /** More tables than the initialiser of one class can make. */
    @Test
    void thousandsOfTables() {
        int count = 4000;
        var text =
                """
                (module (func (export "f") (param i32) (result i32) (local $s i32)
                  BODY
                  (local.get $s)))
                """
                        .replace(
                                "BODY",
                                repeat(
                                        count,
                                        i ->
                                                "(block (block (br_table"
                                                        + " 0 1 1 0 1 0".repeat(51)
                                                        + " (i32.rem_u (local.get 0) (i32.const "
                                                        + (i % 300 + 2)
                                                        + "))) unreachable) (local.set $s (i32.add"
                                                        + " (i32.shl (local.get $s) (i32.const 1))"
                                                        + " (i32.const 1))))"
                                                        + "(local.set $s (i32.mul (local.get $s)"
                                                        + " (i32.const 5)))"));
        compiled(text);
        agree(text, "f", 0, 1, 34_567);
    }

    @Test
    void thousandsOfLocals() {
        int locals = 20_000;
        var text =
                """
                (module (func (export "f") (param i32) (result i32) (local LOCALS)
                  BODY
                  (i32.add (local.get 1) (local.get COUNT))))
                """
                        .replace("LOCALS", "i32 ".repeat(locals))
                        .replace("COUNT", "" + locals)
                        .replace(
                                "BODY",
                                repeat(
                                        locals,
                                        i ->
                                                "(local.set "
                                                        + (i + 1)
                                                        + " (i32.add (local.get "
                                                        + i
                                                        + ") (local.get "
                                                        + i / 2
                                                        + ")))"));
        compiled(text);
        agree(text, "f", 0, 3);
    }

    /** A function that calls as many others as the constants of a class could not name. */
    @Test
    void aHundredThousandFunctionsAndExports() {
        int count = 100_000;
        int called = 15_000;
        var text =
                """
                (module
                  (type $t (func (param i32) (result i32)))
                  (table funcref (elem ELEMS))
                  FUNCS
                  (func $all (export "all") (type $t)
                    CALLS
                    (local.get 0))
                  (func $one (export "one") (type $t)
                    (call_indirect (type $t) (i32.const 3) (local.get 0))))
                """
                        .replace("ELEMS", repeat(count, i -> "$f" + i))
                        .replace(
                                "FUNCS",
                                repeat(
                                        count,
                                        i ->
                                                "(func $f%d (export \"f%d\") (type $t) (i32.add (local.get 0) (i32.const %d)))"
                                                        .formatted(i, i, i)))
                        .replace(
                                "CALLS",
                                repeat(
                                        called,
                                        i ->
                                                "(local.set 0 (call $f%d (local.get 0)))"
                                                        .formatted(i)));
        assertTrue(compiled(text, count, count + 1, 0, count - 1) > 6);
        agree(text, "one", 0, 7, 70_000, 99_999);
        agree(text, "all", 0);
    }
}
