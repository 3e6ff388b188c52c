// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.StoppedException;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.StoreKind;
import io.nacelle.wasi.fs.FileSystem;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Whole modules, linked and run. */
class WasiTest {
    private static final String IMPORTS =
            """
            (import "wasi_snapshot_preview1" "fd_write"
              (func $fd_write (param i32 i32 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
            """;

    @FunctionalInterface
    private interface Body {
        void run(Wasi wasi, Instance instance);
    }

    private static void run(StoreKind kind, WasiConfig config, String text, Body body)
            throws Exception {
        Engine engine = Engine.create();
        try (var store = Store.create(engine, kind);
                var wasi = Wasi.create(config)) {
            var linker = Linker.create(store);
            wasi.define(linker);
            body.run(wasi, linker.instantiate(Module.of(engine, TextParser.parse(text))));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
    void commandThatWritesAndExits(StoreKind kind) throws Exception {
        var out = new ByteArrayOutputStream();
        run(
                kind,
                WasiConfig.empty().withStdout(out),
                "(module "
                        + IMPORTS
                        + """
                        (memory (export "memory") 1)
                        (data (i32.const 8) "hello\\n")
                        (func (export "_start")
                          (i32.store (i32.const 0) (i32.const 8))
                          (i32.store (i32.const 4) (i32.const 6))
                          (if (call $fd_write
                                (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20))
                            (then unreachable))
                          (call $proc_exit (i32.load (i32.const 20)))
                          unreachable))
                        """,
                (wasi, instance) -> assertEquals(6, wasi.run(instance)));
        assertEquals("hello\n", out.toString());
    }

    @Test
    void commandThatReturns() throws Exception {
        run(
                StoreKind.HEAP,
                WasiConfig.empty(),
                "(module (func (export \"_start\")))",
                (wasi, instance) -> assertEquals(0, wasi.run(instance)));
    }

    @Test
    void reactor() throws Exception {
        run(
                StoreKind.HEAP,
                WasiConfig.empty(),
                """
                (module
                  (global $n (mut i32) (i32.const 0))
                  (func (export "_initialize") (global.set $n (i32.const 42)))
                  (func (export "get") (result i32) (global.get $n)))
                """,
                (wasi, instance) -> {
                    wasi.initialize(instance);
                    assertEquals(42, instance.func("get").call()[0]);
                    assertThrows(IllegalArgumentException.class, () -> wasi.run(instance));
                });
    }

    @Test
    void entryOfAnotherTypeIsRefused() throws Exception {
        run(
                StoreKind.HEAP,
                WasiConfig.empty(),
                "(module (func (export \"_start\") (param i32)))",
                (wasi, instance) ->
                        assertThrows(IllegalArgumentException.class, () -> wasi.run(instance)));
    }

    @Test
    void moduleWithoutMemoryIsTold() throws Exception {
        run(
                StoreKind.HEAP,
                WasiConfig.empty(),
                "(module "
                        + IMPORTS
                        + """
                        (func (export "_start")
                          (drop (call $fd_write
                            (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20)))))
                        """,
                (wasi, instance) -> {
                    var e = assertThrows(IllegalStateException.class, () -> wasi.run(instance));
                    assertTrue(e.getMessage().contains("fd_write"));
                });
    }

    /** A call that moves megabytes must not keep a guest running until it is through. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "(call $random_get (i32.const 65536) (i32.const 0x100000))",
                "(call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 20))"
            })
    void aStopEndsLongTransfers(String call) throws Exception {
        String text =
                """
                (module
                  (import "wasi_snapshot_preview1" "random_get"
                    (func $random_get (param i32 i32) (result i32)))
                  (import "wasi_snapshot_preview1" "fd_write"
                    (func $fd_write (param i32 i32 i32 i32) (result i32)))
                  (memory (export "memory") 17)
                  (func (export "_start")
                    (i32.store (i32.const 0) (i32.const 65536))
                    (i32.store (i32.const 4) (i32.const 0x100000))
                    (drop CALL)))
                """
                        .replace("CALL", call);
        Engine engine = Engine.create();
        try (var store = Store.create(engine, StoreKind.HEAP)) {
            var steps = new AtomicInteger();
            Runnable step =
                    () -> {
                        if (steps.getAndIncrement() == 0) {
                            store.stop();
                        }
                    };
            var out =
                    new ByteArrayOutputStream() {
                        @Override
                        public void write(byte[] from, int at, int length) {
                            step.run();
                        }
                    };
            var config = WasiConfig.empty().withStdout(out).withRandom(target -> step.run());
            try (var wasi = Wasi.create(config)) {
                var linker = Linker.create(store);
                wasi.define(linker);
                var instance = linker.instantiate(Module.of(engine, TextParser.parse(text)));
                assertThrows(StoppedException.class, () -> wasi.run(instance));
            }
            assertEquals(1, steps.get());
        }
    }

    /** The interface's own list: names and types, as every module that imports them has them. */
    @Test
    void allFunctionsHaveTheirTypes() throws Exception {
        Map<String, String> functions =
                Map.ofEntries(
                        Map.entry("args_get", "i32 i32"),
                        Map.entry("args_sizes_get", "i32 i32"),
                        Map.entry("environ_get", "i32 i32"),
                        Map.entry("environ_sizes_get", "i32 i32"),
                        Map.entry("clock_res_get", "i32 i32"),
                        Map.entry("clock_time_get", "i32 i64 i32"),
                        Map.entry("fd_advise", "i32 i64 i64 i32"),
                        Map.entry("fd_allocate", "i32 i64 i64"),
                        Map.entry("fd_close", "i32"),
                        Map.entry("fd_datasync", "i32"),
                        Map.entry("fd_fdstat_get", "i32 i32"),
                        Map.entry("fd_fdstat_set_flags", "i32 i32"),
                        Map.entry("fd_fdstat_set_rights", "i32 i64 i64"),
                        Map.entry("fd_filestat_get", "i32 i32"),
                        Map.entry("fd_filestat_set_size", "i32 i64"),
                        Map.entry("fd_filestat_set_times", "i32 i64 i64 i32"),
                        Map.entry("fd_pread", "i32 i32 i32 i64 i32"),
                        Map.entry("fd_prestat_get", "i32 i32"),
                        Map.entry("fd_prestat_dir_name", "i32 i32 i32"),
                        Map.entry("fd_pwrite", "i32 i32 i32 i64 i32"),
                        Map.entry("fd_read", "i32 i32 i32 i32"),
                        Map.entry("fd_readdir", "i32 i32 i32 i64 i32"),
                        Map.entry("fd_renumber", "i32 i32"),
                        Map.entry("fd_seek", "i32 i64 i32 i32"),
                        Map.entry("fd_sync", "i32"),
                        Map.entry("fd_tell", "i32 i32"),
                        Map.entry("fd_write", "i32 i32 i32 i32"),
                        Map.entry("path_create_directory", "i32 i32 i32"),
                        Map.entry("path_filestat_get", "i32 i32 i32 i32 i32"),
                        Map.entry("path_filestat_set_times", "i32 i32 i32 i32 i64 i64 i32"),
                        Map.entry("path_link", "i32 i32 i32 i32 i32 i32 i32"),
                        Map.entry("path_open", "i32 i32 i32 i32 i32 i64 i64 i32 i32"),
                        Map.entry("path_readlink", "i32 i32 i32 i32 i32 i32"),
                        Map.entry("path_remove_directory", "i32 i32 i32"),
                        Map.entry("path_rename", "i32 i32 i32 i32 i32 i32"),
                        Map.entry("path_symlink", "i32 i32 i32 i32 i32"),
                        Map.entry("path_unlink_file", "i32 i32 i32"),
                        Map.entry("poll_oneoff", "i32 i32 i32 i32"),
                        Map.entry("proc_raise", "i32"),
                        Map.entry("sched_yield", ""),
                        Map.entry("random_get", "i32 i32"),
                        Map.entry("sock_accept", "i32 i32 i32"),
                        Map.entry("sock_recv", "i32 i32 i32 i32 i32 i32"),
                        Map.entry("sock_send", "i32 i32 i32 i32 i32"),
                        Map.entry("sock_shutdown", "i32 i32"));
        var text = new StringBuilder("(module (memory (export \"memory\") 1)\n");
        functions.forEach(
                (name, params) ->
                        text.append(
                                "(import \"wasi_snapshot_preview1\" \"%s\" (func (param %s) (result i32)))\n"
                                        .formatted(name, params)));
        text.append("(import \"wasi_snapshot_preview1\" \"proc_exit\" (func (param i32)))");
        text.append("(func (export \"_start\")))");
        assertEquals(45, functions.size());
        run(
                StoreKind.HEAP,
                WasiConfig.empty(),
                // Imports come before definitions.
                text.toString().replace("(memory (export \"memory\") 1)", ""),
                (wasi, instance) -> assertEquals(0, wasi.run(instance)));
    }

    @Test
    void configurationChecksWhatItIsGiven() {
        WasiConfig config = WasiConfig.empty();
        assertThrows(IllegalArgumentException.class, () -> config.withArguments("a\0b"));
        assertThrows(IllegalArgumentException.class, () -> config.withEnvironment("A=B", "c"));
        assertThrows(IllegalArgumentException.class, () -> config.withEnvironment("", "c"));
        assertThrows(IllegalArgumentException.class, () -> config.withEnvironment("A", "\0"));
        assertThrows(IllegalArgumentException.class, () -> config.withDescriptorLimit(2));
        assertThrows(
                NotDirectoryException.class,
                () -> config.withDirectory(Path.of("no such directory"), "/", Access.READ_ONLY));
        WasiConfig tight =
                config.withDescriptorLimit(3)
                        .withFileSystem(FileSystem.inMemory(0), "/", Access.READ_WRITE);
        assertThrows(IllegalArgumentException.class, () -> Wasi.create(tight));
    }

    @Test
    void configurationIsImmutable() {
        WasiConfig base = WasiConfig.empty().withEnvironment("A", "1");
        WasiConfig changed = base.withEnvironment("A", "2").withArguments("x");
        assertEquals("A=1", base.setup().environment().getFirst());
        assertEquals(0, base.setup().arguments().size());
        assertEquals("A=2", changed.setup().environment().getFirst());
    }

    @Test
    void givenClocksAreTheGuests() throws Exception {
        var fixed =
                new Clocks() {
                    @Override
                    public long realtime() {
                        return 42;
                    }

                    @Override
                    public long monotonic() {
                        return 43;
                    }

                    @Override
                    public long processCpu() {
                        return 44;
                    }

                    @Override
                    public long threadCpu() {
                        return 45;
                    }
                };
        run(
                StoreKind.HEAP,
                WasiConfig.empty().withClocks(fixed),
                """
                (module
                  (import "wasi_snapshot_preview1" "clock_time_get"
                    (func $time (param i32 i64 i32) (result i32)))
                  (memory (export "memory") 1)
                  (func (export "time") (param i32) (result i64)
                    (if (call $time (local.get 0) (i64.const 1) (i32.const 8))
                      (then unreachable))
                    (i64.load (i32.const 8))))
                """,
                (wasi, instance) -> {
                    for (int clock = 0; clock < 4; clock++) {
                        assertEquals(42L + clock, instance.func("time").call(clock)[0]);
                    }
                });
    }

    @Test
    void givenSocketsFollowTheStandardStreams() throws Exception {
        var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (var outer = ServerSocketChannel.open().bind(loopback);
                var listener = ServerSocketChannel.open().bind(loopback);
                var first = SocketChannel.open(outer.getLocalAddress());
                var second = SocketChannel.open(listener.getLocalAddress())) {
            run(
                    StoreKind.HEAP,
                    WasiConfig.empty().withSocket(outer.accept()).withListener(listener),
                    """
                    (module
                      (import "wasi_snapshot_preview1" "fd_write"
                        (func $write (param i32 i32 i32 i32) (result i32)))
                      (import "wasi_snapshot_preview1" "sock_accept"
                        (func $accept (param i32 i32 i32) (result i32)))
                      (memory (export "memory") 1)
                      (data (i32.const 0) "\\08\\00\\00\\00\\02\\00\\00\\00hi")
                      (func (export "talk") (result i32 i32 i32)
                        (call $write (i32.const 3) (i32.const 0) (i32.const 1) (i32.const 16))
                        (call $accept (i32.const 4) (i32.const 0) (i32.const 20))
                        (call $write
                          (i32.load (i32.const 20)) (i32.const 0) (i32.const 1) (i32.const 16))))
                    """,
                    (wasi, instance) ->
                            assertArrayEquals(
                                    new Object[] {0, 0, 0}, instance.func("talk").call()));
            for (var peer : List.of(first, second)) {
                assertEquals("hi", new String(peer.socket().getInputStream().readNBytes(2), UTF_8));
            }
        }
    }
}
