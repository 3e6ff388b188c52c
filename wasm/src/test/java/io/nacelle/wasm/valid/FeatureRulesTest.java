// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.valid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.binary.BinaryDecoder;
import io.nacelle.wasm.binary.BinaryEncoder;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.syntax.Feature;
import io.nacelle.wasm.syntax.FeatureSet;
import io.nacelle.wasm.syntax.InvalidException;
import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.syntax.WasmException;
import io.nacelle.wasm.syntax.WasmModule;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Modules that use one feature each: accepted when it is on, refused by name when it is off. */
final class FeatureRulesTest {
    private static final String[] MUTABLE_GLOBALS = {
        "(global (import \"a\" \"b\") (mut i32))",
        "(global (export \"a\") (mut i32) (i32.const 0))",
    };
    private static final String[] SIGN_EXTENSION = {
        "(func (drop (i32.extend8_s (i32.const 0))))",
    };
    private static final String[] SATURATING = {
        "(func (drop (i32.trunc_sat_f32_s (f32.const 0))))",
    };
    private static final String[] MULTI_VALUE = {
        "(type (func (result i32 i32)))",
        "(func (result i32) i32.const 1 (block (param i32) (result i32)))",
        "(func (loop (result i32 i64) unreachable) drop drop)",
    };
    private static final String[] REFERENCE_TYPES = {
        "(type (func (param externref)))",
        "(type (func (result funcref)))",
        "(func (local funcref))",
        "(func (block (result externref) unreachable) drop)",
        "(global (import \"a\" \"b\") externref)",
        "(global funcref (ref.null func))",
        "(table 1 externref)",
        "(table 1 funcref) (table 1 funcref)",
        "(table (import \"a\" \"b\") 1 funcref) (table 1 funcref)",
        "(table 1 funcref) (func (drop (table.get (i32.const 0))))",
        "(func $f) (elem declare func $f)",
        "(func $f) (table 1 funcref) (elem (i32.const 0) funcref (ref.func $f))",
        "(func (drop (select (result i32) (i32.const 0) (i32.const 0) (i32.const 0))))",
    };
    private static final String[] BULK_MEMORY = {
        "(memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))",
        "(memory 1) (data \"a\")",
        "(func $f) (elem func $f)",
        "(table 1 funcref) (func (table.copy (i32.const 0) (i32.const 0) (i32.const 0)))",
        "(memory 1) (data $d \"\") (func (data.drop $d))",
    };
    private static final String[] SIMD = {
        "(type (func (param v128)))",
        "(func (local v128))",
        "(global (import \"a\" \"b\") v128)",
        "(func (block (result v128) unreachable) drop)",
        "(func (drop (v128.const i64x2 0 0)))",
    };
    private static final String[] EXTENDED_CONST = {
        "(global i32 (i32.add (i32.const 1) (i32.const 2)))",
        "(memory 1) (data (offset (i32.mul (i32.const 1) (i32.const 2))) \"\")",
        "(global i64 (i64.sub (i64.const 1) (i64.const 2)))",
        "(table 9 funcref) (elem (offset (i32.sub (i32.const 1) (i32.const 1))) func)",
    };
    private static final String[] TAIL_CALL = {
        "(func $f return_call $f)", "(table 1 funcref) (func (return_call_indirect (i32.const 0)))",
    };
    private static final String[] MULTI_MEMORY = {
        "(memory 1) (memory 1)", "(memory (import \"a\" \"b\") 1) (memory 1)",
    };
    private static final String[] MEMORY64 = {
        "(memory i64 1)", "(memory (import \"a\" \"b\") i64 1)", "(table i64 1 funcref)",
    };
    private static final String[] FUNCTION_REFERENCES = {
        "(type $t (func)) (func (param (ref $t)))",
        "(type $t (func)) (func (local (ref null $t)))",
        "(func (param (ref func)))",
        "(func (param (ref extern)))",
        "(type $t (func)) (table 1 (ref null $t))",
        "(type $t (func)) (func (drop (ref.null $t)))",
        "(table 1 funcref (ref.null func))",
        "(type $t (func)) (func (param funcref) (drop (ref.as_non_null (local.get 0))))",
        "(type $t (func)) (func (call_ref $t (unreachable)))",
    };
    private static final String[] GC = {
        "(type (struct))",
        "(type (array i8))",
        "(rec (type (func)) (type (func)))",
        "(rec)",
        "(type (sub (func)))",
        "(type $t (sub (func))) (type (sub final $t (func)))",
        "(func (param anyref))",
        "(func (local eqref))",
        "(global i31ref (ref.null i31))",
        "(func (drop (ref.null none)))",
        "(func (drop (ref.null nofunc)))",
        "(table 1 structref)",
        "(func (block (result arrayref) unreachable) drop)",
        "(func (param funcref) (drop (ref.test funcref (local.get 0))))",
        "(type (array (mut (ref null array))))",
    };
    private static final String[] EXCEPTIONS = {
        "(func (param exnref))",
        "(func (drop (ref.null noexn)))",
        "(func (try_table))",
        "(func (block $h (try_table (catch_all $h))))",
        "(func (param exnref) (throw_ref (local.get 0)))",
    };

    /** Legacy exceptions have tags too, and throw them in the same way. */
    private static final String[] TAGS = {
        "(tag)", "(tag (import \"a\" \"b\"))", "(tag $t) (func (throw $t))",
    };

    private static final String[] RELAXED_SIMD = {
        "(func (param v128) (drop (i8x16.relaxed_swizzle (local.get 0) (local.get 0))))",
    };
    private static final String[] THREADS = {
        "(memory 1 1 shared)",
        "(memory (import \"a\" \"b\") 1 1 shared)",
        "(func (atomic.fence))",
        "(memory 1) (func (drop (i32.atomic.load (i32.const 0))))",
    };
    private static final String[] WIDE_ARITHMETIC = {
        "(func (param i64) (i64.mul_wide_u (local.get 0) (local.get 0)) drop drop)",
    };
    private static final String[] CUSTOM_PAGE_SIZES = {
        "(memory 1 (pagesize 1))", "(memory (import \"a\" \"b\") 1 (pagesize 1))",
    };
    private static final String[] CUSTOM_DESCRIPTORS = {
        "(rec (type $a (descriptor $b) (struct)) (type $b (describes $a) (struct)))",
        "(type $t (struct)) (func (param (ref null (exact $t))))",
        "(type $t (struct)) (func (local (ref null (exact $t))))",
        "(type $t (struct)) (func (drop (ref.null (exact $t))))",
        "(type $t (func)) (func (import \"a\" \"b\") (exact (type $t)))",
    };
    private static final String[] LEGACY_EXCEPTIONS = {
        "(func (try (do) (catch_all)))", "(func (try (do) (delegate 0)))",
    };

    private static String[] examples(Feature feature) {
        return switch (feature) {
            case WASM1 -> new String[0];
            case MUTABLE_GLOBALS -> MUTABLE_GLOBALS;
            case SIGN_EXTENSION -> SIGN_EXTENSION;
            case SATURATING_CONVERSIONS -> SATURATING;
            case MULTI_VALUE -> MULTI_VALUE;
            case REFERENCE_TYPES -> REFERENCE_TYPES;
            case BULK_MEMORY -> BULK_MEMORY;
            case SIMD -> SIMD;
            case EXTENDED_CONST -> EXTENDED_CONST;
            case TAIL_CALL -> TAIL_CALL;
            case MULTI_MEMORY -> MULTI_MEMORY;
            case MEMORY64 -> MEMORY64;
            case FUNCTION_REFERENCES -> FUNCTION_REFERENCES;
            case GC -> GC;
            case EXCEPTIONS -> EXCEPTIONS;
            case RELAXED_SIMD -> RELAXED_SIMD;
            case THREADS -> THREADS;
            case WIDE_ARITHMETIC -> WIDE_ARITHMETIC;
            case CUSTOM_PAGE_SIZES -> CUSTOM_PAGE_SIZES;
            case CUSTOM_DESCRIPTORS -> CUSTOM_DESCRIPTORS;
            case LEGACY_EXCEPTIONS -> LEGACY_EXCEPTIONS;
        };
    }

    static Stream<Arguments> examples() {
        return Arrays.stream(Feature.values())
                .flatMap(f -> Arrays.stream(examples(f)).map(text -> Arguments.of(f, text)));
    }

    private static WasmModule binary(String text) {
        var module = TextParser.parse("(module " + text + ")");
        return BinaryDecoder.decode(ByteSource.of(BinaryEncoder.encode(module)));
    }

    private static void accept(WasmModule module, Set<Feature> features) {
        Validator.validate(module, features, Parallelism.NONE);
    }

    private static WasmException refuse(WasmModule module, Set<Feature> features) {
        return assertThrows(WasmException.class, () -> accept(module, features));
    }

    /** Beyond the feature itself, instructions that make the examples short. */
    private static FeatureSet around(Feature feature, FeatureSet without) {
        return switch (feature) {
            // Array types of the tests of descriptors and calls by reference need what they need.
            case MULTI_VALUE, WIDE_ARITHMETIC -> without.with(Feature.MULTI_VALUE);
            default -> without;
        };
    }

    @ParameterizedTest
    @MethodSource("examples")
    void acceptedWithTheFeatureAlone(Feature feature, String text) {
        var alone = around(feature, FeatureSet.WASM1.with(feature));
        for (var module : Set.of(TextParser.parse("(module " + text + ")"), binary(text))) {
            accept(module, alone);
            accept(module, FeatureSet.ALL);
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void refusedByNameWithAllButTheFeature(Feature feature, String text) {
        var without = FeatureSet.ALL.without(feature);
        var e = refuse(binary(text), without);
        var name = "the feature " + feature.label() + ", which is off";
        assertTrue(e.reason().contains(name) || namesWhatBuildsUponIt(e, feature), e.getMessage());
        assertTrue(e.where().startsWith("in ") || e.where().startsWith("at offset"), e.where());
    }

    private static boolean namesWhatBuildsUponIt(WasmException e, Feature feature) {
        return FeatureSet.ALL.stream()
                .filter(f -> FeatureSet.of(f).contains(feature))
                .anyMatch(f -> e.reason().contains("the feature " + f.label() + ","));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void refusedByNameWithNothingButTheFirstVersion(Feature feature, String text) {
        var e = refuse(binary(text), EnumSet.of(Feature.WASM1));
        assertTrue(e.reason().contains(", which is off"), e.getMessage());
    }

    @ParameterizedTest
    @MethodSource("examples")
    void scanFindsTheFeatureAndNoneThatItCouldDoWithout(Feature feature, String text) {
        var module = binary(text);
        var uses = FeatureScan.of(module);
        assertTrue(uses.containsKey(feature), uses::toString);
        var found = FeatureSet.of(uses.keySet());
        accept(module, found);
        for (var used : uses.keySet()) {
            refuse(module, found.without(used));
        }
        uses.values().forEach(use -> assertTrue(use.place().startsWith("in "), use::toString));
    }

    @ParameterizedTest
    @EnumSource
    void everyFeatureHasAnExample(Feature feature) {
        assertTrue(feature == Feature.WASM1 || examples(feature).length > 0);
    }

    @Test
    void tagsNeedOneOfTwoFeatures() {
        for (var text : TAGS) {
            var module = binary(text);
            accept(module, FeatureSet.WASM1.with(Feature.EXCEPTIONS));
            accept(module, FeatureSet.WASM1.with(Feature.LEGACY_EXCEPTIONS));
            var e = refuse(module, FeatureSet.WASM2);
            assertTrue(e.reason().contains("the feature exceptions,"), e.getMessage());
            assertEquals(Set.of(Feature.EXCEPTIONS), FeatureScan.of(module).keySet());
        }
    }

    @Test
    void tagsOfLegacyExceptionsAreNoUseOfTheOthers() {
        var module = binary("(tag $t) (func (try (do (throw $t)) (catch $t)))");
        assertEquals(Set.of(Feature.LEGACY_EXCEPTIONS), FeatureScan.of(module).keySet());
    }

    @Test
    void tailCallsByReferenceNeedBothFeatures() {
        var module = binary("(type $t (func)) (func (return_call_ref $t (unreachable)))");
        accept(module, FeatureSet.of(Feature.FUNCTION_REFERENCES, Feature.TAIL_CALL));
        var e = refuse(module, FeatureSet.ALL.without(Feature.TAIL_CALL));
        assertTrue(e.reason().contains("the feature tail-call,"), e.getMessage());
        e = refuse(module, FeatureSet.ALL.without(Feature.FUNCTION_REFERENCES));
        assertTrue(e.reason().contains("the feature function-references,"), e.getMessage());
    }

    @Test
    void constantsFromGlobalsOfTheModuleNeedOneOfTwoFeatures() {
        var module = binary("(global $g i32 (i32.const 1)) (global i32 (global.get $g))");
        accept(module, FeatureSet.WASM1.with(Feature.EXTENDED_CONST));
        accept(module, FeatureSet.WASM1.with(Feature.GC));
        refuse(module, FeatureSet.WASM2);
    }

    @Test
    void boundsAreNumbersOf32BitsBeforeMemory64() {
        for (var text :
                List.of(
                        "(memory 0x1_0000_0000)",
                        "(memory 0 0x1_0000_0000)",
                        "(table 0 0xffff_ffff_ffff funcref)",
                        "(memory (import \"a\" \"b\") 0x1_0000_0000)")) {
            var module = binary(text);
            var e = refuse(module, FeatureSet.WASM2);
            assertInstanceOf(MalformedException.class, e);
            assertTrue(e.reason().startsWith("i32 constant out of range"), e.getMessage());
            assertInstanceOf(InvalidException.class, refuse(module, FeatureSet.WASM3));
        }
        accept(binary("(table 0 0xffff_ffff funcref)"), FeatureSet.WASM1);
    }

    @Test
    void theFirstVersionHasTablesOfFunctionsAndListsOfThem() {
        accept(
                binary(
                        "(import \"a\" \"g\" (global $g i32)) (memory 1) (table 2 funcref)"
                                + " (type $t (func (param i32) (result i64)))"
                                + " (func $f (type $t) (block (result i64) i64.const 0))"
                                + " (elem (i32.const 0) $f) (data (global.get $g) \"a\")"
                                + " (func (export \"x\") (drop (call_indirect (type $t)"
                                + " (i32.const 1) (i32.const 0))))"),
                EnumSet.of(Feature.WASM1));
    }

    @Test
    void theFunctionIsNamedWhereAFeatureIsUsed() {
        var module = binary("(func) (func $second (drop (v128.const i64x2 0 0)))");
        var e = refuse(module, FeatureSet.WASM1);
        assertTrue(e.where().endsWith("in function 1 $second"), e.getMessage());
        assertEquals(
                new FeatureScan.Use("v128.const", "in function 1 $second"),
                FeatureScan.of(module).get(Feature.SIMD));
    }
}
