// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.ClosedException;
import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.ExhaustedException;
import io.nacelle.runtime.LinkException;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.StoppedException;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.StoreKind;
import io.nacelle.runtime.StoreLimits;
import io.nacelle.runtime.Trap;
import io.nacelle.wasi.fs.FileSystem;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Guests with threads. */
@Timeout(60)
class ThreadsTest {
    /** How instances run, and where memories live. */
    record Setup(Mode mode, StoreKind kind) {}

    static Stream<Setup> setups() {
        return Mode.available().stream()
                .flatMap(
                        mode ->
                                Stream.of(StoreKind.HEAP, StoreKind.NATIVE)
                                        .map(kind -> new Setup(mode, kind)));
    }

    private static final Setup ANY = new Setup(Mode.FAST, StoreKind.HEAP);

    private static final String HEAD =
            """
            (module
              (import "env" "memory" (memory 1 16 shared))
              (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
              (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              (import "wasi_snapshot_preview1" "poll_oneoff"
                (func $poll (param i32 i32 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_read"
                (func $read (param i32 i32 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_write"
                (func $write (param i32 i32 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
              (import "wasi_snapshot_preview1" "sock_accept"
                (func $accept (param i32 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "path_open"
                (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
              (export "memory" (memory 0))
              (func $rest (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1))))
              (func $sleep
                ;; One subscription to the monotonic clock, for a day.
                (i32.store8 (i32.const 1032) (i32.const 0))
                (i32.store (i32.const 1040) (i32.const 1))
                (i64.store (i32.const 1048) (i64.const 86400000000000))
                (i32.store16 (i32.const 1064) (i32.const 0))
                (drop (call $poll (i32.const 1024) (i32.const 2048) (i32.const 1) (i32.const 8))))
              (func $input
                (i32.store (i32.const 3000) (i32.const 3100))
                (i32.store (i32.const 3004) (i32.const 1))
                (drop (call $read (i32.const 0) (i32.const 3000) (i32.const 1) (i32.const 3008))))
              (func $spin (loop $l (br $l)))
              (func $count (drop (i32.atomic.rmw.add (i32.const 16) (i32.const 1)))
                (drop (memory.atomic.notify (i32.const 16) (i32.const -1))))
              (func $until (param $n i32) (local $seen i32)
                ;; Waits until $count has been called n times.
                (loop $l
                  (local.set $seen (i32.atomic.load (i32.const 16)))
                  (if (i32.lt_u (local.get $seen) (local.get $n))
                    (then
                      (drop
                        (memory.atomic.wait32 (i32.const 16) (local.get $seen) (i64.const -1)))
                      (br $l)))))
              (func $start (param i32)
                (if (i32.le_s (call $spawn (local.get 0)) (i32.const 0)) (then unreachable)))
            """;

    /** A module: what threads do with their argument, and what the first one does. */
    private static String guest(String thread, String first) {
        return HEAD
                + "(func (export \"wasi_thread_start\") (param $id i32) (param $arg i32) "
                + thread
                + ") (func (export \"_start\") "
                + first
                + "))";
    }

    /** A guest in its store. */
    private static final class Machine implements AutoCloseable {
        final Store store;
        final Wasi wasi;
        final Linker linker;
        private final Setup setup;

        Machine(Setup setup, WasiConfig config, StoreLimits limits) throws Exception {
            this.setup = setup;
            store = Store.create(Engine.create(), setup.kind, limits);
            wasi = Wasi.create(config);
            linker = Linker.create(store);
        }

        int run(String text) {
            var module = Module.of(store.engine(), TextParser.parse(text));
            wasi.define(linker, module);
            return wasi.run(linker.instantiate(module, setup.mode));
        }

        @Override
        public void close() {
            store.close();
            wasi.close();
        }
    }

    private static Machine machine(Setup setup, WasiConfig config) throws Exception {
        return new Machine(setup, config, StoreLimits.defaults());
    }

    private static Machine machine(Setup setup) throws Exception {
        return machine(setup, WasiConfig.empty());
    }

    private static List<String> guestThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("nacelle-thread"))
                .toList();
    }

    @AfterEach
    void noThreadIsLeft() {
        assertEquals(List.of(), guestThreads());
    }

    @ParameterizedTest
    @MethodSource("setups")
    void threadsWorkTogether(Setup setup) throws Exception {
        try (var machine = machine(setup)) {
            int code =
                    machine.run(
                            guest(
                                    """
                                    (local $i i32)
                                    (if (i32.eqz (local.get $id)) (then unreachable))
                                    (loop $l
                                      (drop (i32.atomic.rmw16.add_u (i32.const 32) (i32.const 1)))
                                      (local.set $i (i32.add (local.get $i) (i32.const 1)))
                                      (br_if $l (i32.lt_u (local.get $i) (i32.const 5000))))
                                    (drop (i32.atomic.rmw.or (i32.const 36) (local.get $arg)))
                                    (call $count)
                                    """,
                                    """
                                    (call $start (i32.const 1))
                                    (call $start (i32.const 2))
                                    (call $start (i32.const 4))
                                    (call $until (i32.const 3))
                                    (if (i32.ne (i32.load (i32.const 36)) (i32.const 7))
                                      (then unreachable))
                                    (call $exit (i32.load (i32.const 32)))
                                    """));
            assertEquals(15000, code);
        }
    }

    static Stream<String> waits() {
        return Stream.of("(call $rest)", "(call $sleep)", "(call $input)", "(call $spin)");
    }

    /** Whatever the first thread and a second one are in, a third one's trap ends it. */
    @ParameterizedTest
    @MethodSource("setups")
    void aTrapEndsTheGroup(Setup setup) throws Exception {
        for (var wait : waits().toList()) {
            for (var other : waits().toList()) {
                try (var input = new PipedInputStream(new PipedOutputStream());
                        var machine = machine(setup, WasiConfig.empty().withStdin(input))) {
                    var text =
                            guest(
                                    "(if (local.get $arg) (then (call $count) "
                                            + other
                                            + ")) (call $until (i32.const 1)) unreachable",
                                    "(call $start (i32.const 1)) (call $start (i32.const 0))"
                                            + wait);
                    var trap = assertThrows(Trap.class, () -> machine.run(text), wait + other);
                    assertEquals("unreachable", trap.getMessage());
                    assertEquals(List.of(), guestThreads());
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void anExitOfAnyThreadEndsTheGroup(Setup setup) throws Exception {
        for (var wait : waits().toList()) {
            try (var input = new PipedInputStream(new PipedOutputStream());
                    var machine = machine(setup, WasiConfig.empty().withStdin(input))) {
                var text =
                        guest(
                                "(if (local.get $arg) (then (call $exit (i32.const 42)))) " + wait,
                                "(call $start (i32.const 0)) (call $start (i32.const 0))"
                                        + " (call $start (i32.const 1)) "
                                        + wait);
                assertEquals(42, machine.run(text), wait);
                assertEquals(List.of(), guestThreads());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void theFirstThreadsReturnEndsTheGroup(Setup setup) throws Exception {
        for (var wait : waits().toList()) {
            try (var input = new PipedInputStream(new PipedOutputStream());
                    var machine = machine(setup, WasiConfig.empty().withStdin(input))) {
                var text =
                        guest(
                                "(call $count) " + wait,
                                "(call $start (i32.const 0)) (call $start (i32.const 0))"
                                        + " (call $until (i32.const 2))");
                assertEquals(0, machine.run(text), wait);
                assertEquals(List.of(), guestThreads());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void stoppingOrClosingTheFirstStoreEndsTheGroup(Setup setup) throws Exception {
        for (var wait : waits().toList()) {
            for (int way = 0; way < 3; way++) {
                try (var input = new PipedInputStream(new PipedOutputStream());
                        var machine = machine(setup, WasiConfig.empty().withStdin(input))) {
                    Runnable end =
                            switch (way) {
                                case 0 -> machine.store::stop;
                                case 1 -> machine.store::close;
                                // Ends a wait only, not what computes.
                                default ->
                                        wait.contains("spin") || wait.contains("rest")
                                                ? machine.store::stop
                                                : machine.wasi::stop;
                            };
                    var text = guest(wait, "(call $start (i32.const 0)) " + wait);
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        while (guestThreads().isEmpty()) {
                                            Thread.onSpinWait();
                                        }
                                        end.run();
                                    });
                    var e = assertThrows(RuntimeException.class, () -> machine.run(text));
                    // A wait of WASI's does not tell the one from the other.
                    boolean told = wait.contains("spin") || wait.contains("rest");
                    assertTrue(
                            e instanceof StoppedException && (way != 1 || !told)
                                    || e instanceof ClosedException && way == 1,
                            way + wait + e);
                    assertEquals(List.of(), guestThreads());
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void moreThreadsThanAllowedAreRefused(Setup setup) throws Exception {
        var text =
                guest(
                        """
                        (call $count)
                        (if (local.get $arg) (then (call $rest)))
                        """,
                        """
                        (local $first i32)
                        (call $start (i32.const 1))
                        (call $start (i32.const 1))
                        (local.set $first (call $spawn (i32.const 0)))
                        (if (i32.le_s (local.get $first) (i32.const 0)) (then unreachable))
                        ;; Minus EAGAIN, until the one that returns has ended.
                        (loop $l
                          (if (i32.ne (call $spawn (i32.const 1)) (i32.const -6)) (then (return)))
                          (br $l))
                        """);
        try (var machine = machine(setup, WasiConfig.empty().withMaxThreads(3))) {
            assertEquals(0, machine.run(text));
        }
        try (var machine = machine(setup, WasiConfig.empty().withMaxThreads(2))) {
            assertThrows(Trap.class, () -> machine.run(text));
        }
        var none = guest("", "(call $exit (i32.sub (i32.const 0) (call $spawn (i32.const 0))))");
        try (var machine = machine(setup, WasiConfig.empty().withMaxThreads(0))) {
            assertEquals(6, machine.run(none));
        }
    }

    @Test
    void numbersOfThreadsAreUsedAgainOnlyWhenFree() throws Exception {
        var text =
                guest(
                        "(call $count)",
                        """
                        (local $n i32) (local $last i32) (local $id i32)
                        (loop $l
                          (local.set $id (call $spawn (i32.const 0)))
                          (if (i32.le_s (local.get $id) (local.get $last)) (then unreachable))
                          (local.set $last (local.get $id))
                          (local.set $n (i32.add (local.get $n) (i32.const 1)))
                          (call $until (local.get $n))
                          (br_if $l (i32.lt_u (local.get $n) (i32.const 300))))
                        """);
        try (var machine = machine(ANY, WasiConfig.empty().withMaxThreads(10))) {
            assertEquals(0, machine.run(text));
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void limitsHoldForAllThreadsTogether(Setup setup) throws Exception {
        // 1 page is shared; 4 threads with 2 pages each do not fit into 8.
        var text =
                guest(
                                "(call $count) (call $rest)",
                                """
                                (call $start (i32.const 0))
                                (call $start (i32.const 0))
                                (if (i32.ne (call $spawn (i32.const 0)) (i32.const -6))
                                  (then unreachable))
                                (if (i32.ne (memory.grow (i32.const 2)) (i32.const -1))
                                  (then unreachable))
                                (if (i32.ne (memory.grow (i32.const 1)) (i32.const 1))
                                  (then unreachable))
                                """)
                        .replace("(func $rest", "(memory $own 2) (func $rest");
        var limits = StoreLimits.defaults().withMemoryBytes(8 << 16);
        try (var machine = new Machine(setup, WasiConfig.empty(), limits)) {
            assertEquals(0, machine.run(text));
        }
    }

    @Test
    void fuelIsSharedByAllThreads() throws Exception {
        var engine = Engine.create(EngineConfig.defaults().withFuel());
        try (var store = Store.create(engine);
                var wasi = Wasi.create(WasiConfig.empty())) {
            store.setFuel(3_000_000);
            var linker = Linker.create(store);
            var module =
                    Module.of(
                            engine,
                            TextParser.parse(
                                    guest(
                                            "(call $spin)",
                                            "(call $start (i32.const 0)) (call $rest)")));
            wasi.define(linker, module);
            var e =
                    assertThrows(
                            ExhaustedException.class, () -> wasi.run(linker.instantiate(module)));
            assertEquals(ExhaustedException.Resource.FUEL, e.resource());
            assertTrue(store.fuel() < 1 << 17);
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void threadsGetTheHostsImports(Setup setup) throws Exception {
        var calls = new AtomicInteger();
        var type = FuncType.of(List.of(NumType.I32), List.of());
        var config =
                WasiConfig.empty()
                        .withThreadImports(
                                linker ->
                                        linker.define(
                                                "host",
                                                "tell",
                                                type,
                                                frame -> calls.addAndGet(frame.i32(0))));
        var text =
                guest(
                                "(call $tell (local.get $arg)) (call $count)",
                                "(call $tell (i32.const 1)) (call $start (i32.const 10))"
                                        + " (call $start (i32.const 100))"
                                        + " (call $until (i32.const 2))")
                        .replace(
                                "(export \"memory\"",
                                "(import \"host\" \"tell\" (func $tell (param i32)))"
                                        + " (export \"memory\"");
        try (var machine = machine(setup, config)) {
            machine.linker.define("host", "tell", type, frame -> calls.addAndGet(frame.i32(0)));
            assertEquals(0, machine.run(text));
            assertEquals(111, calls.get());
        }
        try (var machine = machine(setup)) {
            machine.linker.define("host", "tell", type, _ -> {});
            assertThrows(LinkException.class, () -> machine.run(text));
        }
    }

    @Test
    void aHostFunctionThatFailsInAThreadEndsTheGroup() throws Exception {
        var type = FuncType.of(List.of(), List.of());
        var config =
                WasiConfig.empty()
                        .withThreadImports(
                                linker ->
                                        linker.define(
                                                "host",
                                                "fail",
                                                type,
                                                _ -> {
                                                    throw new UnsupportedOperationException("no");
                                                }));
        var text =
                guest("(call $fail)", "(call $start (i32.const 0)) (call $rest)")
                        .replace(
                                "(export \"memory\"",
                                "(import \"host\" \"fail\" (func $fail)) (export \"memory\"");
        try (var machine = machine(ANY, config)) {
            machine.linker.define("host", "fail", type, _ -> {});
            var e = assertThrows(UnsupportedOperationException.class, () -> machine.run(text));
            assertEquals("no", e.getMessage());
        }
    }

    @Test
    void aModuleWithoutAnEntryForThreadsCannotSpawn() throws Exception {
        var text = HEAD + "(func (export \"_start\") (drop (call $spawn (i32.const 0)))))";
        try (var machine = machine(ANY)) {
            var e = assertThrows(IllegalStateException.class, () -> machine.run(text));
            assertTrue(e.getMessage().contains("wasi_thread_start"));
        }
    }

    @ParameterizedTest
    @MethodSource("setups")
    void threadsEndWithTheSystemWhenNoCallHoldsThem(Setup setup) throws Exception {
        try (var machine = machine(setup)) {
            var text =
                    guest("(call $count) (call $rest)", "")
                            .replace(
                                    "(func (export \"_start\")",
                                    "(func (export \"begin\") (call $start (i32.const 0))"
                                            + " (call $until (i32.const 1)))"
                                            + " (func (export \"_start\")");
            var module = Module.of(machine.store.engine(), TextParser.parse(text));
            machine.wasi.define(machine.linker, module);
            var instance = machine.linker.instantiate(module, setup.mode);
            instance.func("begin").call();
            instance.func("begin").call();
            assertEquals(2, guestThreads().size());
            machine.wasi.close();
            assertEquals(List.of(), guestThreads());
        }
    }

    /** Threads open, write and close descriptors whose numbers they take from each other. */
    @ParameterizedTest
    @MethodSource("setups")
    void descriptorsAreShared(Setup setup) throws Exception {
        var files = FileSystem.inMemory(1 << 20);
        var thread =
                """
                (local $i i32) (local $fd i32) (local $at i32)
                (local.set $at (i32.add (i32.const 8192) (i32.mul (local.get $arg) (i32.const 64))))
                (i32.store8 (local.get $at) (i32.add (i32.const 97) (local.get $arg)))
                (i32.store (i32.add (local.get $at) (i32.const 16)) (local.get $at))
                (i32.store (i32.add (local.get $at) (i32.const 20)) (i32.const 1))
                (loop $l
                  (if (call $open (i32.const 3) (i32.const 0) (local.get $at) (i32.const 1)
                        (i32.const 9) (i64.const -1) (i64.const -1) (i32.const 1)
                        (i32.add (local.get $at) (i32.const 32)))
                    (then unreachable))
                  (local.set $fd (i32.load (i32.add (local.get $at) (i32.const 32))))
                  (if (call $write (local.get $fd) (i32.add (local.get $at) (i32.const 16))
                        (i32.const 1) (i32.add (local.get $at) (i32.const 40)))
                    (then unreachable))
                  (if (call $close (local.get $fd)) (then unreachable))
                  (local.set $i (i32.add (local.get $i) (i32.const 1)))
                  (br_if $l (i32.lt_u (local.get $i) (i32.const 300))))
                (call $count)
                """;
        var first =
                """
                (call $start (i32.const 0)) (call $start (i32.const 1))
                (call $start (i32.const 2)) (call $start (i32.const 3))
                (call $until (i32.const 4))
                """;
        var config = WasiConfig.empty().withFileSystem(files, "/", Access.READ_WRITE);
        // The flags: create and truncate; append, so that a write to another's file would show.
        try (var machine = machine(setup, config)) {
            assertEquals(0, machine.run(guest(thread, first)));
        }
        try (var root = files.openRoot()) {
            for (var name : List.of("a", "b", "c", "d")) {
                assertEquals(1, root.stat(name).size(), name);
            }
        }
    }

    /** A thread that waits for connections ends its wait when another closes the socket. */
    @ParameterizedTest
    @MethodSource("setups")
    void closingASocketEndsAnothersWait(Setup setup) throws Exception {
        var server = ServerSocketChannel.open().bind(new InetSocketAddress("localhost", 0));
        int port = server.socket().getLocalPort();
        var text =
                guest(
                        """
                        (call $count)
                        (i32.store (i32.const 24)
                          (call $accept (i32.const 3) (i32.const 0) (i32.const 64)))
                        (call $count)
                        """,
                        """
                        (call $start (i32.const 0))
                        (call $until (i32.const 1))
                        (drop (memory.atomic.wait32
                          (i32.const 0) (i32.const 0) (i64.const 100000000)))
                        (if (call $close (i32.const 3)) (then unreachable))
                        (call $until (i32.const 2))
                        (call $exit (i32.load (i32.const 24)))
                        """);
        try (var machine = machine(setup, WasiConfig.empty().withListener(server))) {
            int code = machine.run(text);
            assertTrue(code > 0, "accept has failed");
            // The port is free at once: nobody's selector holds the socket.
            ServerSocketChannel.open().bind(new InetSocketAddress("localhost", port)).close();
        }
    }

    @Test
    void anExceptionOfAThreadKeepsItsBacktrace() throws Exception {
        try (var machine = machine(ANY)) {
            var text =
                    guest("(call $deep)", "(call $start (i32.const 0)) (call $rest)")
                            .replace("(func $rest", "(func $deep unreachable) (func $rest");
            var trap = assertThrows(Trap.class, () -> machine.run(text));
            assertInstanceOf(Trap.class, trap);
            assertTrue(
                    trap.guestFrames().stream().anyMatch(f -> f.toString().contains("deep")),
                    trap.guestFrames().toString());
        }
    }
}
