// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.function.Consumer;

/** The string functions, called by a guest in both interpreters. */
final class JsStringsTest {
    /** Passes everything on; arrays are made by the guest from the numbers that it is given. */
    private static final String GUEST =
            """
            (module
              (type $units (array (mut i16)))
              (import "wasm:js-string" "cast" (func $cast (param externref) (result (ref extern))))
              (import "wasm:js-string" "test" (func $test (param externref) (result i32)))
              (import "wasm:js-string" "fromCharCodeArray" (func $fromArray
                (param (ref null $units) i32 i32) (result (ref extern))))
              (import "wasm:js-string" "intoCharCodeArray" (func $intoArray
                (param externref (ref null $units) i32) (result i32)))
              (import "wasm:js-string" "fromCharCode" (func $fromCharCode
                (param i32) (result (ref extern))))
              (import "wasm:js-string" "fromCodePoint" (func $fromCodePoint
                (param i32) (result (ref extern))))
              (import "wasm:js-string" "charCodeAt" (func $charCodeAt
                (param externref i32) (result i32)))
              (import "wasm:js-string" "codePointAt" (func $codePointAt
                (param externref i32) (result i32)))
              (import "wasm:js-string" "length" (func $length (param externref) (result i32)))
              (import "wasm:js-string" "concat" (func $concat
                (param externref externref) (result (ref extern))))
              (import "wasm:js-string" "substring" (func $substring
                (param externref i32 i32) (result (ref extern))))
              (import "wasm:js-string" "equals" (func $equals
                (param externref externref) (result i32)))
              (import "wasm:js-string" "compare" (func $compare
                (param externref externref) (result i32)))
              (global $array (mut (ref null $units)) (ref.null $units))

              (func (export "cast") (param externref) (result externref)
                (call $cast (local.get 0)))
              (func (export "test") (param externref) (result i32) (call $test (local.get 0)))
              (func (export "newArray") (param i32)
                (global.set $array (array.new_default $units (local.get 0))))
              (func (export "noArray") (global.set $array (ref.null $units)))
              (func (export "set") (param i32 i32)
                (array.set $units (global.get $array) (local.get 0) (local.get 1)))
              (func (export "get") (param i32) (result i32)
                (array.get_u $units (global.get $array) (local.get 0)))
              (func (export "fromArray") (param i32 i32) (result externref)
                (call $fromArray (global.get $array) (local.get 0) (local.get 1)))
              (func (export "intoArray") (param externref i32) (result i32)
                (call $intoArray (local.get 0) (global.get $array) (local.get 1)))
              (func (export "fromCharCode") (param i32) (result externref)
                (call $fromCharCode (local.get 0)))
              (func (export "fromCodePoint") (param i32) (result externref)
                (call $fromCodePoint (local.get 0)))
              (func (export "charCodeAt") (param externref i32) (result i32)
                (call $charCodeAt (local.get 0) (local.get 1)))
              (func (export "codePointAt") (param externref i32) (result i32)
                (call $codePointAt (local.get 0) (local.get 1)))
              (func (export "length") (param externref) (result i32) (call $length (local.get 0)))
              (func (export "concat") (param externref externref) (result externref)
                (call $concat (local.get 0) (local.get 1)))
              (func (export "substring") (param externref i32 i32) (result externref)
                (call $substring (local.get 0) (local.get 1) (local.get 2)))
              (func (export "equals") (param externref externref) (result i32)
                (call $equals (local.get 0) (local.get 1)))
              (func (export "compare") (param externref externref) (result i32)
                (call $compare (local.get 0) (local.get 1)))
              (func (export "double") (param $s externref) (param $times i32) (result i32)
                (loop $again
                  (local.set $s (call $concat (local.get $s) (local.get $s)))
                  (local.set $times (i32.sub (local.get $times) (i32.const 1)))
                  (br_if $again (local.get $times)))
                (call $length (local.get $s))))
            """;

    private static final String SMILE = "\ud83d\ude00";
    private static final Object OTHER = new StringBuilder("not a string");

    private static void with(Mode mode, StoreLimits limits, Consumer<Instance> test) {
        var engine = Engine.create(World.config(mode));
        try (var store = Store.create(engine, StoreKind.HEAP, limits)) {
            var linker = JsStrings.define(Linker.create(store));
            test.accept(linker.instantiate(Module.of(engine, TextParser.parse(GUEST))));
        }
    }

    private static void with(Mode mode, Consumer<Instance> test) {
        with(mode, StoreLimits.defaults(), test);
    }

    private static Object call(Instance guest, String name, Object... arguments) {
        return guest.func(name).call(arguments)[0];
    }

    private static void traps(TrapKind kind, Instance guest, String name, Object... arguments) {
        var trap = assertThrows(Trap.class, () -> guest.func(name).call(arguments));
        assertEquals(kind, trap.kind(), name);
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#modes")
    void tellsStringsFromOthers(Mode mode) {
        with(
                mode,
                guest -> {
                    var string = new String("one");
                    assertSame(string, call(guest, "cast", string));
                    traps(TrapKind.NULL_REFERENCE, guest, "cast", (Object) null);
                    traps(TrapKind.CAST_FAILURE, guest, "cast", OTHER);
                    assertEquals(1, call(guest, "test", ""));
                    assertEquals(0, call(guest, "test", OTHER));
                    assertEquals(0, call(guest, "test", (Object) null));
                });
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#modes")
    void copiesBetweenStringsAndArrays(Mode mode) {
        with(
                mode,
                guest -> {
                    guest.func("newArray").call(8);
                    assertEquals(5, call(guest, "intoArray", "a\uffff" + SMILE + "z", 2));
                    assertEquals(0, call(guest, "get", 1));
                    assertEquals(0xffff, call(guest, "get", 3));
                    assertEquals(0xd83d, call(guest, "get", 4));
                    assertEquals(0, call(guest, "get", 7));
                    assertEquals("a\uffff" + SMILE + "z", call(guest, "fromArray", 2, 7));
                    assertEquals("\ude00z\0", call(guest, "fromArray", 5, 8));
                    assertEquals("", call(guest, "fromArray", 8, 8));
                    // The string is a copy.
                    var before = call(guest, "fromArray", 2, 3);
                    guest.func("set").call(2, (int) 'b');
                    assertEquals("a", before);
                    assertEquals("b", call(guest, "fromArray", 2, 3));
                });
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#modes")
    void trapsOutsideOfArrays(Mode mode) {
        with(
                mode,
                guest -> {
                    guest.func("newArray").call(4);
                    traps(TrapKind.OUT_OF_BOUNDS_ARRAY, guest, "fromArray", 0, 5);
                    traps(TrapKind.OUT_OF_BOUNDS_ARRAY, guest, "fromArray", 3, 2);
                    traps(TrapKind.OUT_OF_BOUNDS_ARRAY, guest, "fromArray", 0, -1);
                    traps(TrapKind.OUT_OF_BOUNDS_ARRAY, guest, "fromArray", -1, -1);
                    traps(TrapKind.OUT_OF_BOUNDS_ARRAY, guest, "fromArray", 5, 5);
                    traps(TrapKind.OUT_OF_BOUNDS_ARRAY, guest, "intoArray", "abc", 2);
                    traps(TrapKind.OUT_OF_BOUNDS_ARRAY, guest, "intoArray", "abc", -1);
                    traps(TrapKind.OUT_OF_BOUNDS_ARRAY, guest, "intoArray", "", 5);
                    // Nothing was written.
                    assertEquals("\0\0\0\0", call(guest, "fromArray", 0, 4));
                    assertEquals(0, call(guest, "intoArray", "", 4));
                    assertEquals(3, call(guest, "intoArray", "abc", 1));
                    traps(TrapKind.CAST_FAILURE, guest, "intoArray", OTHER, 0);
                    traps(TrapKind.NULL_REFERENCE, guest, "intoArray", null, 0);
                    guest.func("noArray").call();
                    traps(TrapKind.NULL_ARRAY_REFERENCE, guest, "fromArray", 0, 0);
                    traps(TrapKind.NULL_ARRAY_REFERENCE, guest, "intoArray", "", 0);
                });
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#modes")
    void makesStringsOfOneCharacter(Mode mode) {
        with(
                mode,
                guest -> {
                    assertEquals("A", call(guest, "fromCharCode", 65));
                    assertEquals("\0", call(guest, "fromCharCode", 0));
                    assertEquals("A", call(guest, "fromCharCode", 0x7fff_0041));
                    assertEquals("\uffff", call(guest, "fromCharCode", -1));
                    assertEquals("A", call(guest, "fromCodePoint", 65));
                    assertEquals(SMILE, call(guest, "fromCodePoint", 0x1f600));
                    assertEquals("\ud800", call(guest, "fromCodePoint", 0xd800));
                    assertEquals("\udbff\udfff", call(guest, "fromCodePoint", 0x10ffff));
                    traps(TrapKind.INVALID_CODE_POINT, guest, "fromCodePoint", 0x110000);
                    traps(TrapKind.INVALID_CODE_POINT, guest, "fromCodePoint", -1);
                });
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#modes")
    void readsCodeUnitsAndPoints(Mode mode) {
        with(
                mode,
                guest -> {
                    var text = "a" + SMILE + "\ud800";
                    assertEquals(4, call(guest, "length", text));
                    assertEquals(0, call(guest, "length", ""));
                    assertEquals(0xd83d, call(guest, "charCodeAt", text, 1));
                    assertEquals(0xde00, call(guest, "charCodeAt", text, 2));
                    assertEquals(0x1f600, call(guest, "codePointAt", text, 1));
                    assertEquals(0xde00, call(guest, "codePointAt", text, 2));
                    assertEquals(0xd800, call(guest, "codePointAt", text, 3));
                    for (var name : new String[] {"charCodeAt", "codePointAt"}) {
                        traps(TrapKind.OUT_OF_BOUNDS_STRING, guest, name, text, 4);
                        traps(TrapKind.OUT_OF_BOUNDS_STRING, guest, name, text, -1);
                        traps(TrapKind.OUT_OF_BOUNDS_STRING, guest, name, "", 0);
                        traps(TrapKind.NULL_REFERENCE, guest, name, null, 0);
                        traps(TrapKind.CAST_FAILURE, guest, name, OTHER, 0);
                    }
                    traps(TrapKind.NULL_REFERENCE, guest, "length", (Object) null);
                    traps(TrapKind.CAST_FAILURE, guest, "length", 7);
                });
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#modes")
    void joinsAndCuts(Mode mode) {
        with(
                mode,
                guest -> {
                    assertEquals("abcd", call(guest, "concat", "ab", "cd"));
                    assertEquals(SMILE, call(guest, "concat", "\ud83d", "\ude00"));
                    traps(TrapKind.NULL_REFERENCE, guest, "concat", "a", null);
                    traps(TrapKind.CAST_FAILURE, guest, "concat", OTHER, "a");
                    assertEquals("bc", call(guest, "substring", "abcd", 1, 3));
                    assertEquals("bcd", call(guest, "substring", "abcd", 1, 4));
                    assertEquals("bcd", call(guest, "substring", "abcd", 1, 99));
                    assertEquals("bcd", call(guest, "substring", "abcd", 1, -1));
                    assertEquals("", call(guest, "substring", "abcd", 4, 9));
                    assertEquals("", call(guest, "substring", "abcd", 5, 9));
                    assertEquals("", call(guest, "substring", "abcd", 3, 1));
                    assertEquals("", call(guest, "substring", "abcd", -1, 2));
                    assertEquals("", call(guest, "substring", "abcd", -2, -1));
                    traps(TrapKind.NULL_REFERENCE, guest, "substring", null, 0, 0);
                    traps(TrapKind.CAST_FAILURE, guest, "substring", OTHER, 9, 0);
                });
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#modes")
    void compares(Mode mode) {
        with(
                mode,
                guest -> {
                    assertEquals(1, call(guest, "equals", "ab", new String("ab")));
                    assertEquals(0, call(guest, "equals", "ab", "aB"));
                    assertEquals(1, call(guest, "equals", null, null));
                    assertEquals(0, call(guest, "equals", null, ""));
                    assertEquals(0, call(guest, "equals", "", null));
                    traps(TrapKind.CAST_FAILURE, guest, "equals", OTHER, OTHER);
                    traps(TrapKind.CAST_FAILURE, guest, "equals", null, OTHER);
                    assertEquals(0, call(guest, "compare", "ab", "ab"));
                    assertEquals(-1, call(guest, "compare", "ab", "abc"));
                    assertEquals(1, call(guest, "compare", "b", "abc"));
                    // By code units, not by characters.
                    assertEquals(-1, call(guest, "compare", SMILE, "\uffff"));
                    traps(TrapKind.NULL_REFERENCE, guest, "compare", "a", null);
                    traps(TrapKind.NULL_REFERENCE, guest, "compare", null, null);
                    traps(TrapKind.CAST_FAILURE, guest, "compare", OTHER, "a");
                });
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#modes")
    void stringsAreLimitedAsObjectsAre(Mode mode) {
        with(
                mode,
                StoreLimits.defaults().withObjectBytes(1 << 16),
                guest -> {
                    assertEquals(1 << 15, call(guest, "double", "x", 15));
                    var e =
                            assertThrows(
                                    ExhaustedException.class, () -> call(guest, "double", "x", 16));
                    assertEquals(ExhaustedException.Resource.OBJECTS, e.resource());
                });
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#modes")
    void constantsAreTheirOwnNames(Mode mode) {
        var engine = Engine.create(World.config(mode));
        try (var store = Store.create(engine)) {
            var text =
                    """
                    (module
                      (import "'" "hello, \\f0\\9f\\98\\80" (global $a externref))
                      (import "'" "" (global $b (ref extern)))
                      (import "'" "hello, \\f0\\9f\\98\\80" (global $c externref))
                      (func (export "a") (result externref) (global.get $a))
                      (func (export "b") (result externref) (global.get $b))
                      (func (export "c") (result externref) (global.get $c)))
                    """;
            var module = Module.of(engine, TextParser.parse(text));
            var linker = JsStrings.defineConstants(Linker.create(store), module, "'");
            var guest = linker.instantiate(module);
            assertEquals("hello, " + SMILE, call(guest, "a"));
            assertEquals("", call(guest, "b"));
            assertEquals("hello, " + SMILE, call(guest, "c"));
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#modes")
    void onlyTheProposalsTypesLink(Mode mode) {
        refused(mode, "(import \"wasm:js-string\" \"length\" (func (param anyref) (result i32)))");
        refused(
                mode,
                "(type $bytes (array (mut i8))) (import \"wasm:js-string\" \"intoCharCodeArray\""
                        + " (func (param externref (ref null $bytes) i32) (result i32)))");
        refused(
                mode,
                "(type $units (array i16)) (import \"wasm:js-string\" \"intoCharCodeArray\""
                        + " (func (param externref (ref null $units) i32) (result i32)))");
        refused(mode, "(import \"wasm:js-string\" \"trim\" (func (param externref)))");
        refused(mode, "(import \"'\" \"a\" (global (mut externref)))");
        refused(mode, "(import \"'\" \"a\" (func))");
    }

    private static void refused(Mode mode, String field) {
        var engine = Engine.create(World.config(mode));
        try (var store = Store.create(engine)) {
            var module = Module.of(engine, TextParser.parse("(module " + field + ")"));
            var linker = JsStrings.define(Linker.create(store));
            JsStrings.defineConstants(linker, module, "'");
            var e = assertThrows(LinkException.class, () -> linker.instantiate(module));
            assertTrue(e.getMessage().contains("import"), e.getMessage());
        }
    }
}
