// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nacelle.runtime.ExhaustedException;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.StoreLimits;
import io.nacelle.runtime.Trap;
import io.nacelle.runtime.TrapKind;
import io.nacelle.wasi.Access;
import io.nacelle.wasi.Clocks;
import io.nacelle.wasi.ProcExit;
import io.nacelle.wasi.RandomSource;
import io.nacelle.wasi.fs.FileSystem;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.net.InetSocketAddress;
import java.util.List;

/** What satisfies which import, and who is named when nothing does. */
final class LinkTest {
    private static final String ANSWER =
            "(module (func (export \"answer\") (result i32) (i32.const 42)))";

    private static final String ASKS =
            """
            (module (import "other" "answer" (func $a (result i32)))
              (func (export "ask") (result i32) (call $a)))
            """;

    private static final String EMPTY = "(module)";

    static List<Mode> modes() {
        return Trees.modes();
    }

    @ParameterizedTest
    @MethodSource("modes")
    void callsGoToChildrenSiblingsAndWhatIsInherited(Mode mode) {
        var root =
                Trees.node("app", ASKS)
                        .withImport("other", ImportSource.child("b"))
                        .withChild(
                                Trees.node("b", ASKS.replace("\"ask\"", "\"answer\""))
                                        .withImport("other", ImportSource.sibling("c"))
                                        .withChild(
                                                Trees.node("d", ASKS)
                                                        .withImport(
                                                                "other",
                                                                ImportSource.inherited("other"))))
                        .withChild(Trees.node("c", ANSWER));
        try (var tree = Trees.link(mode, root, Grants.none())) {
            assertEquals(42, Trees.call(tree, "app", "ask"));
            assertEquals(42, Trees.call(tree, "app/b/d", "ask"));
        }
    }

    @Test
    void whatNobodyWiredIsNotThereEvenIfASiblingHasIt() {
        var root =
                Trees.node("app", EMPTY)
                        .withChild(Trees.node("other", ANSWER))
                        .withChild(Trees.node("evil", ASKS));
        assertEquals(
                "app/evil (evil): import other.answer is not granted: `evil` was given no module"
                        + " \"other\" by `app`",
                Trees.refused(root, Grants.none()));
    }

    @Test
    void onlyTheExportsThatAreNamedCanBeUsed() {
        var two =
                """
                (module (memory (export "memory") 1)
                  (func (export "answer") (result i32) (i32.const 42)))
                """;
        var peeks =
                """
                (module (import "other" "memory" (memory 1))
                  (import "other" "answer" (func (result i32))))
                """;
        var root =
                Trees.node("app", EMPTY)
                        .withChild(Trees.node("vault", two))
                        .withChild(
                                Trees.node("evil", peeks)
                                        .withImport(
                                                "other",
                                                ImportSource.sibling("vault").only("answer")));
        assertEquals(
                "app/evil (evil): import other.memory is not granted: `evil` was given other"
                        + " exports of `vault` by `app`",
                Trees.refused(root, Grants.none()));
        // What is inherited is at most what the parent was given.
        var deep =
                Trees.node("app", EMPTY)
                        .withChild(Trees.node("vault", two))
                        .withChild(
                                Trees.node("b", EMPTY)
                                        .withImport(
                                                "other",
                                                ImportSource.sibling("vault").only("answer"))
                                        .withChild(
                                                Trees.node("evil", peeks)
                                                        .withImport(
                                                                "other",
                                                                ImportSource.inherited("other")
                                                                        .only(
                                                                                "memory",
                                                                                "answer"))));
        assertEquals(
                "app/b/evil (evil): import other.memory is not granted: `evil` was given other"
                        + " exports of `vault` by `b`",
                Trees.refused(deep, Grants.none()));
    }

    @ParameterizedTest
    @CsvSource({
        "path_open, directory",
        "path_unlink_file, directory",
        "fd_readdir, directory",
        "no_such_function, directory",
        "clock_time_get, clocks",
        "poll_oneoff, clocks",
        "random_get, random",
        "sock_accept, socket",
        "sock_connect, socket",
        "sock_send, socket"
    })
    void systemCallsThatAreNotGrantedAreRefusedAtLink(String name, String kind) {
        var wants = "(module (import \"wasi_snapshot_preview1\" \"" + name + "\" (func)))";
        var root =
                Trees.node("app", EMPTY)
                        .withChild(Trees.node("codec", EMPTY).withChild(Trees.node("zip", wants)));
        assertEquals(
                "app/codec/zip (zip): import wasi_snapshot_preview1."
                        + name
                        + " is not granted: `app` was given no "
                        + kind
                        + " by the host",
                Trees.refused(root, Grants.none()));
        var all =
                Grants.none()
                        .withFileSystem(FileSystem.inMemory(100), "/", Access.READ_WRITE)
                        .withClocks(Clocks.system())
                        .withRandom(RandomSource.secure())
                        .withListener("web", new InetSocketAddress("127.0.0.1", 0));
        assertEquals(
                "app/codec/zip (zip): import wasi_snapshot_preview1."
                        + name
                        + " is not granted: `codec` was given no "
                        + kind
                        + " by `app`",
                Trees.refused(root, all));
    }

    @Test
    void threadsAreNobodys() {
        var wants = "(module (import \"wasi\" \"thread-spawn\" (func (param i32) (result i32))))";
        assertEquals(
                "app (app): import wasi.thread-spawn is not granted: `app` was given no threads by"
                        + " the host",
                Trees.refused(Trees.node("app", wants), Grants.none()));
    }

    @Test
    void listsAllProblemsAndEscapesNames() {
        var wants =
                """
                (module (import "a\\u{1b}[2J" "b\\nc" (func)) (import "x" "y" (func)))
                """;
        assertEquals(
                "app (app): import a\\u{1b}[2J.b\\u{a}c is not granted: `app` was given no module"
                        + " \"a\\u{1b}[2J\" by the host\n"
                        + "app (app): import x.y is not granted: `app` was given no module \"x\""
                        + " by the host",
                Trees.refused(Trees.node("app", wants), Grants.none()));
        assertThrows(IllegalArgumentException.class, () -> Trees.node("a\u001b", EMPTY));
        assertThrows(IllegalArgumentException.class, () -> Trees.node("a/b", EMPTY));
    }

    @Test
    void typesMustFit() {
        var other = "(module (func (export \"answer\") (param i64)))";
        var root =
                Trees.node("app", ASKS)
                        .withChild(Trees.node("b", other))
                        .withImport("other", ImportSource.child("b"));
        assertEquals(
                "app (app): import other.answer does not fit: expected func [] -> [i32], found"
                        + " func [i64] -> []",
                Trees.refused(root, Grants.none()));
        var missing =
                Trees.node("app", ASKS)
                        .withChild(Trees.node("b", EMPTY))
                        .withImport("other", ImportSource.child("b"));
        assertEquals(
                "app (app): import other.answer cannot be satisfied: app/b does not export it",
                Trees.refused(missing, Grants.none()));
    }

    /** Two that call each other, deeper and deeper. */
    private static Node cycle(ImportSource back) {
        var text =
                """
                (module (import "peer" "down" (func $peer (param i32) (result i32)))
                  (func (export "down") (param i32) (result i32)
                    (if (result i32) (local.get 0)
                      (then (i32.add (i32.const 1)
                        (call $peer (i32.sub (local.get 0) (i32.const 1)))))
                      (else (i32.const 0)))))
                """;
        return Trees.node("app", EMPTY)
                .withChild(Trees.node("a", text).withImport("peer", ImportSource.sibling("b")))
                .withChild(Trees.node("b", text).withImport("peer", back));
    }

    @ParameterizedTest
    @MethodSource("modes")
    void cyclesAreBoundLate(Mode mode) {
        assertEquals(
                "app/a (a): modules need each other: app/a → app/b → app/a; one of these imports"
                        + " has to be bound late (late = true)",
                Trees.refused(cycle(ImportSource.sibling("a")), Grants.none()));
        try (var tree = Trees.link(mode, cycle(ImportSource.sibling("a").late()), Grants.none())) {
            assertEquals(1000, Trees.call(tree, "app/a", "down", 1000));
            for (int i = 0; i < 100; i++) {
                assertEquals(999, Trees.call(tree, "app/b", "down", 999));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("modes")
    void callsBeforeBindingTrap(Mode mode) {
        var eager =
                """
                (module (import "other" "answer" (func $a (result i32)))
                  (func $start (drop (call $a))) (start $start))
                """;
        var root =
                Trees.node("app", ANSWER)
                        .withChild(
                                Trees.node("eager", eager)
                                        .withImport("other", ImportSource.parent()));
        var trap = assertThrows(Trap.class, () -> Trees.link(mode, root, Grants.none()));
        assertEquals(TrapKind.NULL_FUNCTION_REFERENCE, trap.kind());
        assertEquals(
                "null function reference app/eager: import other.answer is bound late, and was"
                        + " called before that",
                trap.getMessage());
    }

    @ParameterizedTest
    @MethodSource("modes")
    void referencesTakenBeforeBindingCallWhatIsBound(Mode mode) {
        var keeps =
                """
                (module (import "other" "answer" (func $a (result i32)))
                  (table funcref (elem $a))
                  (func (export "direct") (result i32) (call $a))
                  (func (export "table") (result i32)
                    (call_indirect (result i32) (i32.const 0))))
                """;
        var root =
                Trees.node("app", ANSWER)
                        .withChild(
                                Trees.node("c", keeps).withImport("other", ImportSource.parent()));
        try (var tree = Trees.link(mode, root, Grants.none())) {
            for (int i = 0; i < 1000; i++) {
                assertEquals(42, Trees.call(tree, "app/c", "direct"));
                assertEquals(42, Trees.call(tree, "app/c", "table"));
            }
        }
    }

    @Test
    void onlyFunctionsAreBoundLate() {
        var memory = "(module (memory (export \"m\") 1))";
        var root =
                Trees.node("app", memory)
                        .withChild(
                                Trees.node("c", "(module (import \"p\" \"m\" (memory 1)))")
                                        .withImport("p", ImportSource.parent()));
        assertEquals(
                "app/c (c): import p.m cannot be bound late: only functions can",
                Trees.refused(root, Grants.none()));
    }

    @Test
    void initialisersRunWhenAllIsBoundChildrenFirst() {
        var counts =
                """
                (module (global $n (mut i32) (i32.const 0))
                  (func (export "next") (result i32)
                    (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n)))
                """;
        var waits =
                """
                (module (import "clock" "next" (func $next (result i32)))
                  (global $mine (mut i32) (i32.const 0))
                  (func (export "_initialize") (global.set $mine (call $next)))
                  (func (export "mine") (result i32) (global.get $mine)))
                """;
        var root =
                Trees.node("app", waits)
                        .withImport("clock", ImportSource.child("clock"))
                        .withChild(Trees.node("clock", counts))
                        .withChild(
                                Trees.node("b", waits)
                                        .withImport("clock", ImportSource.sibling("clock").late()));
        try (var tree = Trees.link(root, Grants.none())) {
            assertEquals(1, Trees.call(tree, "app/b", "mine"));
            assertEquals(2, Trees.call(tree, "app", "mine"));
        }
    }

    @ParameterizedTest
    @MethodSource("modes")
    void onlyWhoMayEndsTheRun(Mode mode) {
        var exits =
                """
                (module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
                  (func (export "go") (call $exit (i32.const 7))))
                """;
        var calls =
                """
                (module (import "c" "go" (func $go)) (func (export "_start") (call $go)))
                """;
        var root =
                Trees.node("app", calls)
                        .withImport("c", ImportSource.child("c"))
                        .withChild(Trees.node("c", exits));
        try (var tree = Trees.link(mode, root, Grants.none().withExit())) {
            var denied = assertThrows(DeniedException.class, tree::run);
            assertEquals(
                    "app/c: proc_exit is not granted: `c` was given no exit by `app`",
                    denied.getMessage());
        }
        var may =
                Trees.node("app", calls)
                        .withImport("c", ImportSource.child("c"))
                        .withChild(Trees.node("c", exits).withGrants(Handed.nothing().exit()));
        try (var tree = Trees.link(mode, may, Grants.none().withExit())) {
            assertEquals(7, tree.run());
            assertThrows(ProcExit.class, () -> tree.instance("app/c").func("go").call());
        }
    }

    @ParameterizedTest
    @MethodSource("modes")
    void toleratedImportsFailWhenCalled(Mode mode) {
        var wants =
                """
                (module (import "wasi_snapshot_preview1" "random_get"
                    (func $r (param i32 i32) (result i32)))
                  (memory (export "memory") 1)
                  (func (export "go") (result i32) (call $r (i32.const 0) (i32.const 8)))
                  (func (export "peek") (result i64) (i64.load (i32.const 0))))
                """;
        try (var tree =
                Trees.link(
                        mode,
                        Trees.node("app", wants),
                        Grants.none().withTolerated(WasiKind.RANDOM))) {
            assertEquals(76, Trees.call(tree, "app", "go"));
            assertEquals(0L, tree.root().func("peek").call()[0]);
        }
    }

    @ParameterizedTest
    @MethodSource("modes")
    void memoryIsDividedAndCannotGrowBeyond(Mode mode) {
        var grows =
                """
                (module (memory (export "memory") 1)
                  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))
                """;
        var root =
                Trees.node("app", grows)
                        .withChild(
                                Trees.node("a", grows).withGrants(Handed.nothing().memory(3 << 16)))
                        .withChild(
                                Trees.node("b", grows)
                                        .withGrants(Handed.nothing().memory(2 << 16)));
        try (var tree = Trees.link(mode, root, Grants.none().withMemoryLimit(10 << 16))) {
            assertEquals(-1, Trees.call(tree, "app/a", "grow", 3));
            assertEquals(1, Trees.call(tree, "app/a", "grow", 2));
            assertEquals(-1, Trees.call(tree, "app/a", "grow", 1));
            assertEquals(-1, Trees.call(tree, "app/b", "grow", 2));
            assertEquals(1, Trees.call(tree, "app", "grow", 4));
            assertEquals(-1, Trees.call(tree, "app", "grow", 1));
        }
        assertEquals(
                "app/b: the grant memory 131072 cannot be handed down: `app` has only 65536 bytes"
                        + " left",
                Trees.refused(root, Grants.none().withMemoryLimit(4 << 16)));
        // Who is given none of what is limited has none.
        var none = Trees.node("app", EMPTY).withChild(Trees.node("a", grows));
        assertEquals(
                "app/a (a): the module needs more memory than the 0 bytes that `a` was given for"
                        + " itself by `app`",
                Trees.refused(none, Grants.none().withMemoryLimit(1 << 20)));
    }

    @Test
    void limitsOfTheWholeHoldForAllTogether() {
        var page = "(module (memory 1))";
        var root =
                Trees.node("app", page)
                        .withChild(Trees.node("a", page))
                        .withChild(Trees.node("b", page));
        var manifest =
                Manifest.of(root, Grants.none())
                        .withLimits(StoreLimits.defaults().withMemoryBytes(2 << 16));
        assertThrows(ExhaustedException.class, () -> ModuleTree.link(Trees.engine(), manifest));
    }
}
