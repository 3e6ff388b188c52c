// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.valid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.syntax.Feature;
import io.nacelle.wasm.syntax.InvalidException;
import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.api.Test;

import java.util.EnumSet;
import java.util.Set;

/** Each group of rules: what it accepts and what it refuses, with the words it refuses it in. */
final class RulesTest {
    private static final Set<Feature> ALL = EnumSet.allOf(Feature.class);

    private static void accept(String text) {
        Validator.validate(TextParser.parse(text), ALL, Parallelism.NONE);
    }

    private static void refuse(String reason, String text) {
        var module = TextParser.parse(text);
        var e =
                assertThrows(
                        InvalidException.class,
                        () -> Validator.validate(module, ALL, Parallelism.NONE),
                        text);
        assertTrue(e.reason().startsWith(reason), () -> e.reason() + ", not " + reason);
    }

    @Test
    void operands() {
        accept("(func (result i32) i32.const 1 i32.const 2 i32.add)");
        accept("(func (param i64 f32) (result f32) local.get 0 drop local.get 1)");
        refuse(
                "type mismatch: instruction requires [i32] but stack has [i64]",
                "(func (result i32) i32.const 1 i64.const 2 i32.add)");
        refuse(
                "type mismatch: instruction requires [i32] but stack has []",
                "(func (result i32) i32.const 1 i32.add)");
        refuse("type mismatch: block requires [] but stack has [i32]", "(func i32.const 1)");
        refuse("type mismatch", "(func drop)");
        refuse("type mismatch", "(func (result i32))");
        refuse("unknown local 3", "(func (param i32 i32) (local i32) (local.set 3 (i32.const 0)))");
    }

    @Test
    void unreachableCodeTakesAnything() {
        accept("(func (result i32) unreachable)");
        accept("(func (result i32) unreachable i32.add)");
        accept("(func (result i64) unreachable (select (i64.const 1) (i32.const 1)))");
        accept("(func (drop (br 0)) )");
        refuse("type mismatch", "(func (result i32) unreachable i64.add)");
        refuse("type mismatch", "(func unreachable (i32.eqz (i64.const 0)) drop)");
        refuse("type mismatch", "(func (unreachable) (i32.const 0))");
        // What is left of an unknown reference is a reference, not a number.
        refuse("type mismatch", "(func unreachable ref.as_non_null i32.eqz drop)");
        accept("(func unreachable ref.as_non_null ref.is_null drop)");
    }

    @Test
    void blocks() {
        accept("(func (result i32) (block (result i32) (br 0 (i32.const 1))))");
        accept(
                "(func (result i32 i64) i32.const 1 (loop (param i32) (result i32 i64) i64.const 2))");
        accept("(func (result i32) i32.const 1 i32.const 2 (if (param i32) (result i32) (then)))");
        refuse(
                "type mismatch",
                "(func (result i32) (if (result i32) (i32.const 1) (then (i32.const 1))))");
        refuse("type mismatch", "(func i32.const 1 (block drop) )");
        refuse("unknown label 2", "(func (block (br 2)))");
        refuse("unknown type 7", "(func (block (result (ref 7)) unreachable) drop)");
        accept("(func (param i32) (block (block (br_table 0 1 0 (local.get 0)))))");
        refuse(
                "type mismatch",
                "(func (param i32) (block (result i32) (br_table 0 1 (local.get 0))) drop)");
        refuse("type mismatch", "(func (result i32) (block (result i32) (br_if 0 (i32.const 1))))");
    }

    @Test
    void calls() {
        accept(
                "(func $f (param i32) (result i64) (return_call $g (local.get 0)))"
                        + "(func $g (param i32) (result i64) (i64.const 1))");
        refuse(
                "type mismatch",
                "(func $f (result i64) (return_call $g)) (func $g (result i32) (i32.const 1))");
        refuse("unknown function 7", "(func (call 7))");
        refuse("unknown table 0", "(type (func)) (func (call_indirect (type 0) (i32.const 0)))");
        refuse("type mismatch", "(table 1 externref) (func (call_indirect (i32.const 0)))");
        accept("(type $t (func)) (func (param (ref null $t)) (call_ref $t (local.get 0)))");
        refuse(
                "type mismatch",
                "(type $t (func)) (func (param funcref) (call_ref $t (local.get 0)))");
        accept("(table i64 1 funcref) (func (call_indirect (i64.const 0)))");
        refuse("type mismatch", "(table i64 1 funcref) (func (call_indirect (i32.const 0)))");
    }

    @Test
    void select() {
        accept("(func (result i32) (select (i32.const 1) (i32.const 2) (i32.const 3)))");
        accept(
                "(func (param externref) (result externref)"
                        + " (select (result externref) (local.get 0) (local.get 0) (i32.const 3)))");
        refuse(
                "type mismatch",
                "(func (param externref) (result externref)"
                        + " (select (local.get 0) (local.get 0) (i32.const 3)))");
        refuse("type mismatch", "(func (drop (select (i32.const 1) (i64.const 2) (i32.const 3))))");
    }

    @Test
    void localsWithoutDefaultAreSetFirst() {
        accept(
                "(func (param $p (ref extern)) (local $x (ref extern))"
                        + " (local.set $x (local.get $p)) (drop (local.get $x)))");
        refuse("uninitialized local", "(func (local $x (ref extern)) (drop (local.get $x)))");
        refuse(
                "uninitialized local",
                "(func (param $p (ref extern)) (local $x (ref extern))"
                        + " (block (local.set $x (local.get $p))) (drop (local.get $x)))");
        refuse(
                "uninitialized local",
                "(func (param $p (ref extern)) (local $x (ref extern))"
                        + " (if (i32.const 1) (then (local.set $x (local.get $p)))"
                        + " (else (drop (local.get $x)))))");
        accept(
                "(func (param $p (ref extern)) (local $x (ref extern))"
                        + " (drop (local.tee $x (local.get $p)))"
                        + " (block (drop (local.get $x))) (drop (local.get $x)))");
    }

    @Test
    void globals() {
        accept("(global $g (mut i32) (i32.const 1)) (func (global.set $g (global.get $g)))");
        refuse(
                "immutable global",
                "(global i32 (i32.const 1)) (func (global.set 0 (i32.const 1)))");
        refuse("unknown global 1", "(global i32 (i32.const 1)) (func (drop (global.get 1)))");
    }

    @Test
    void constantExpressions() {
        accept(
                "(global $a i32 (i32.const 1))"
                        + "(global i32 (i32.add (global.get $a) (i32.mul (i32.const 2) (i32.const 3))))");
        accept("(type $s (struct (field i32))) (global (ref $s) (struct.new $s (i32.const 1)))");
        accept(
                "(type $a (array i64))"
                        + "(global (ref $a) (array.new_fixed $a 2 (i64.const 1) (i64.const 2)))");
        accept("(global (ref i31) (ref.i31 (i32.const 1)))");
        accept("(func $f) (global funcref (ref.func $f)) (func (drop (ref.func $f)))");
        refuse(
                "constant expression required",
                "(global i32 (i32.div_s (i32.const 1) (i32.const 1)))");
        refuse(
                "constant expression required",
                "(global $m (mut i32) (i32.const 1)) (global i32 (global.get $m))");
        refuse("unknown global 0", "(global i32 (global.get 0))");
        refuse("unknown global 1", "(global i32 (global.get 1)) (global i32 (i32.const 0))");
        refuse("type mismatch", "(global i32 (i64.const 1))");
        refuse("type mismatch", "(global i32)");
        refuse("type mismatch", "(global i32 (i32.const 1) (i32.const 1))");
        refuse("unknown function 0", "(global funcref (ref.func 0))");
        // A table comes before the module's own globals.
        refuse(
                "unknown global 0",
                "(global (ref func) (ref.func 0)) (table 1 (ref func) (global.get 0)) (func)");
    }

    @Test
    void functionReferencesAreDeclared() {
        refuse("undeclared function reference", "(func $f (drop (ref.func $f)))");
        accept("(func $f (drop (ref.func $f))) (elem declare func $f)");
        accept("(func $f (export \"f\") (drop (ref.func $f)))");
        refuse("undeclared function reference", "(func $f (drop (ref.func $f))) (start $f)");
    }

    @Test
    void memories() {
        accept("(memory 1) (func (drop (i32.load offset=4294967295 (i32.const 0))))");
        refuse(
                "offset out of range",
                "(memory 1) (func (drop (i32.load offset=4294967296 (i32.const 0))))");
        accept("(memory i64 1) (func (drop (i32.load offset=4294967296 (i64.const 0))))");
        refuse("type mismatch", "(memory i64 1) (func (drop (i32.load (i32.const 0))))");
        refuse("unknown memory 0", "(func (drop (i32.load (i32.const 0))))");
        refuse("unknown memory 1", "(memory 1) (func (drop (i32.load 1 (i32.const 0))))");
        refuse(
                "alignment must not be larger than natural",
                "(memory 1) (func (drop (i32.load align=8 (i32.const 0))))");
        accept(
                "(memory 1) (memory i64 1) (func"
                        + " (memory.copy 0 1 (i32.const 0) (i64.const 0) (i32.const 0))"
                        + " (memory.copy 1 1 (i64.const 0) (i64.const 0) (i64.const 0)))");
        refuse(
                "type mismatch",
                "(memory 1) (memory i64 1) (func"
                        + " (memory.copy 0 1 (i32.const 0) (i64.const 0) (i64.const 0)))");
        refuse(
                "unknown data segment 0",
                "(memory 1) (func (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 0)))");
    }

    @Test
    void memoryTypes() {
        accept("(memory 0 65536)");
        refuse("memory size must be at most 65536 pages (4GiB)", "(memory 65537)");
        refuse("memory size must be at most 65536 pages (4GiB)", "(memory 0 65537)");
        refuse("size minimum must not be greater than maximum", "(memory 2 1)");
        accept("(memory i64 0x1000000000000)");
        refuse("memory size must be at most", "(memory i64 0x1000000000001)");
        accept("(memory 0xFFFFFFFF (pagesize 1))");
        refuse("memory size must be at most", "(memory 0x100000000 (pagesize 1))");
        refuse("invalid custom page size", "(memory 1 (pagesize 2))");
        refuse("shared memory must have maximum", "(memory 1 shared)");
        refuse(
                "size minimum must not be greater than maximum",
                "(import \"m\" \"m\" (memory 2 1))");
    }

    @Test
    void tables() {
        accept("(table i64 1 funcref) (func (table.set 0 (i64.const 0) (ref.null func)))");
        refuse("table size must be at most 2^32-1", "(table 0x100000000 funcref)");
        refuse("size minimum must not be greater than maximum", "(table 2 1 funcref)");
        refuse("type mismatch", "(table 1 (ref func))");
        accept("(table 1 (ref func) (ref.func 0)) (func)");
        refuse(
                "type mismatch",
                "(table $a 1 funcref) (table $b 1 externref)"
                        + "(func (table.copy $a $b (i32.const 0) (i32.const 0) (i32.const 0)))");
        refuse("unknown table 0", "(func (drop (table.get 0 (i32.const 0))))");
        refuse("unknown elem segment 4", "(table 1 funcref) (func (elem.drop 4))");
        refuse("type mismatch", "(table 1 externref) (elem (i32.const 0) func)");
        refuse("unknown table 0", "(elem (i32.const 0) func)");
        refuse("unknown memory 0", "(data (i32.const 0) \"\")");
        refuse("type mismatch", "(memory i64 1) (data (i32.const 0) \"\")");
        refuse("unknown function 3", "(elem func 3)");
    }

    @Test
    void vectors() {
        accept("(func (param v128) (result i32) (i8x16.extract_lane_s 15 (local.get 0)))");
        refuse(
                "invalid lane index",
                "(func (param v128) (result i32) (i8x16.extract_lane_s 16 (local.get 0)))");
        refuse(
                "invalid lane index",
                "(func (param v128) (result f64) (f64x2.extract_lane 2 (local.get 0)))");
        refuse(
                "invalid lane index",
                "(memory 1) (func (param v128)"
                        + " (v128.store32_lane 4 (i32.const 0) (local.get 0)))");
        refuse(
                "invalid lane index",
                "(func (param v128) (result v128) (i8x16.shuffle"
                        + " 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 32 (local.get 0) (local.get 0)))");
        accept(
                "(func (param v128) (result v128) (i8x16.shuffle"
                        + " 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31 (local.get 0) (local.get 0)))");
        refuse("type mismatch", "(func (param i64) (drop (v128.not (local.get 0))))");
    }

    @Test
    void atomics() {
        accept("(memory 1) (func (drop (i32.atomic.load (i32.const 0))))");
        refuse(
                "alignment must not be larger than natural",
                "(memory 1) (func (drop (i32.atomic.load align=8 (i32.const 0))))");
        refuse(
                "atomic alignment must be natural",
                "(memory 1) (func (drop (i32.atomic.load align=2 (i32.const 0))))");
        accept("(func atomic.fence)");
    }

    @Test
    void wideArithmetic() {
        accept(
                "(func (param i64 i64) (result i64 i64)"
                        + " (i64.mul_wide_s (local.get 0) (local.get 1)))");
        refuse(
                "type mismatch",
                "(func (param i64 i32) (result i64 i64)"
                        + " (i64.mul_wide_s (local.get 0) (local.get 1)))");
    }

    @Test
    void structures() {
        var types = "(type $s (struct (field $a i32) (field $b (mut i8)) (field $c (ref any))))";
        accept(
                types
                        + "(func (param (ref null $s)) (result i32) (struct.get $s $a (local.get 0)))");
        accept(types + "(func (param (ref $s)) (struct.set $s $b (local.get 0) (i32.const 1)))");
        refuse(
                "immutable field",
                types + "(func (param (ref $s)) (struct.set $s $a (local.get 0) (i32.const 1)))");
        refuse(
                "type mismatch",
                types + "(func (param (ref $s)) (drop (struct.get $s $b (local.get 0))))");
        refuse(
                "type mismatch",
                types + "(func (param (ref $s)) (drop (struct.get_s $s $a (local.get 0))))");
        refuse("type mismatch", types + "(func (drop (struct.new_default $s)))");
        refuse(
                "unknown field 3",
                types + "(func (param (ref $s)) (drop (struct.get $s 3 (local.get 0))))");
        refuse("type mismatch", "(type $f (func)) (func (drop (struct.new_default $f)))");
        accept("(type $s (struct)) (func (result (ref (exact $s))) (struct.new $s))");
    }

    @Test
    void arrays() {
        var types =
                "(type $c (array i16)) (type $m (array (mut i16))) (type $r (array (mut eqref)))";
        accept(types + "(func (result (ref $m)) (array.new $m (i32.const 1) (i32.const 2)))");
        accept(types + "(func (param arrayref) (result i32) (array.len (local.get 0)))");
        refuse(
                "immutable array",
                types
                        + "(func (param (ref $c))"
                        + " (array.set $c (local.get 0) (i32.const 1) (i32.const 2)))");
        refuse(
                "array types do not match",
                types
                        + "(func (param (ref $m) (ref $r)) (array.copy $m $r (local.get 0)"
                        + " (i32.const 0) (local.get 1) (i32.const 0) (i32.const 0)))");
        refuse(
                "array type is not numeric or vector",
                types
                        + "(data $d \"\") (func (param (ref $r)) (array.init_data $r $d (local.get 0)"
                        + " (i32.const 0) (i32.const 0) (i32.const 0)))");
        refuse(
                "type mismatch",
                types
                        + "(elem $e funcref (ref.null func))"
                        + "(func (drop (array.new_elem $r $e (i32.const 0) (i32.const 0))))");
        refuse(
                "type mismatch",
                "(type $a (array (ref any)))"
                        + "(func (drop (array.new_default $a (i32.const 1))))");
    }

    @Test
    void casts() {
        accept(
                "(type $s (struct)) (func (param anyref) (result (ref $s))"
                        + " (ref.cast (ref $s) (local.get 0)))");
        refuse(
                "type mismatch",
                "(type $s (struct)) (func (param funcref) (result i32)"
                        + " (ref.test (ref $s) (local.get 0)))");
        accept(
                "(func (param anyref) (result (ref i31)) (block (result anyref)"
                        + " (br_on_cast 1 anyref (ref i31) (local.get 0))) unreachable)");
        refuse(
                "type mismatch",
                "(func (param anyref) (result (ref i31)) (block (result (ref any))"
                        + " (br_on_cast 1 anyref (ref i31) (local.get 0))) unreachable)");
        accept("(func (param externref) (result anyref) (any.convert_extern (local.get 0)))");
        refuse(
                "type mismatch",
                "(func (param externref) (result (ref any)) (any.convert_extern (local.get 0)))");
        accept("(func (param (ref extern)) (result (ref any)) (any.convert_extern (local.get 0)))");
        accept(
                "(func (param funcref) (result (ref func))"
                        + " (block (br_on_non_null 1 (local.get 0))) unreachable)");
        accept(
                "(func (param funcref) (result (ref func))"
                        + " (block (return (br_on_null 0 (local.get 0)))) unreachable)");
    }

    @Test
    void castsBetweenUnrelatedTypesNeedCustomDescriptors() {
        var module =
                TextParser.parse(
                        "(func (param structref) (result anyref)"
                                + " (br_on_cast 0 structref arrayref (local.get 0)))");
        Validator.validate(module, ALL, Parallelism.NONE);
        var e = assertThrows(InvalidException.class, () -> Validator.validate(module));
        assertTrue(e.reason().startsWith("type mismatch"), e::reason);
    }

    @Test
    void subtyping() {
        accept(
                "(type $a (sub (struct (field i32))))"
                        + "(type $b (sub $a (struct (field i32) (field i64))))"
                        + "(func (param (ref $b)) (result (ref null $a)) (local.get 0))");
        refuse(
                "type mismatch",
                "(type $a (sub (struct))) (type $b (sub (struct)))"
                        + "(type $c (sub $a (struct)))"
                        + "(func (param (ref $a)) (result (ref $c)) (local.get 0))");
        refuse(
                "sub type 1 does not match super type 0",
                "(type $a (struct)) (type $b (sub $a (struct)))");
        refuse(
                "sub type 1 does not match super type 0",
                "(type $a (sub (struct (field i32)))) (type $b (sub $a (struct (field i64))))");
        refuse(
                "sub type 1 does not match super type 0",
                "(type $a (sub (struct (field (mut anyref)))))"
                        + "(type $b (sub $a (struct (field (mut eqref)))))");
        accept("(type $a (sub (struct (field anyref)))) (type $b (sub $a (struct (field eqref))))");
        accept(
                "(type $a (sub (func (param eqref) (result anyref))))"
                        + "(type $b (sub $a (func (param anyref) (result eqref))))");
        refuse(
                "sub type 1 does not match super type 0",
                "(type $a (sub (func (param anyref)))) (type $b (sub $a (func (param eqref))))");
        refuse("unknown type 1", "(type (sub 1 (struct))) (type (sub (struct)))");
        refuse("unknown type 3", "(type (struct (field (ref 3))))");
        accept("(rec (type $a (struct (field (ref $b)))) (type $b (struct (field (ref $a)))))");
        // Types that are written twice are one type.
        accept(
                "(type $a (struct)) (type $b (struct))"
                        + "(func (param (ref $a)) (result (ref $b)) (local.get 0))");
        refuse(
                "type mismatch",
                "(type $a (struct)) (rec (type $b (struct)) (type (struct)))"
                        + "(func (param (ref $a)) (result (ref $b)) (local.get 0))");
    }

    @Test
    void deepSubtyping() {
        var text = new StringBuilder("(type (sub (struct)))");
        for (int i = 1; i <= 63; i++) {
            text.append("(type (sub ").append(i - 1).append(" (struct)))");
        }
        accept(text.toString());
        text.append("(type (sub 63 (struct)))");
        refuse("sub type hierarchy too deep", text.toString());
    }

    @Test
    void recursiveTypesAreNotSpelledOut() {
        refuse(
                "sub type 1 does not match super type 0",
                "(rec (type $a (sub (func (param (ref $a))))) (type $b (sub $a (struct))))");
        refuse(
                "start function",
                "(type $f (func (param (ref $f)))) (func $g (type $f)) (start $g)");
    }

    @Test
    void exceptions() {
        accept(
                "(tag $t (param i32)) (func (result i32) (block $h (result i32)"
                        + " (try_table (result i32) (catch $t $h) (throw $t (i32.const 1)))))");
        accept(
                "(tag $t (param i32)) (func (block $h (result i32 exnref)"
                        + " (try_table (catch_ref $t $h)) return) throw_ref)");
        refuse("unknown tag 0", "(func (throw 0))");
        refuse("type mismatch", "(tag $t (param i32)) (func (throw $t (i64.const 1)))");
        refuse(
                "type mismatch",
                "(tag $t (param i32)) (func (block $h (result i64)"
                        + " (try_table (catch $t $h)) (i64.const 0)) drop)");
        refuse("unknown label 4", "(func (try_table (catch_all 4)))");
        refuse("non-empty tag result type", "(tag (result i32))");
        // Labels of clauses count from outside.
        refuse(
                "type mismatch",
                "(func (result i32) (try_table (result i32) (catch_all 0) (i32.const 1)))");
    }

    @Test
    void legacyExceptions() {
        accept(
                "(tag $t (param i32)) (func (result i32) (try (result i32) (do (i32.const 1))"
                        + " (catch $t) (catch_all (rethrow 0))))");
        accept("(func (try (do (try (do) (delegate 0))) (catch_all)))");
        refuse("unknown label 1", "(func (try (do) (delegate 1)))");
        refuse("invalid rethrow label", "(func (rethrow 0))");
        refuse("invalid rethrow label", "(func (try (do (rethrow 0)) (catch_all)))");
        refuse(
                "type mismatch",
                "(tag $t (param i64)) (func (result i32)"
                        + " (try (result i32) (do (i32.const 1)) (catch $t)))");
    }

    @Test
    void descriptors() {
        var types = "(rec (type $a (descriptor $b) (struct)) (type $b (describes $a) (struct)))";
        accept(
                types
                        + "(func (param (ref (exact $b))) (result (ref (exact $a)))"
                        + " (struct.new_desc $a (local.get 0)))");
        refuse(
                "type with descriptor requires descriptor allocation",
                types + "(func (drop (struct.new $a)))");
        refuse(
                "type without descriptor requires non-descriptor allocation",
                types + "(func (drop (struct.new_desc $b (ref.null none))))");
        accept(
                types
                        + "(func (param (ref (exact $a))) (result (ref (exact $b)))"
                        + " (ref.get_desc $a (local.get 0)))");
        refuse(
                "type mismatch",
                types
                        + "(func (param (ref $a)) (result (ref (exact $b)))"
                        + " (ref.get_desc $a (local.get 0)))");
        refuse(
                "type any does not have a descriptor",
                "(func (drop (ref.cast_desc_eq (ref any) (unreachable))))");
        var off =
                TextParser.parse(
                        types
                                + "(func (param (ref $a)) (drop (ref.get_desc $a"
                                + " (local.get 0))))");
        var e = assertThrows(InvalidException.class, () -> Validator.validate(off));
        assertEquals("descriptor: needs the feature custom-descriptors, which is off", e.reason());
    }

    @Test
    void exactness() {
        accept("(type $f (func)) (func $g (type $f)) (global (ref (exact $f)) (ref.func $g))");
        refuse(
                "type mismatch",
                "(type $f (func)) (import \"\" \"\" (func $g (type $f)))"
                        + "(global (ref (exact $f)) (ref.func $g))");
        refuse(
                "type mismatch",
                "(type $s (struct)) (func (param (ref $s))"
                        + " (result (ref (exact $s))) (local.get 0))");
    }

    @Test
    void exportsAndStart() {
        refuse("duplicate export name", "(func) (export \"a\" (func 0)) (export \"a\" (func 0))");
        refuse("unknown function 1", "(func) (export \"a\" (func 1))");
        refuse("unknown table 0", "(export \"a\" (table 0))");
        refuse("unknown memory 0", "(export \"a\" (memory 0))");
        refuse("unknown global 0", "(export \"a\" (global 0))");
        refuse("unknown tag 0", "(export \"a\" (tag 0))");
        refuse("unknown function 1", "(func) (start 1)");
        refuse("start function", "(func (param i32)) (start 0)");
        accept("(func) (start 0)");
    }

    @Test
    void olderStandards() {
        var features = EnumSet.copyOf(Validator.STANDARD);
        features.remove(Feature.MULTI_MEMORY);
        features.remove(Feature.SIMD);
        var two = TextParser.parse("(memory 0) (memory 0)");
        var e =
                assertThrows(
                        InvalidException.class,
                        () -> Validator.validate(two, features, Parallelism.NONE));
        assertEquals("multiple memories: needs the feature multi-memory, which is off", e.reason());
        var vector = TextParser.parse("(func (drop (v128.const i64x2 0 0)))");
        var f =
                assertThrows(
                        MalformedException.class,
                        () -> Validator.validate(vector, features, Parallelism.NONE));
        assertTrue(f.reason().startsWith("illegal opcode"), f::reason);
    }

    @Test
    void messagesTellWhere() {
        var module =
                TextParser.parse(
                        "(import \"m\" \"f\" (func)) (func $parse (result i32) i64.const 1)");
        var e = assertThrows(InvalidException.class, () -> Validator.validate(module));
        assertTrue(
                e.getMessage()
                        .matches(
                                "type mismatch: instruction requires \\[i32] but stack has \\[i64]"
                                        + " \\(at offset 0x[0-9a-f]+, in function 1 \\$parse\\)"),
                e.getMessage());
        var global = TextParser.parse("(global i32 (i32.const 1)) (global i32 (f32.const 1))");
        var g = assertThrows(InvalidException.class, () -> Validator.validate(global));
        assertTrue(g.where().endsWith("in global 1"), g.where());
        var export = TextParser.parse("(export \"a\\0a" + "b".repeat(200) + "\" (func 0))");
        var x = assertThrows(InvalidException.class, () -> Validator.validate(export));
        assertEquals("in export \"a?" + "b".repeat(98) + "…\"", x.where());
    }
}
