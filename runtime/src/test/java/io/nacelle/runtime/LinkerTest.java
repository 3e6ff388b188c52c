// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.syntax.GlobalType;
import io.nacelle.wasm.syntax.Limits;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.Mut;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.List;

/** Linking: what fits, and how everything that does not is reported at once. */
final class LinkerTest {
    private static final String EXPORTS =
            """
            (module
              (func (export "f") (param i32))
              (table (export "t") 2 4 funcref)
              (table (export "t64") i64 2 funcref)
              (memory (export "m") 1 2)
              (memory (export "m1") 1 (pagesize 1))
              (global (export "g") i32 (i32.const 0))
              (global (export "mut") (mut i32) (i32.const 0))
              (tag (export "e") (param i32)))
            """;

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void everyProblemIsListed(World.Setup setup) {
        try (var world = setup.world()) {
            world.other("a", EXPORTS);
            var text =
                    """
                    (module
                      (import "a" "none" (func (param i32) (result i64)))
                      (import "b" "f" (func))
                      (import "a" "f" (func (param i64)))
                      (import "a" "f" (func (param i32)))
                      (import "a" "m" (func))
                      (import "a" "t" (table 3 funcref))
                      (import "a" "t" (table 1 3 funcref))
                      (import "a" "t" (table 1 4 externref))
                      (import "a" "t64" (table 1 funcref))
                      (import "a" "m" (memory 2))
                      (import "a" "m" (memory 1 1))
                      (import "a" "m" (memory i64 1))
                      (import "a" "m1" (memory 1))
                      (import "a" "m" (memory 1 2 shared))
                      (import "a" "g" (global i64))
                      (import "a" "g" (global (mut i32)))
                      (import "a" "mut" (global i32))
                      (import "a" "mut" (global (mut i32)))
                      (import "a" "e" (tag (param i64))))
                    """;
            var error = assertThrows(LinkException.class, () -> world.instance(text));
            var problems = error.problems();
            assertEquals(17, problems.size(), error.getMessage());
            assertEquals(17, error.getMessage().lines().count());
            assertEquals(
                    "unknown import: \"a\" \"none\": expected func [i32] -> [i64], found nothing",
                    problems.get(0).toString());
            assertEquals("unknown import", problems.get(1).reason());
            for (var problem : problems.subList(2, 17)) {
                assertEquals("incompatible import type", problem.reason(), problem.toString());
                assertTrue(!problem.expected().equals(problem.found()), problem.toString());
            }
            assertEquals("memory 1 2", problems.get(3).found());
            assertEquals("table i64 2 funcref", problems.get(7).found());
            assertEquals(
                    List.of("mut"),
                    problems.subList(15, 16).stream().map(LinkException.Problem::name).toList());
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void whatLivesElsewhereDoesNotLink(World.Setup setup) {
        try (var world = setup.world();
                var elsewhere = Store.create(world.engine, setup.kind())) {
            world.linker.define("a", "m", elsewhere.newMemory(MemType.of(Limits.atLeast(1))));
            world.linker.define("a", "f", elsewhere.newFunc(World.NOTHING, frame -> {}));
            world.linker.define(
                    "a", "g", elsewhere.newGlobal(new GlobalType(Mut.CONST, NumType.I32), 1));
            var text =
                    """
                    (module (import "a" "m" (memory 1)) (import "a" "f" (func))
                      (import "a" "g" (global i32)))
                    """;
            var error = assertThrows(LinkException.class, () -> world.instance(text));
            assertEquals(3, error.problems().size());
            for (var problem : error.problems()) {
                assertEquals("incompatible store", problem.reason());
                assertTrue(problem.found().contains("in this linker's store"));
            }
            var strange = Module.of(Engine.create(), TextParser.parse("(module)"));
            assertThrows(IllegalArgumentException.class, () -> world.linker.instantiate(strange));
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void laterDefinitionsReplaceEarlierOnes(World.Setup setup) {
        try (var world = setup.world()) {
            world.linker.define("a", "f", World.toI32(), frame -> frame.setI32(0, 1));
            world.linker.define("a", "f", World.toI32(), frame -> frame.setI32(0, 2));
            var it =
                    world.instance(
                            """
                            (module (import "a" "f" (func $f (result i32)))
                              (export "f" (func $f)))
                            """);
            assertEquals(2, World.one(it, "f"));
            assertSame(it.func("f"), world.linker.get("a", "f").orElseThrow());
            assertTrue(world.linker.get("a", "g").isEmpty());
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void sizesCountAsTheyAreNow(World.Setup setup) {
        try (var world = setup.world()) {
            var a = world.other("a", EXPORTS);
            var wantsTwo = "(module (import \"a\" \"m\" (memory 2 2)))";
            assertThrows(LinkException.class, () -> world.instance(wantsTwo));
            assertEquals(1, a.memory("m").grow(1));
            world.instance(wantsTwo);
            var wantsFour = "(module (import \"a\" \"t\" (table 4 4 funcref)))";
            assertThrows(LinkException.class, () -> world.instance(wantsFour));
            assertEquals(2, a.table("t").grow(2, null));
            world.instance(wantsFour);
        }
    }
}
