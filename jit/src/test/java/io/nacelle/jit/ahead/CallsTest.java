// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit.ahead;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.Global;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Memory;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.StoreKind;
import io.nacelle.runtime.Table;
import io.nacelle.runtime.Tag;
import io.nacelle.runtime.V128;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.NumType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Calls of the methods that exports have become: in compiled code, and in the interpreters. */
class CallsTest {
    private static Linker linker(Mode mode) {
        var engine = Engine.create(EngineConfig.defaults().withMode(mode));
        return Linker.create(Store.create(engine));
    }

    @ParameterizedTest
    @EnumSource
    void passesValuesOfAllTypes(Mode mode) {
        var app =
                Built.of(
                                """
                                (module
                                  (func (export "none"))
                                  (func (export "i32") (param i32) (result i32) (local.get 0))
                                  (func (export "i64") (param i64) (result i64) (local.get 0))
                                  (func (export "f32") (param f32) (result f32) (local.get 0))
                                  (func (export "f64") (param f64) (result f64) (local.get 0))
                                  (func (export "v128") (param v128) (result v128) (local.get 0))
                                  (func (export "ref") (param externref) (result externref)
                                    (local.get 0))
                                  (func (export "last") (param i64 v128 f64 externref f32 i32)
                                    (result i32) (local.get 5)))
                                """)
                        .instantiate(linker(mode));
        assertNull(app.call("none"));
        assertEquals(-1, app.call("i32", -1));
        assertEquals(1L << 40, app.call("i64", 1L << 40));
        assertEquals(1.5f, app.call("f32", 1.5f));
        assertEquals(-0.0, app.call("f64", -0.0));
        assertEquals(new V128(1, 2), app.call("v128", new V128(1, 2)));
        assertEquals("text", app.call("ref", "text"));
        assertNull(app.call("ref", (Object) null));
        assertEquals(7, app.call("last", 1L, new V128(1, 2), 2.0, "r", 3f, 7));
    }

    @ParameterizedTest
    @EnumSource
    void givesSeveralResultsInRecords(Mode mode) throws ReflectiveOperationException {
        var built =
                Built.of(
                        """
                        (module
                          (func (export "add") (param i32 i64) (result i32 i64)
                            (local.get 0) (i64.add (local.get 1) (i64.const 1)))
                          (func (export "all") (param externref v128)
                            (result f64 externref f32 v128 i64 i32)
                            (f64.const 1.5) (local.get 0) (f32.const 2.5) (local.get 1)
                            (i64.const -3) (i32.const 4)))
                        """);
        var app = built.instantiate(linker(mode));
        var result = app.call("add", 1, 2L);
        assertEquals("com.example.app.AppExports$AddResult", result.getClass().getName());
        assertEquals("AddResult", result.getClass().getSimpleName());
        assertTrue(result.getClass().isRecord());
        assertEquals("AddResult[r0=1, r1=3]", result.toString());
        assertEquals(app.call("add", 1, 2L), result);
        assertEquals(app.call("add", 1, 2L).hashCode(), result.hashCode());
        var all = app.call("all", "r", new V128(5, 6));
        var values =
                Arrays.stream(all.getClass().getRecordComponents())
                        .map(RecordComponent::getName)
                        .map(name -> Built.invoke(all.getClass(), all, name))
                        .toList();
        assertEquals(List.of(1.5, "r", 2.5f, new V128(5, 6), -3L, 4), values);
    }

    @ParameterizedTest
    @EnumSource
    void passesArraysWhereValuesAreTooMany(Mode mode) {
        var built =
                Built.of(
                        "(module (func (export \"last\") (param"
                                + " i64".repeat(200)
                                + ") (result i64) (local.get 199)) (func (export \"many\") (result"
                                + " i32".repeat(300)
                                + ")"
                                + "(i32.const 9)".repeat(300)
                                + "))");
        var app = built.instantiate(linker(mode));
        Object[] args = IntStream.range(0, 200).mapToObj(Long::valueOf).toArray();
        assertArrayEquals(new Object[] {199L}, (Object[]) app.call("last", (Object) args));
        assertEquals(300, ((Object[]) app.call("many", (Object) new Object[0])).length);
    }

    @ParameterizedTest
    @EnumSource
    void refusesArgumentsThatDoNotFit(Mode mode) {
        var built =
                Built.of(
                        """
                        (module
                          (func (export "call") (param funcref))
                          (func (export "some") (param (ref extern)))
                          (func (export "vector") (param v128)))
                        """);
        var app = built.instantiate(linker(mode));
        var other = built.instantiate(linker(mode));
        assertThrows(IllegalArgumentException.class, () -> app.call("call", "text"));
        assertThrows(
                IllegalArgumentException.class,
                () -> app.call("call", other.instance().func("call")));
        app.call("call", app.instance().func("call"));
        assertThrows(IllegalArgumentException.class, () -> app.call("some", (Object) null));
        assertThrows(IllegalArgumentException.class, () -> app.call("vector", (Object) null));
    }

    @ParameterizedTest
    @EnumSource
    void givesOtherExports(Mode mode) {
        var built =
                Built.of(
                        """
                        (module
                          (memory (export "memory") 1 2)
                          (table (export "table") 3 funcref)
                          (global (export "count") (mut i32) (i32.const 5))
                          (tag (export "failure") (param i32))
                          (func (export "peek") (param i32) (result i32)
                            (i32.load (local.get 0)))
                          (func (export "grow") (result i32) (memory.grow (i32.const 1)))
                          (func (export "increment")
                            (global.set 0 (i32.add (global.get 0) (i32.const 1)))))
                        """);
        var app = built.instantiate(linker(mode));
        var memory = (Memory) app.call("memory");
        memory.writeI32(8, 77);
        assertEquals(77, app.call("peek", 8));
        assertEquals(1, app.call("grow"));
        memory.writeI32(1 << 16, 78);
        assertEquals(78, app.call("peek", 1 << 16));
        assertEquals(3, ((Table) app.call("table")).size());
        app.call("increment");
        assertEquals(6, ((Global) app.call("count")).get());
        assertTrue(app.call("failure") instanceof Tag);
    }

    @ParameterizedTest
    @EnumSource
    void callsTheHostAndIsCalledByIt(Mode mode) {
        var built =
                Built.of(
                        """
                        (module
                          (import "host" "down" (func $down (param i32) (result i32)))
                          (export "down" (func $down))
                          (func (export "sum") (param i32) (result i32)
                            (if (result i32) (i32.eqz (local.get 0))
                              (then (i32.const 0))
                              (else (i32.add (local.get 0)
                                (call $down (i32.sub (local.get 0) (i32.const 1))))))))
                        """);
        var linker = linker(mode);
        var app = new Built.App[1];
        var type = new FuncType(List.of(NumType.I32), List.of(NumType.I32));
        linker.define(
                "host",
                "down",
                type,
                call -> call.setI32(0, (int) app[0].call("sum", call.i32(0))));
        app[0] = built.instantiate(linker);
        assertEquals(5050, app[0].call("sum", 100));
        assertEquals(10, app[0].call("down", 4));
    }

    @Test
    void instancesOfOneModuleAreApart() {
        var built =
                Built.of(
                        """
                        (module
                          (global $n (mut i32) (i32.const 0))
                          (func (export "next") (result i32)
                            (global.set $n (i32.add (global.get $n) (i32.const 1)))
                            (global.get $n)))
                        """);
        var engine = Engine.create();
        var module = built.module(engine);
        var store = Store.create(engine);
        var first = built.of(Linker.create(store).instantiate(module));
        var second = built.of(Linker.create(store).instantiate(module));
        assertSame(module, second.instance().module());
        first.call("next");
        assertEquals(2, first.call("next"));
        assertEquals(1, second.call("next"));
        assertEquals(3, first.instance().func("next").call()[0]);
    }

    @ParameterizedTest
    @EnumSource
    void callsAcrossTablesAndTails(Mode mode) {
        var built =
                Built.of(
                        """
                        (module
                          (type $t (func (param i32) (result i32)))
                          (table funcref (elem $even $odd $inc))
                          (func $inc (type $t) (i32.add (local.get 0) (i32.const 1)))
                          (func $even (export "even") (type $t)
                            (if (i32.eqz (local.get 0)) (then (return (i32.const 1))))
                            (return_call $odd (i32.sub (local.get 0) (i32.const 1))))
                          (func $odd (type $t)
                            (if (i32.eqz (local.get 0)) (then (return (i32.const 0))))
                            (return_call_indirect (type $t)
                              (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))
                          (func (export "through") (param i32 i32) (result i32)
                            (call_indirect (type $t) (local.get 1) (local.get 0))))
                        """);
        var app = built.instantiate(linker(mode));
        assertEquals(1, app.call("even", 100_000));
        assertEquals(0, app.call("even", 100_001));
        assertEquals(8, app.call("through", 2, 7));
        assertEquals(1, app.call("through", 0, 8));
    }

    @ParameterizedTest
    @EnumSource(names = {"HEAP", "NATIVE"})
    void isMadeForKindsOfStores(StoreKind kind) {
        var text =
                """
                (module
                  (memory 1)
                  (func (export "f") (param i32) (result i32)
                    (i32.store (i32.const 4) (local.get 0)) (i32.load (i32.const 4))))
                """;
        var built = Built.of(text, Built.OPTIONS.withStore(kind));
        var engine = Engine.create();
        var app = built.instantiate(Linker.create(Store.create(engine, kind)));
        assertEquals(3, app.call("f", 3));
        var other = kind == StoreKind.HEAP ? StoreKind.NATIVE : StoreKind.HEAP;
        var linker = Linker.create(Store.create(engine, other));
        var failure = assertThrows(IllegalStateException.class, () -> built.instantiate(linker));
        assertTrue(failure.getMessage().contains("compile it with --store"), failure.getMessage());
        var slow = linker.instantiate(built.module(engine), Mode.FAST);
        assertEquals(4, built.of(slow).call("f", 4));
    }

    @Test
    void sharesMemories() {
        var text =
                """
                (module
                  (memory (export "memory") 1 1 shared)
                  (func (export "f") (param i32) (result i32)
                    (i32.atomic.rmw.add (i32.const 4) (local.get 0))))
                """;
        var app = Built.of(text).instantiate(linker(Mode.AUTO));
        app.call("f", 3);
        assertEquals(3, app.call("f", 4));
    }
}
