// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.binary.BinaryEncoder;
import io.nacelle.wasm.binary.BranchHints;
import io.nacelle.wasm.binary.NameSection;
import io.nacelle.wasm.syntax.Elem;
import io.nacelle.wasm.syntax.ExternType;
import io.nacelle.wasm.syntax.FeatureSet;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.InvalidException;
import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.TypeIndex;
import io.nacelle.wasm.syntax.WasmModule;
import io.nacelle.wasm.valid.Parallelism;
import io.nacelle.wasm.valid.Validator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** What the parser makes of modules: abbreviations, identifiers, code. */
final class TextParserTest {
    private static String code(String instrs) {
        return code("", instrs);
    }

    /** The code of a function, in hexadecimal without its locals' count and its end. */
    private static String code(String fields, String instrs) {
        return body(fields + "(func $body " + instrs + ")");
    }

    private static String body(String fields) {
        var module = TextParser.parse(fields);
        var hex =
                HexFormat.ofDelimiter(" ")
                        .formatHex(module.source().copy(module.funcs().getLast().code()));
        assertTrue(hex.startsWith("00 ") && hex.endsWith("0b"), hex);
        return hex.equals("00 0b") ? "" : hex.substring(3, hex.length() - 3);
    }

    private static void same(String one, String other) {
        assertArrayEquals(
                BinaryEncoder.encode(TextParser.parse(one)),
                BinaryEncoder.encode(TextParser.parse(other)));
    }

    private static void fault(String text, String reason) {
        var e = assertThrows(MalformedException.class, () -> TextParser.parse(text));
        assertTrue(e.reason().startsWith(reason), e.getMessage());
        assertTrue(e.where().startsWith("at line "), e.where());
    }

    @Test
    void headerAndFieldsAlone() {
        assertEquals(
                "0061736d01000000",
                HexFormat.of().formatHex(BinaryEncoder.encode(TextParser.parse("(module)"))));
        same("(module (func) (memory 1))", "(func) (memory 1)");
        same("", "(module)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nop                                        | 01",
                "i32.const -1                               | 41 7f",
                "i64.const 0x8000_0000_0000_0000            | 42 80 80 80 80 80 80 80 80 80 7f",
                "f32.const 1.5                              | 43 00 00 c0 3f",
                "f64.const -0                               | 44 00 00 00 00 00 00 00 80",
                "(i32.add (i32.const 1) (i32.const 2))      | 41 01 41 02 6a",
                "i32.const 1 (i32.add (i32.const 2))        | 41 01 41 02 6a",
                "i32.load offset=8 align=2                  | 28 01 08",
                "i32.load                                   | 28 02 00",
                "i64.load32_u                               | 35 02 00",
                "block br 0 end                             | 02 40 0c 00 0b",
                "block $l loop $m br $l end end             | 02 40 03 40 0c 01 0b 0b",
                "block $l block $l br $l end $l end $l      | 02 40 02 40 0c 00 0b 0b",
                "(block (result i32) i32.const 1)           | 02 7f 41 01 0b",
                "(if (i32.const 1) (then nop) (else drop))  | 41 01 04 40 01 05 1a 0b",
                "(if $l (i32.const 1) (then br $l))         | 41 01 04 40 0c 00 0b",
                "(if (then))                                | 04 40 0b",
                "br_table 0 1 2                             | 0e 02 00 01 02",
                "br_table 0                                 | 0e 00 00",
                "select                                     | 1b",
                "select (result i32)                        | 1c 01 7f",
                "select (result)                            | 1c 00",
                "ref.null func                              | d0 70",
                "ref.test (ref i31)                         | fb 14 6c",
                "ref.test i31ref                            | fb 15 6c",
                "ref.cast (ref null any)                    | fb 17 6e",
                "br_on_cast 0 anyref (ref i31)              | fb 18 01 00 6e 6c",
                "i8x16.extract_lane_s 15                    | fd 15 0f",
                "v128.load8_lane 3                          | fd 54 00 00 03",
                "v128.load8_lane offset=1 3                 | fd 54 00 01 03",
                "atomic.fence                               | fe 03 00",
                "i32.atomic.rmw.add                         | fe 1e 02 00",
                "i64.add128                                 | fc 13",
                "memory.copy                                | fc 0a 00 00",
                "memory.fill                                | fc 0b 00",
                "try_table (catch_all 0) end                | 1f 40 01 02 00 0b",
                "try catch_all end                          | 06 40 19 0b",
                "(try (do nop) (catch_all nop))             | 06 40 01 19 01 0b",
                "(try (do) (delegate 0))                    | 06 40 18 00",
                "try delegate 0                             | 06 40 18 00",
                "i32.const +5                               | 41 05"
            })
    void instructions(String text, String hex) {
        assertEquals(hex, code(text));
    }

    @Test
    void vectors() {
        assertEquals(
                "fd 0c 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f ff",
                code("v128.const i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 -1"));
        assertEquals(
                "fd 0c 00 00 80 3f 00 00 c0 7f 00 00 80 ff 00 00 00 80",
                code("v128.const f32x4 1 nan -inf -0"));
        assertEquals(
                "fd 0d 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 1f",
                code("i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31"));
    }

    @Test
    void severalMemoriesAndTables() {
        var fields = "(memory 1)(memory $m 1)(table 1 funcref)(table $t 1 funcref)(data $d \"\")";
        assertEquals("28 42 01 00", code(fields, "i32.load $m"));
        assertEquals("fd 54 40 01 00 03", code(fields, "v128.load8_lane $m 3"));
        assertEquals("fd 54 40 01 00 03", code(fields, "v128.load8_lane 1 3"));
        assertEquals("fd 54 40 01 04 03", code(fields, "v128.load8_lane 1 offset=4 3"));
        assertEquals("fc 0a 01 00", code(fields, "memory.copy $m 0"));
        assertEquals("fc 08 00 01", code(fields, "memory.init $m $d"));
        assertEquals("fc 08 00 00", code(fields, "memory.init $d"));
        assertEquals("3f 01", code(fields, "memory.size 1"));
        assertEquals("25 01", code(fields, "table.get $t"));
        assertEquals("11 00 01", code("(type (func))" + fields, "call_indirect $t"));
        assertEquals("fc 0c 00 01", code(fields + "(elem $e func)", "table.init $t $e"));
    }

    @Test
    void foldedTryTableWithTag() {
        assertEquals(
                "02 40 1f 40 02 00 00 00 02 00 01 0b 0b",
                code("(tag $e)", "(block $l (try_table (catch $e $l) (catch_all $l) nop))"));
    }

    @Test
    void legacyCatchKeepsItsLabel() {
        assertEquals(
                "06 40 07 00 09 00 19 0c 00 0b",
                code("(tag $e)", "(try $t (do) (catch $e rethrow $t) (catch_all br $t))"));
        assertEquals("06 40 06 40 18 00 0b", code("(try $t (do (try $t (do) (delegate $t))))"));
    }

    @Test
    void inlineTypesGoToTheEndInOrder() {
        var module =
                TextParser.parse(
                        """
                        (func (param i32) (block (param i64) drop))
                        (func (result f32) unreachable)
                        (type $t (func (param i64)))
                        (func (param f64))
                        (func (type $t))
                        (func (param i64))
                        """);
        assertEquals(4, module.types().size());
        assertEquals(List.of(1, 2, 3, 0, 0), module.funcs().stream().map(f -> f.type()).toList());
        assertEquals(
                FuncType.of(List.of(), List.of(NumType.F32)),
                module.types().get(2).types().getFirst().comp());
    }

    @Test
    void inlineTypesFindOnlyPlainTypes() {
        var module =
                TextParser.parse(
                        """
                        (type (sub (func)))
                        (rec (type (func)) (type (func)))
                        (func)
                        """);
        assertEquals(3, module.funcs().getFirst().type());
    }

    @Test
    void importsAndExportsInline() {
        same(
                """
                (func (export "a") (export "b") (import "m" "f") (param i32))
                (table (export "t") (import "m" "t") 1 2 funcref)
                (memory (import "m" "m") i64 1)
                (global (import "m" "g") (mut i32))
                (tag (import "m" "e") (param i32))
                """,
                """
                (import "m" "f" (func (param i32)))
                (import "m" "t" (table 1 2 funcref))
                (import "m" "m" (memory i64 1))
                (import "m" "g" (global (mut i32)))
                (import "m" "e" (tag (param i32)))
                (export "a" (func 0)) (export "b" (func 0)) (export "t" (table 0))
                """);
    }

    @Test
    void exactImports() {
        var module =
                TextParser.parse("(type $f (func)) (import \"\" \"\" (func $x (exact (type $f))))");
        assertEquals(
                new ExternType.Func(new TypeIndex(0), ExternType.Exactness.EXACT),
                module.imports().getFirst().type());
    }

    @Test
    void segmentsInline() {
        same(
                "(table funcref (elem 0 0)) (func)",
                "(table 2 2 funcref) (elem (i32.const 0) func 0 0) (func)");
        same(
                "(table i64 (ref null func) (elem (ref.func 0))) (func)",
                "(table i64 1 1 funcref)"
                        + "(elem (offset i64.const 0) (ref null func) (item ref.func 0)) (func)");
        same("(memory (data \"a\" \"b\"))", "(memory 1 1) (data (i32.const 0) \"ab\")");
        same(
                "(memory i64 (pagesize 1) (data \"abc\"))",
                "(memory i64 3 3 (pagesize 1)) (data (i64.const 0) \"abc\")");
        same("(memory (data))", "(memory 0 0) (data (i32.const 0))");
    }

    @Test
    void segmentsOfAllModes() {
        var module =
                TextParser.parse(
                        """
                        (table $t 1 funcref) (table $u 1 externref) (memory 1) (memory $m 1)
                        (func $f)
                        (elem $a func $f)
                        (elem declare func $f $f)
                        (elem (table $u) (offset (i32.const 0)) externref (ref.null extern))
                        (elem (i32.const 0) $f)
                        (elem 0 (i32.const 0) $f)
                        (elem (ref null func) (item (ref.null func)) (ref.func $f))
                        (data "p") (data (memory $m) (i32.const 1) "q") (data 1 (i32.const 1) "r")
                        """);
        assertEquals(6, module.elems().size());
        assertEquals(Elem.Passive.PASSIVE, module.elems().getFirst().mode());
        assertEquals(Elem.Declarative.DECLARATIVE, module.elems().get(1).mode());
        assertEquals(RefType.EXTERNREF, module.elems().get(2).type());
        assertEquals(2, module.elems().getLast().init().size());
        assertEquals(3, module.datas().size());
        assertEquals(OptionalInt.empty(), module.dataCount());
    }

    @Test
    void dataCountIsThereWhenCodeNeedsIt() {
        var module = TextParser.parse("(memory 1) (data \"\") (func data.drop 0)");
        assertEquals(OptionalInt.of(1), module.dataCount());
    }

    @Test
    void gcTypes() {
        same(
                """
                (type $a (struct (field $x i8) (field $y (mut (ref null $a)))))
                (func (struct.get_s $a $x) (struct.set $a $y))
                """,
                """
                (type $a (struct (field $x i8) (field $y (mut (ref null 0)))))
                (func (struct.get_s 0 0) (struct.set 0 1))
                """);
        var module =
                TextParser.parse(
                        """
                        (rec (type $a (sub (descriptor $b) (struct (field i32 i64))))
                             (type $b (sub final $c (describes $a) (array (mut i16)))))
                        (type $c (sub (array (mut i16))))
                        """);
        var b = module.types().getFirst().types().get(1);
        assertTrue(b.isFinal());
        assertEquals(List.of(new TypeIndex(2)), b.supers());
        assertEquals(Optional.of(new TypeIndex(0)), b.describes());
    }

    @Test
    void namesBecomeANameSection() {
        WasmModule module =
                TextParser.parse(
                        """
                        (module $mod
                          (type $t (struct (field $x i32)))
                          (import "" "" (func $i (param $p i32)))
                          (table $tab 1 funcref) (memory $mem 1) (global $g i32 (i32.const 0))
                          (tag $e) (elem $el func) (data $da "")
                          (func $f (param i32) (param $q i32) (local $r i64)
                            block $one end loop end block $two end)
                          (func (@name "two words")))
                        """);
        var names = NameSection.read(module);
        assertEquals(Optional.of("mod"), names.module());
        assertEquals(Map.of(0, "i", 1, "f", 2, "two words"), names.funcs());
        assertEquals(Map.of(0, Map.of(0, "p"), 1, Map.of(1, "q", 2, "r")), names.locals());
        assertEquals(Map.of(1, Map.of(0, "one", 2, "two")), names.labels());
        assertEquals(Map.of(0, "t"), names.types());
        assertEquals(Map.of(0, Map.of(0, "x")), names.fields());
        assertEquals(Map.of(0, "tab"), names.tables());
        assertEquals(Map.of(0, "mem"), names.memories());
        assertEquals(Map.of(0, "g"), names.globals());
        assertEquals(Map.of(0, "e"), names.tags());
        assertEquals(Map.of(0, "el"), names.elems());
        assertEquals(Map.of(0, "da"), names.datas());
    }

    @Test
    void customSections() {
        var module =
                TextParser.parse(
                        """
                        (@custom "z" "last")
                        (@custom "a" (before first) "x" "y")
                        (@custom "b" (after import))
                        (@custom "c" (before global))
                        (func $f)
                        """);
        assertEquals(
                List.of("a", "b", "c", "z", "name"),
                module.customs().stream().map(c -> c.name()).toList());
        assertEquals(
                List.of(0, 2, 13, 11, 11), module.customs().stream().map(c -> c.after()).toList());
    }

    @Test
    void branchHints() {
        var module =
                TextParser.parse(
                        """
                        (func)
                        (func (local i64)
                          i32.const 0
                          (@metadata.code.branch_hint "\\01") if end
                          (@metadata.code.branch_hint "\\00") (br_if 0 (i32.const 1)))
                        """);
        var section = module.custom("metadata.code.branch_hint").orElseThrow();
        assertEquals(
                "01 01 02 05 01 01 0a 01 00",
                HexFormat.ofDelimiter(" ").formatHex(module.source().copy(section.bytes())));
    }

    @Test
    void branchHintsBelongToBranches() {
        BranchHints.check(TextParser.parse("(func)"));
        BranchHints.check(
                TextParser.parse(
                        "(func (i32.const 0) (@metadata.code.branch_hint \"\\01\") if end)"));
        var misplaced =
                TextParser.parse(
                        "(func (param i32) local.get 0"
                                + " (@metadata.code.branch_hint \"\\01\") i32.eqz drop)");
        var e = assertThrows(InvalidException.class, () -> BranchHints.check(misplaced));
        assertEquals("@metadata.code.branch_hint annotation: invalid target", e.reason());
        for (var contents :
                List.of(
                        "",
                        "\\01",
                        "\\01\\05\\00",
                        "\\01\\00\\01\\01\\01\\02",
                        "\\02\\00\\00\\00\\00",
                        "\\00\\00")) {
            var module =
                    TextParser.parse(
                            "(func) (@custom \"metadata.code.branch_hint\" \"" + contents + "\")");
            assertThrows(InvalidException.class, () -> BranchHints.check(module), contents);
            var text = TextPrinter.print(module, PrintStyle.FLAT);
            assertArrayEquals(
                    BinaryEncoder.encode(module), BinaryEncoder.encode(TextParser.parse(text)));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "(func get_local)                              | unknown operator get_local",
                "(func (get_local 0))                          | unknown operator get_local",
                "(func i32.const 0drop)                        | unknown operator",
                "(foo)                                         | unknown operator foo",
                "(i32.add)                                     | unexpected token",
                "(func))                                       | unexpected token",
                "(func                                         | unexpected token",
                "(func (i32.const 4294967296))                 | constant out of range",
                "(func i32.load align=3)                       | alignment must be a power of two",
                "(func i32.load align=0)                       | alignment must be a power of two",
                "(func i32.load align=x)                       | unknown operator",
                "(func i32.load align=)                        | unknown operator",
                "(func call $f)                                | unknown function $f",
                "(func br $l)                                  | unknown label $l",
                "(func local.get $x)                           | unknown local $x",
                "(func global.get $x)                          | unknown global $x",
                "(func (type $t))                              | unknown type $t",
                "(func (type 3) (param i32))                   | unknown type",
                "(export \"\" (memory $m))                     | unknown memory $m",
                "(func $a) (func $a)                           | duplicate function $a",
                "(func (param $a i32) (local $a i32))          | duplicate local $a",
                "(type $a (func)) (type $a (func))             | duplicate type $a",
                "(type (struct (field $a i32) (field $a i32))) | duplicate field $a",
                "(data $a \"\") (data $a \"\")                 | duplicate data segment $a",
                "(type (func)) (func (type 0) (param i32))     | inline function type",
                "(func block $a end $b)                        | mismatching label $b",
                "(func if else $a end)                         | mismatching label $a",
                "(func) (import \"\" \"\" (func))              | import after function",
                "(tag) (memory (import \"\" \"\") 1)           | import after tag",
                "(start 0) (start 0)                           | multiple start sections",
                "(func block)                                  | unexpected token",
                "(func end)                                    | unexpected token",
                "(func (end))                                  | unexpected token",
                "(func else)                                   | unexpected token",
                "(func (if (i32.const 0)))                     | unexpected token",
                "(func (if (then) (then)))                     | unexpected token",
                "(func (if (then) (else) (else)))              | unexpected token",
                "(func (i32.eqz nop))                          | unexpected token",
                "(func (try (catch_all)))                      | unexpected token",
                "(func try catch_all catch_all end)            | unexpected token",
                "(func try catch_all delegate 0)               | unexpected token",
                "(func (param i32) (result i32) (param i32))   | unexpected token",
                "(func (block (param $x i32)))                 | unexpected token",
                "(func br_table)                               | unexpected token",
                "(func ref.test i32)                           | unexpected token",
                "(func v128.const i32x4 1 2 3)                 | wrong number of lane literals",
                "(func i8x16.shuffle 0 1 2)                    | invalid lane length",
                "(func i8x16.extract_lane_s 256)               | i8 constant out of range",
                "(func i8x16.extract_lane_s -1)                | unexpected token",
                "(memory 1 (pagesize 3))                       | invalid custom page size",
                "(memory 0x1_0000_0000_0000_0000)              | i64 constant out of range",
                "(func call 4294967296)                        | i32 constant out of range",
                "(global i32 (i32.const 0) (@custom \"x\"))    | misplaced @custom annotation",
                "(func (@custom \"x\"))                        | misplaced @custom annotation",
                "(@name \"a\") (@name \"b\")                   | @name annotation: multiple module",
                "(export \"\\ff\" (func 0))                    | malformed UTF-8 encoding",
                "(@custom)                                     | @custom annotation: missing"
                        + " section name"
            })
    void faults(String text, String reason) {
        fault(text, reason);
    }

    @Test
    void places() {
        var e =
                assertThrows(
                        MalformedException.class,
                        () -> TextParser.parse("(module\n  (func\n    (call $nobody)))"));
        assertEquals("at line 3, column 11", e.where());
        assertEquals("unknown function $nobody (at line 3, column 11)", e.getMessage());
    }

    @Test
    void bytesThatAreNoText() {
        var e =
                assertThrows(
                        MalformedException.class,
                        () -> TextParser.parse(new byte[] {'(', ';', (byte) 0xFF, ';', ')'}));
        assertEquals("malformed UTF-8 encoding", e.reason());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "(module (func (result i32)\n  i64.const 1@))",
                "(module (func (result i32)\n  nop @))",
                "(module (func (param i32)\n (drop (@i32.eqz (i64.const 1)))))",
                "(module (func \n block (@if (i64.const 1) (then nop)) end))",
                "(module (func (@if (i64.const 0) (then nop) (else nop))))",
                "(module (func (if (result i32) (i32.const 0) (then i32.const 1) (else nop)@)))",
                "(module (func (try (do) (catch_all @i32.add drop))))",
                "(module (func block i32.const 1 @end))",
                "(module (func) (func @(local (ref 99))))",
                "(module (global i32\r\n (i64.const 1)@))",
                "(module (func) (table 1 funcref) (elem (i32.const 0) (ref func)"
                        + " (item ref.func 0 @drop drop)))",
                "(module (func $\"\u00e9\" (drop (i32.const 1)) @drop))",
            })
    void faultsAreFoundInTheText(String marked) {
        int mark = marked.indexOf('@');
        var text = marked.replace("@", "");
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var module = TextParser.parse(bytes);
        var e =
                assertThrows(
                        InvalidException.class,
                        () -> Validator.validate(module, FeatureSet.ALL, Parallelism.NONE));
        var lines = text.substring(0, mark).split("\r?\n", -1);
        var expected = new TextPosition(lines.length, lines[lines.length - 1].length() + 1);
        var found = TextParser.position(bytes, e.offset().orElseThrow()).orElseThrow();
        assertEquals(expected, found, e::getMessage);
    }

    @Test
    void whatIsNotCodeHasNoPositionByOffset() {
        var text = "(module (memory 1) (data \"abc\"))".getBytes(StandardCharsets.UTF_8);
        assertEquals(Optional.empty(), TextParser.position(text, 0));
        assertEquals(Optional.empty(), TextParser.position(text, Long.MAX_VALUE));
    }
}
