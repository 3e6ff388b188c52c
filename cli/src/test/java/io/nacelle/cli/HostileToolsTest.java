// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.binary.BinaryDecoder;
import io.nacelle.wasm.binary.BinaryEncoder;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.syntax.WasmModule;
import io.nacelle.wasm.text.PrintStyle;
import io.nacelle.wasm.text.TextParser;
import io.nacelle.wasm.text.TextPrinter;
import io.nacelle.wasm.valid.Parallelism;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.regex.Pattern;

/** The tools look at modules before anyone has validated them. */
final class HostileToolsTest {
    private static final int MUTANTS = 2_000;
    private static final long SEED = 20;

    private static final String MODULE =
            """
            (module $m
              (rec (type $s (sub (struct (field $a i8) (field $b (mut (ref null $s)))))))
              (type $f (func (param i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_write" (func $w (type $f)))
              (import "env" "g" (global $g (mut i64)))
              (import "env" "t" (table 1 funcref))
              (memory $mem i64 1 2) (memory 1 1 shared)
              (table $t 2 2 funcref (ref.null func))
              (tag $tag (param i32))
              (global $own (export "own") (mut i32) (i32.add (i32.const 1) (i32.const 2)))
              (elem $e (table 0) (i32.const 0) func $w $work)
              (elem declare funcref (ref.func $work))
              (data $d "abc")
              (start $init)
              (func $init)
              (func $work (export "work") (type $f) (local $x v128) (local i64 i64)
                (block $l (result i32)
                  (@metadata.code.branch_hint "\\01") (br_if $l (i32.const 1) (local.get 0))
                  (br_table $l 0 $l (i32.const 2)))
                (drop (struct.new_default $s))
                (memory.init $mem $d (i64.const 0) (i32.const 0) (i32.const 0))
                (try_table (catch $tag 0) (call $work) drop)
                (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15
                  (local.get $x) (local.get $x)) drop)
              (@custom "producers" "\\01\\03sdk\\01\\01a\\01b")
              (@custom "target_features" "\\01+\\02aa")
              (@custom "dylink.0" (before first) "\\01\\04\\08\\02\\03\\00\\02\\02\\01\\00")
              (@custom "build_id" "\\02ab") (@custom "sourceMappingURL" "\\01a"))
            """;

    private int tellable;
    private int malformed;

    @Test
    void nothingButMalformedModulesIsReported() {
        var seed = BinaryEncoder.encode(TextParser.parse(MODULE));
        var random = new Random(SEED);
        for (int i = 0; i < MUTANTS; i++) {
            var bytes = seed.clone();
            for (int n = random.nextInt(4); n >= 0; n--) {
                int at = 8 + random.nextInt(bytes.length - 8);
                bytes[at] = (byte) (random.nextBoolean() ? random.nextInt() : bytes[at] ^ 1);
            }
            try {
                tell(BinaryDecoder.decode(ByteSource.of(bytes)));
                tellable++;
            } catch (MalformedException _) {
                malformed++;
            }
        }
        assertTrue(tellable > MUTANTS / 10, tellable + " modules");
        assertTrue(malformed > MUTANTS / 10, malformed + " malformed modules");
    }

    private static void tell(WasmModule module) {
        var file = Path.of("m.wasm");
        try (var out =
                new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8)) {
            var facts = new ModuleFacts(module, Parallelism.NONE);
            new ExplainText(facts, file, 3, out).print();
            Json.of(ExplainJson.of(facts, file, 3));
            var dump = new Objdump(module, out);
            dump.sections();
            dump.details();
            dump.code();
        }
        TextPrinter.print(module, PrintStyle.FLAT);
        TextPrinter.print(module, PrintStyle.FOLDED);
    }

    @Test
    void offsetsAreThoseOfTheFile() {
        var bytes = BinaryEncoder.encode(TextParser.parse(MODULE));
        var module = BinaryDecoder.decode(ByteSource.of(bytes));
        var text = new ByteArrayOutputStream();
        try (var out = new PrintStream(text, false, StandardCharsets.UTF_8)) {
            new Objdump(module, out).code();
        }
        var line = Pattern.compile("(?m)^0x([0-9a-f]+): +(local\\.get|drop|end|call|br_if)\\b");
        int count = 0;
        for (var found : line.matcher(text.toString(StandardCharsets.UTF_8)).results().toList()) {
            int code =
                    switch (found.group(2)) {
                        case "local.get" -> 0x20;
                        case "drop" -> 0x1A;
                        case "end" -> 0x0B;
                        case "call" -> 0x10;
                        default -> 0x0D;
                    };
            assertEquals(code, bytes[Integer.parseInt(found.group(1), 16)], found.group());
            count++;
        }
        assertEquals(12, count);
    }
}
