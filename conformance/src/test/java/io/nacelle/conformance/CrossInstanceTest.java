// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nacelle.runtime.ExhaustedException;
import io.nacelle.runtime.GuestFrame;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.Trap;
import io.nacelle.runtime.TrapKind;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.NumType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;
import java.util.stream.Stream;

/**
 * A function runs with its own instance's memories, globals and tables, whoever calls it and by
 * whatever way: anything else lets one guest into another.
 */
final class CrossInstanceTest {
    /** Keeps a secret in memory and a global; lets others call through its table. */
    private static final String OWNER =
            """
            (module $owner
              (type $get (func (result i32)))
              (memory $m 1)
              (global $g (mut i32) (i32.const 100))
              (table (export "table") 8 funcref)
              (elem (i32.const 0) $peek $poke $global $trap $grow)
              (data (i32.const 0) "\\2a\\00\\00\\00")
              (func $peek (export "peek") (type $get) (i32.load (i32.const 0)))
              (func $poke (param i32) (i32.store (i32.const 0) (local.get 0)))
              (func $global (export "global") (type $get)
                (global.set $g (i32.add (global.get $g) (i32.const 1)))
                (global.get $g))
              (func $trap (unreachable))
              (func $grow (type $get) (memory.grow (i32.const 1)))
              (func (export "size") (type $get) (memory.size))
              (func (export "ref") (result funcref) (ref.func $peek))
              (func (export "call") (param i32) (result i32)
                (call_indirect (type $get) (local.get 0))))
            """;

    /** Has memory and globals of its own at the same places. */
    private static final String VISITOR =
            """
            (module $visitor
              (type $get (func (result i32)))
              (type $set (func (param i32)))
              (type $none (func))
              (import "owner" "table" (table $t 8 funcref))
              (import "owner" "peek" (func $imported (type $get)))
              (memory $m (export "memory") 2)
              (global $g (mut i32) (i32.const 900))
              (data (i32.const 0) "\\07\\00\\00\\00")
              (elem declare func $mine $imported)
              (func $mine (type $get) (i32.load (i32.const 0)))
              (func (export "plant") (table.set $t (i32.const 7) (ref.func $mine)))
              (func (export "peek") (type $get)
                (call_indirect $t (type $get) (i32.const 0)))
              (func (export "peek-imported") (type $get) (call $imported))
              (func (export "peek-ref") (type $get)
                (call_ref $get (ref.func $imported)))
              (func (export "peek-tail") (type $get)
                (return_call_indirect $t (type $get) (i32.const 0)))
              (func (export "peek-tail-imported") (type $get) (return_call $imported))
              (func (export "poke") (param i32)
                (call_indirect $t (type $set) (local.get 0) (i32.const 1)))
              (func (export "global") (type $get)
                (call_indirect $t (type $get) (i32.const 2)))
              (func (export "trap") (call_indirect $t (type $none) (i32.const 3)))
              ;; Its own memory is there again after every call.
              (func (export "between") (result i32)
                (i32.add
                  (i32.mul (i32.load (i32.const 0)) (i32.const 1000))
                  (i32.add
                    (call_indirect $t (type $get) (i32.const 0))
                    (i32.mul (i32.load (i32.const 0)) (i32.const 1000000)))))
              ;; The last word of its second page, which the owner's memory does not have.
              (func (export "last") (result i32)
                (drop (call_indirect $t (type $get) (i32.const 0)))
                (i32.load (i32.const 131068)))
              (func (export "grow-other") (result i32)
                (drop (call_indirect $t (type $get) (i32.const 4)))
                (memory.size))
              (func (export "own-global") (result i32)
                (drop (call_indirect $t (type $get) (i32.const 2)))
                (global.get $g)))
            """;

    static Stream<Setup> setups() {
        return Setup.all();
    }

    private static Instance owner(Setup setup, Store store) {
        return Setup.instantiate(Linker.create(store), OWNER, setup.first());
    }

    private static Instance visitor(Setup setup, Store store, Instance owner) {
        return Setup.instantiate(
                Linker.create(store).define("owner", owner), VISITOR, setup.second());
    }

    private static Object call(Instance instance, String name, Object... args) {
        return instance.func(name).call(args)[0];
    }

    @ParameterizedTest
    @MethodSource("setups")
    void functionsKeepTheirInstance(Setup setup) {
        try (var store = setup.store()) {
            var owner = owner(setup, store);
            var visitor = visitor(setup, store, owner);
            for (var way :
                    List.of(
                            "peek",
                            "peek-imported",
                            "peek-ref",
                            "peek-tail",
                            "peek-tail-imported")) {
                assertEquals(42, call(visitor, way), way);
            }
            visitor.func("poke").call(43);
            assertEquals(43, call(owner, "peek"));
            assertEquals(7, visitor.memory("memory").readI32(0));
            assertEquals(101, call(visitor, "global"));
            assertEquals(102, call(owner, "global"));
            assertEquals(900, call(visitor, "own-global"));
            assertEquals(7_007_043, call(visitor, "between"));
            assertEquals(0, call(visitor, "last"));
            assertEquals(2, call(visitor, "grow-other"));
            assertEquals(2, call(owner, "size"));
            visitor.func("plant").call();
            assertEquals(7, call(owner, "call", 7));
            assertEquals(43, call(owner, "call", 0));
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void callsCheckTypesAcrossInstances(Setup setup) {
        try (var store = setup.store()) {
            var owner = owner(setup, store);
            for (int index : new int[] {1, 3}) {
                assertEquals(
                        TrapKind.INDIRECT_CALL_TYPE_MISMATCH,
                        assertThrows(Trap.class, () -> call(owner, "call", index)).kind());
            }
            assertEquals(
                    TrapKind.UNINITIALIZED_ELEMENT,
                    assertThrows(Trap.class, () -> call(owner, "call", 5)).kind());
            for (int index : new int[] {8, -1, Integer.MIN_VALUE}) {
                assertEquals(
                        TrapKind.UNDEFINED_ELEMENT,
                        assertThrows(Trap.class, () -> call(owner, "call", index)).kind());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void backtracesCrossInstances(Setup setup) {
        try (var store = setup.store()) {
            var visitor = visitor(setup, store, owner(setup, store));
            var trap = assertThrows(Trap.class, () -> visitor.func("trap").call());
            assertEquals(
                    List.of("owner", "visitor"),
                    trap.guestFrames().stream().map(f -> f.module().orElse("")).toList());
            assertEquals(
                    List.of("trap"),
                    trap.guestFrames().stream()
                            .limit(1)
                            .map(GuestFrame::funcName)
                            .map(name -> name.orElse(""))
                            .toList());
            // What was called before the trap works after it.
            assertEquals(42, call(visitor, "peek"));
        }
    }

    private static final String EVEN =
            """
            (module $even
              (type $t (func (param i32) (result i32)))
              (global $ping (export "n") (mut i32) (i32.const 0))
              (table (export "table") 2 funcref)
              (elem (i32.const 0) $even)
              (func $even (export "even") (type $t)
                (global.set $ping (i32.add (global.get $ping) (i32.const 1)))
                (if (i32.eqz (local.get 0)) (then (return (i32.const 1))))
                (return_call_indirect (type $t)
                  (i32.sub (local.get 0) (i32.const 1)) (i32.const 1)))
              (func (export "even-deep") (type $t)
                (if (i32.eqz (local.get 0)) (then (return (i32.const 1))))
                (call_indirect (type $t)
                  (i32.sub (local.get 0) (i32.const 1)) (i32.const 1))))
            """;

    private static final String ODD =
            """
            (module $odd
              (type $t (func (param i32) (result i32)))
              (import "even" "table" (table $table 2 funcref))
              (import "even" "even" (func $even (type $t)))
              (import "even" "even-deep" (func $deep (type $t)))
              (global $pong (export "n") (mut i32) (i32.const 0))
              (elem (i32.const 1) $odd)
              (func $odd (type $t)
                (global.set $pong (i32.add (global.get $pong) (i32.const 1)))
                (if (i32.eqz (local.get 0)) (then (return (i32.const 0))))
                (return_call $even (i32.sub (local.get 0) (i32.const 1))))
              (func $odd-deep (type $t)
                (if (i32.eqz (local.get 0)) (then (return (i32.const 0))))
                (call $deep (i32.sub (local.get 0) (i32.const 1))))
              (func (export "deepen") (table.set $table (i32.const 1) (ref.func $odd-deep)))
              (elem declare func $odd-deep))
            """;

    @ParameterizedTest
    @MethodSource("setups")
    void mutualTailCallsStayFlat(Setup setup) {
        try (var store = setup.store()) {
            var even = Setup.instantiate(Linker.create(store), EVEN, setup.first());
            var odd =
                    Setup.instantiate(
                            Linker.create(store).define("even", even), ODD, setup.second());
            assertEquals(1, call(even, "even", 1_000_000));
            assertEquals(0, call(even, "even", 1_000_001));
            assertEquals(1_000_002, even.global("n").get());
            assertEquals(1_000_001, odd.global("n").get());
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void deepCallsAcrossInstancesExhaustTheStack(Setup setup) {
        try (var store = setup.store()) {
            var even = Setup.instantiate(Linker.create(store), EVEN, setup.first());
            var odd =
                    Setup.instantiate(
                            Linker.create(store).define("even", even), ODD, setup.second());
            odd.func("deepen").call();
            assertEquals(1, call(even, "even-deep", 100));
            for (int i = 0; i < 3; i++) {
                var e =
                        assertThrows(
                                ExhaustedException.class,
                                () -> call(even, "even-deep", 100_000_000));
                assertEquals(ExhaustedException.Resource.CALL_STACK, e.resource());
            }
            assertEquals(1, call(even, "even-deep", 100));
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void aHostBetweenInstancesReenters(Setup setup) {
        try (var store = setup.store()) {
            var owner = owner(setup, store);
            var type = FuncType.of(List.of(NumType.I32), List.of(NumType.I32));
            var linker = Linker.create(store);
            linker.define(
                    "host",
                    "ask",
                    type,
                    frame -> frame.setI32(0, (int) call(owner, "call", frame.i32(0))));
            var asker =
                    Setup.instantiate(
                            linker,
                            """
                            (module
                              (import "host" "ask" (func $ask (param i32) (result i32)))
                              (memory 1)
                              (data (i32.const 0) "\\05")
                              (func (export "ask") (param i32) (result i32)
                                (i32.add
                                  (call $ask (local.get 0))
                                  (i32.mul (i32.load (i32.const 0)) (i32.const 1000)))))
                            """,
                            setup.second());
            assertEquals(5042, call(asker, "ask", 0));
            assertThrows(Trap.class, () -> call(asker, "ask", 6));
            assertEquals(5042, call(asker, "ask", 0));
        }
    }

    /** A memory that two instances share grows under the caller's feet. */
    @ParameterizedTest
    @MethodSource("setups")
    void whatACalleeGrowsTheCallerSees(Setup setup) {
        try (var store = setup.store()) {
            var home =
                    Setup.instantiate(
                            Linker.create(store),
                            """
                            (module
                              (memory (export "memory") 1)
                              (func (export "grow") (drop (memory.grow (i32.const 64)))
                                (i32.store (i32.const 4194304) (i32.const 77))))
                            """,
                            setup.first());
            var user =
                    Setup.instantiate(
                            Linker.create(store).define("home", home),
                            """
                            (module
                              (import "home" "memory" (memory 1))
                              (import "home" "grow" (func $grow))
                              (func (export "f") (result i32)
                                (i32.store (i32.const 8) (i32.const 1))
                                (call $grow)
                                (i32.store (i32.const 8)
                                  (i32.add (i32.load (i32.const 8)) (i32.const 1)))
                                (i32.add (i32.load (i32.const 8)) (i32.load (i32.const 4194304)))))
                            """,
                            setup.second());
            assertEquals(79, call(user, "f"));
            assertEquals(2, home.memory("memory").readI32(8));
        }
    }

    private static final String MAKER =
            """
            (module
              (type $node (sub (struct (field i32) (field (mut (ref null $node))))))
              (type $leaf (sub $node (struct (field i32) (field (mut (ref null $node)))
                (field i8))))
              (tag $t (export "t") (param (ref $node)))
              (func (export "leaf") (param i32) (result (ref $node))
                (struct.new $leaf (local.get 0) (ref.null $node) (i32.const -1)))
              (func $throw (export "throw") (param (ref $node))
                (struct.set $node 1 (local.get 0) (local.get 0))
                (throw $t (local.get 0))))
            """;

    private static final String TAKER =
            """
            (module
              (type $node (sub (struct (field i32) (field (mut (ref null $node))))))
              (type $leaf (sub $node (struct (field i32) (field (mut (ref null $node)))
                (field i8))))
              (type $twig (sub $node (struct (field i32) (field (mut (ref null $node))) (field i8)
                (field i8))))
              (import "maker" "t" (tag $t (param (ref $node))))
              (import "maker" "leaf" (func $leaf (param i32) (result (ref $node))))
              (import "maker" "throw" (func $throw (param (ref $node))))
              (func $tail (param (ref $node)) (return_call $throw (local.get 0)))
              (func (export "caught") (param i32) (result i32)
                (local $made (ref null $node)) (local $caught (ref null $node))
                (local.set $made (call $leaf (local.get 0)))
                (local.set $caught (block $h (result (ref $node))
                  (try_table (catch $t $h) (call $tail (ref.as_non_null (local.get $made))))
                  (return (i32.const -1))))
                (if (result i32)
                    (ref.eq (local.get $caught) (struct.get $node 1 (local.get $made)))
                  (then
                    (i32.add
                      (i32.mul (i32.const 1000) (struct.get_u $leaf 2
                        (ref.cast (ref $leaf) (local.get $caught))))
                      (struct.get $node 0 (local.get $made))))
                  (else (i32.const -2))))
              (func (export "cast")
                (drop (ref.cast (ref $twig) (call $leaf (i32.const 1))))))
            """;

    /** Types are the same wherever they are declared, and so are objects. */
    @ParameterizedTest
    @MethodSource("setups")
    void objectsAndExceptionsCrossInstances(Setup setup) {
        try (var store = setup.store()) {
            var maker = Setup.instantiate(Linker.create(store), MAKER, setup.first());
            var taker =
                    Setup.instantiate(
                            Linker.create(store).define("maker", maker), TAKER, setup.second());
            for (int i = 0; i < 100; i++) {
                assertEquals(255_000 + i, call(taker, "caught", i));
            }
            assertEquals(
                    TrapKind.CAST_FAILURE,
                    assertThrows(Trap.class, () -> taker.func("cast").call()).kind());
            assertEquals(255_007, call(taker, "caught", 7));
        }
    }
}
