// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.binary.BinaryDecoder;
import io.nacelle.wasm.binary.BinaryEncoder;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.text.TextParser;
import io.nacelle.wasm.valid.Parallelism;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

final class ExplainTest {
    private static final String PROGRAM =
            """
            (module $prog
              (import "wasi_snapshot_preview1" "path_open"
                (func (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "environ_get" (func (param i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "sock_open" (func (param i32) (result i32)))
              (import "env" "helper" (func (param f64)))
              (memory $heap (export "memory") 2 16)
              (table 3 3 funcref)
              (elem (i32.const 0) $small $big)
              (data (i32.const 8) "12345")
              (func $small (result v128) (v128.const i64x2 0 0))
              (func $big (export "_start") nop nop nop nop nop nop nop nop nop nop nop nop
                nop nop nop nop nop nop nop)
              (func $init)
              (start $init)
              (@custom "producers"
                "\\01\\08language\\01\\03C99\\00")
              (@custom ".debug_info" "0123456789"))
            """;

    private static ModuleFacts facts(String text) {
        var bytes = BinaryEncoder.encode(TextParser.parse(text));
        return new ModuleFacts(BinaryDecoder.decode(ByteSource.of(bytes)), Parallelism.NONE);
    }

    private static String words(String text) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new PrintStream(bytes, false, StandardCharsets.UTF_8)) {
            new ExplainText(facts(text), Path.of("a b.wasm"), 2, out).print();
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void whatTheCommandBringsNeedsNoPreload() {
        var length = "(import \"wasm:js-string\" \"length\" (func (param externref) (result i32)))";
        var constant = "(import \"words\" \"hello\" (global (ref extern)))";
        assertEquals(List.of(), facts(length).options());
        assertEquals(List.of("--string-constants words"), facts(length + constant).options());
        assertEquals(List.of("--preload words=FILE"), facts(constant).options());
        assertEquals(
                List.of("--preload words=FILE"),
                facts(length + constant + "(import \"words\" \"f\" (func))").options());
    }

    @Test
    void aProgramIsToldInWords() {
        var text = words(PROGRAM);
        for (var expected :
                List.of(
                        "a b.wasm: ",
                        "A command: its function _start runs the program.",
                        "It calls itself \"prog\".",
                        "\n  language: C99\n",
                        "\n  simd                     v128, in type ",
                        "All that it uses is in wasm2.",
                        "opens files and directories, by path; it reaches those given with --dir\n"
                                + "      path_open\n",
                        "not in WASI 0.1, and will not be linked\n      sock_open\n",
                        "from \"env\": 1 function\n    func \"helper\" (func (param f64))\n",
                        "\n  func \"_start\" (func)\n",
                        "memory[0] <heap>: from 128 KiB (131072 bytes), to 1 MiB (1048576 bytes)",
                        "table[0]: 3 of funcref",
                        "1 element segment with 2 elements",
                        "1 data segment with 5 bytes",
                        "its start function is func[6] <init>",
                        "custom \".debug_info\"\n",
                        "'nacelle strip' leaves them out",
                        "Largest of 3 functions",
                        "21 bytes  func[5] <big>\n",
                        "--env NAME=VALUE",
                        "--dir HOST",
                        "--preload env=FILE",
                        "'a b.wasm' [ARG…]")) {
            assertTrue(text.contains(expected), expected + "\nin\n" + text);
        }
        assertFalse(text.contains("reads clocks"), text);
        assertTrue(text.indexOf("<big>") < text.indexOf("<small>"), text);
    }

    @Test
    void whatTheCommandBringsIsNotAskedFor() {
        var threads =
                "(import \"env\" \"memory\" (memory 1 2 shared)) (import \"wasi\" \"thread-spawn\""
                        + " (func (param i32) (result i32))) (func (export \"_start\"))"
                        + " (func (export \"wasi_thread_start\") (param i32 i32))";
        assertEquals(List.of("[--max-threads COUNT]"), facts("(module " + threads + ")").options());
        var alone = facts("(module (import \"env\" \"memory\" (memory 1 2 shared)))");
        assertEquals(List.of("--preload env=FILE"), alone.options());
        var odd = facts("(module (import \"a b\" \"c\" (func)))");
        assertEquals(List.of("--preload 'a b'=FILE"), odd.options());
    }

    @Test
    void aProgramIsToldAsJson() {
        var tree = ExplainJson.of(facts(PROGRAM), Path.of("p.wasm"), 1);
        assertEquals("command", tree.get("kind"));
        assertEquals("prog", tree.get("name"));
        assertEquals(true, tree.get("valid"));
        assertEquals("wasm2", tree.get("level"));
        assertEquals(
                Map.of("environment", List.of("environ_get"), "directories", List.of("path_open")),
                tree.get("wasi"));
        assertEquals(List.of("sock_open"), tree.get("unknownWasi"));
        assertEquals(6, tree.get("start"));
        assertEquals(5L, tree.get("dataBytes"));
        assertEquals(
                List.of(Map.of("index", 5, "name", "big", "size", 21)),
                tree.get("largestFunctions"));
        assertEquals(Map.of("language", Map.of("C99", "")), tree.get("producers"));
        var memory = (Map<?, ?>) ((List<?>) tree.get("memories")).getFirst();
        assertEquals(BigInteger.valueOf(1 << 20), memory.get("maxBytes"));
        var json = Json.of(tree);
        assertTrue(json.startsWith("{\n  \"file\": \"p.wasm\",\n"), json);
        assertTrue(json.contains("\n  \"fault\": null,\n"), json);
        assertTrue(json.endsWith("\n}\n"), json);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "(func (export \"_initialize\"))|A reactor",
                "(func (export \"f\"))|A library",
                "(func $s) (start $s)|done by its start function",
                "(func)|it does nothing",
                "(@custom \"dylink.0\" \"\") (func (export \"f\"))|A shared library",
                "(@custom \"linking\" \"\") (func (export \"f\"))|An object file",
                "(import \"wasi\" \"thread-spawn\" (func (param i32) (result i32)))|starts threads",
                "(memory 1 1 shared)|a memory that threads can share",
                "(import \"wbg\" \"f\" (func))|wasm-bindgen",
                "(import \"env\" \"emscripten_memcpy\" (func))|Emscripten",
                "(import \"gojs\" \"f\" (func))|GOOS=js",
                "(import \"wasi_unstable\" \"fd_write\" (func))|older than 0.1",
                "(memory i64 0xffffffffffff)|from 16 EiB (18446744073709486080 bytes)",
                "(memory i64 0xffffffffffffffff)|It is not valid and cannot be run: memory size",
                "(func (result i32))|It is not valid and cannot be run: type mismatch",
                "(func (atomic.fence))|It uses more than wasm3",
            })
    void otherModulesAreToldApart(String text, String expected) {
        var words = words("(module " + text + ")").replace('\n', ' ');
        assertTrue(words.contains(expected), words);
    }

    @Test
    void namesCannotReachTheTerminalNorEndAString() {
        var hostile =
                "(module (@name \"\\1b[2J\\22\\u{202e}\") (import \"\\1b\" \"\\1b\\0a\" (func))"
                        + " (export \"\\1b'\" (func 0))"
                        + " (@custom \"\\1b\" \"\") (@custom \"producers\" \"\\01\\01\\1b\\01\\01\\1b\\00\"))";
        var words = words(hostile);
        assertEquals(-1, words.indexOf('\033'), words);
        assertEquals(-1, words.indexOf('\u202e'), words);
        var json = Json.of(ExplainJson.of(facts(hostile), Path.of("p"), 1));
        assertTrue(json.contains("\"name\": \"\\u001b[2J\\\"\\u202e\""), json);
        assertTrue(json.chars().allMatch(c -> c == '\n' || c >= ' ' && c < 0x7F), json);
    }
}
