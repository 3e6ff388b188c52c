// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.binary.BinaryDecoder;
import io.nacelle.wasm.binary.BinaryEncoder;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.syntax.MalformedException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is printed, and that it reads back as what it was. */
final class TextPrinterTest {
    static final String EVERYTHING =
            """
            (module $"a module"
              (rec
                (type $s (sub (struct (field $x i8) (field (mut (ref null $a))))))
                (type $a (sub (array (mut i16)))))
              (type $u (sub final $s (struct (field $x i8) (field $y (mut (ref null $a))))))
              (type $f (func (param i32 i64) (result f32 f64)))
              (import "m" "\\u{0}ü\\"" (func $"imported one" (param $p i32) (param i32)))
              (import "m" "e" (func (exact (type $f))))
              (import "m" "t" (table $t i64 1 2 funcref))
              (import "m" "x" (memory 1 2 shared))
              (import "m" "g" (global (mut v128)))
              (import "m" "w" (tag $w (param i32)))
              (func $dup (export "run") (param $n i32) (result i32) (local $k i64) (local f32 f32)
                (block $out (result i32)
                  (if (result i32) (local.get $n)
                    (then (br_if $out (i32.const 1) (i32.eqz (local.get $n))))
                    (else (loop $again (result i32) (br $again)))))
                (block $out (block $out (br 0) (br 1)) (br $out))
                (drop (v128.const f32x4 nan:0x1 -0 inf 1.5))
                (drop (f64.const nan:0x8)) (drop (f32.const 0x1p-149)) (drop (f64.const -1e300))
                (drop (i32.load $m2 offset=4 align=1 (i32.const 0)))
                (drop (v128.load8_lane 1 offset=4 3 (i32.const 0) (v128.const i64x2 0 1)))
                (try_table (result i32) (catch_all_ref 0) (unreachable))
                (try $legacy (do (throw $w (i32.const 1))) (catch $w (drop)) (catch_all))
                (try (do) (delegate 0))
                (@metadata.code.branch_hint "\\01")
                (if (i32.const 1) (then) (else (nop)))
                (call_indirect $t (param i32) (i32.const 1) (i64.const 0))
                (br_on_cast 0 anyref (ref $s) (ref.null any)) (drop)
                (struct.set $u $y (struct.new_default $u) (ref.null $a))
                (drop (select (result i32) (i32.const 1) (i32.const 2) (i32.const 3)))
                (data.drop $d) (memory.init $m2 $d (i32.const 0) (i32.const 0) (i32.const 0))
                (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31
                  (v128.const i32x4 1 2 3 4) (v128.const i32x4 1 2 3 4)) (drop))
              (func (@name "dup") (@metadata.code.branch_hint "\\00") (br_if 0 (i32.const 0)))
              (table $t2 2 (ref null func) (ref.func $dup))
              (memory $m2 1 (pagesize 1))
              (memory i64 1 2)
              (global $g i32 (i32.add (i32.const 1) (i32.const 2)))
              (tag (param f64))
              (export "g" (global $g))
              (start $dup)
              (elem $e (table $t2) (i32.const 0) func $dup)
              (elem declare func $dup)
              (elem (offset i32.const 1 i32.const 2 i32.add) funcref (ref.func $dup) (item ref.null func))
              (data $d "bytes\\00\\ff\\"\\\\")
              (data (memory $m2) (i32.const 1) "")
              (@custom "mine" (after import) "\\01\\02")
              (@custom "mine too" (before first)))
            """;

    private static byte[] encode(String text) {
        return BinaryEncoder.encode(TextParser.parse(text));
    }

    private static String print(byte[] module, PrintStyle style) {
        return TextPrinter.print(BinaryDecoder.decodeFully(ByteSource.of(module)), style);
    }

    @ParameterizedTest
    @EnumSource
    void everythingReadsBack(PrintStyle style) {
        var bytes = encode(EVERYTHING);
        var text = print(bytes, style);
        assertArrayEquals(bytes, encode(text), text);
        assertEquals(text, print(encode(text), style));
    }

    @Test
    void flat() {
        assertEquals(
                """
                (module
                  (type (;0;) (func (param i32) (result i32)))
                  (func $f (;0;) (type 0) (param $n i32) (result i32)
                    (local i64 i64)
                    block (result i32) (;@1;)
                      local.get $n
                      i32.const 1
                      i32.add
                      br 0 (;@1;)
                    end
                  )
                  (export "f" (func $f))
                )
                """,
                print(
                        encode(
                                """
                                (func $f (export "f") (param $n i32) (result i32) (local i64 i64)
                                  (block (result i32)
                                    (br 0 (i32.add (local.get $n) (i32.const 1)))))
                                """),
                        PrintStyle.FLAT));
    }

    @Test
    void folded() {
        assertEquals(
                """
                (module
                  (type (;0;) (func (param i32) (result i32)))
                  (func (;0;) (type 0) (param i32) (result i32)
                    (if $l (result i32)
                      (i32.eqz (local.get 0))
                      (then
                        (br $l (i32.const 1)))
                      (else
                        (i32.const 2)))
                  )
                )
                """,
                print(
                        encode(
                                """
                                (func (param i32) (result i32)
                                  local.get 0
                                  i32.eqz
                                  if $l (result i32) i32.const 1 br $l else i32.const 2 end)
                                """),
                        PrintStyle.FOLDED));
    }

    @Test
    void operandsOutOfReachStayInOrder() {
        var bytes = encode("(func i32.const 1 nop i32.const 2 i32.add drop)");
        var text = print(bytes, PrintStyle.FOLDED);
        assertTrue(text.contains("(i32.const 1)\n    (nop)\n    (i32.const 2)"), text);
        assertArrayEquals(bytes, encode(text));
    }

    @Test
    void namesThatTwoShare() {
        var bytes = encode("(func $a) (func (@name \"a\")) (func (@name \"\")) (func call 1)");
        var text = print(bytes, PrintStyle.FLAT);
        assertTrue(text.contains("(func $a (;0;)"), text);
        assertTrue(text.contains("(func (@name \"a\") (;1;)"), text);
        assertTrue(text.contains("(func (@name \"\") (;2;)"), text);
        assertTrue(text.contains("call 1"), text);
        assertArrayEquals(bytes, encode(text));
    }

    @ParameterizedTest
    @EnumSource
    void deepNestingStaysSmall(PrintStyle style) {
        int depth = 20_000;
        var bytes = encode("(func " + "block ".repeat(depth) + "end ".repeat(depth) + ")");
        var text = print(bytes, style);
        assertTrue(text.length() < depth * 250, text.length() + " characters");
        assertArrayEquals(bytes, encode(text));
    }

    @ParameterizedTest
    @EnumSource
    void longChainsOfOperands(PrintStyle style) {
        var bytes = encode("(func local.get 0 " + "i32.eqz ".repeat(30_000) + "drop)");
        assertArrayEquals(bytes, encode(print(bytes, style)));
    }

    @Test
    void codeThatIsNone() {
        var module = TextParser.parse("(func nop)");
        var bytes = BinaryEncoder.encode(module);
        bytes[bytes.length - 2] = (byte) 0xFF;
        var decoded = BinaryDecoder.decode(ByteSource.of(bytes));
        assertThrows(MalformedException.class, () -> TextPrinter.print(decoded, PrintStyle.FLAT));
    }
}
