// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.StoppedException;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.Trap;
import io.nacelle.wasi.fs.FileSystem;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Guests with threads that fail, stop and use WASI at unfortunate moments. */
@Timeout(60)
class ThreadsRaceTest {
    private static final String HEAD =
            """
            (module
              (import "env" "memory" (memory 1 1 shared))
              (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
              (export "memory" (memory 0))
              (func $rest (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1))))
              (func (export "rest") (call $rest))
              (func (export "begin") (drop (call $spawn (i32.const 0))))
            """;

    private static final String TRAP_WHEN_TOLD =
            HEAD
                    + """
                    (func (export "_start") (call $rest))
                    (func (export "wasi_thread_start") (param i32 i32)
                      (loop $l (br_if $l (i32.eqz (i32.atomic.load (i32.const 16)))))
                      unreachable))
                    """;

    private final Engine engine = Engine.create();
    private final Store store = Store.create(engine);
    private Wasi wasi;

    @AfterEach
    void close() throws Exception {
        wasi.close();
        store.close();
        assertEquals(List.of(), guestThreads());
    }

    private static List<Thread> guestThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("nacelle-thread-"))
                .toList();
    }

    private Instance instance(String text, WasiConfig config, Mode mode) throws Exception {
        wasi = Wasi.create(config);
        var module = Module.of(engine, TextParser.parse(text));
        var linker = Linker.create(store);
        wasi.define(linker, module);
        return linker.instantiate(module, mode);
    }

    private static void untilNoThreadRuns() throws InterruptedException {
        while (!guestThreads().isEmpty()) {
            Thread.sleep(1);
        }
    }

    @Test
    void aFailureBetweenTwoCallsOfTheHostIsNotLost() throws Exception {
        var guest = instance(TRAP_WHEN_TOLD, WasiConfig.empty(), Mode.FAST);
        assertThrows(
                Trap.class,
                () ->
                        wasi.together(
                                () -> {
                                    guest.func("begin").call();
                                    guest.memory("memory").writeI32(16, 1);
                                    // The thread fails while nobody is inside the first store.
                                    pause();
                                    return guest.func("rest").call();
                                }));
    }

    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aFailureBeforeACallEndsTheCallOnce() throws Exception {
        var guest = instance(TRAP_WHEN_TOLD, WasiConfig.empty(), Mode.FAST);
        guest.func("begin").call();
        guest.memory("memory").writeI32(16, 1);
        untilNoThreadRuns();
        assertThrows(Trap.class, () -> wasi.run(guest));
        guest.memory("memory").writeI32(16, 0);
        // It has been told; the next call is a new beginning.
        assertEquals(
                7,
                wasi.together(
                        () -> {
                            guest.func("begin").call();
                            assertEquals(1, guestThreads().size());
                            return 7;
                        }));
    }

    /** The stop comes when the new thread is not yet inside its store, and so misses it. */
    @ParameterizedTest
    @EnumSource(Mode.class)
    void aStopMeetsAThreadThatIsBeingMade(Mode mode) throws Exception {
        var text =
                HEAD
                        + """
                        (func $init
                          ;; The second instance never gets done.
                          (if (i32.atomic.rmw.add (i32.const 32) (i32.const 1))
                            (then (loop $l (br $l)))))
                        (start $init)
                        (func (export "_start")
                          (drop (call $spawn (i32.const 0)))
                          (call $rest))
                        (func (export "wasi_thread_start") (param i32 i32)))
                        """;
        var config = WasiConfig.empty().withThreadImports(_ -> store.stop());
        var guest = instance(text, config, mode);
        assertThrows(StoppedException.class, () -> wasi.run(guest));
    }

    @Test
    void threadsThatComeAndGoLeaveNothing() throws Exception {
        var text =
                HEAD
                        + """
                        (memory $own 1)
                        (func (export "_start")
                          (local $n i32)
                          (loop $l
                            (if (i32.gt_s (call $spawn (i32.const 0)) (i32.const 0))
                              (then (local.set $n (i32.add (local.get $n) (i32.const 1))))
                              (else
                                (drop
                                  (memory.atomic.wait32
                                    (i32.const 0) (i32.const 0) (i64.const 100000)))))
                            (br_if $l (i32.lt_u (local.get $n) (i32.const 300)))))
                        (func (export "wasi_thread_start") (param i32 i32)))
                        """;
        var guest = instance(text, WasiConfig.empty().withMaxThreads(4), Mode.FAST);
        wasi.run(guest);
        long before = mappings();
        for (int i = 0; i < 4; i++) {
            wasi.run(guest);
        }
        long after = mappings();
        assertTrue(after < before + 100, before + " mappings, then " + after);
    }

    private static long mappings() throws Exception {
        var maps = Path.of("/proc/self/maps");
        if (!Files.exists(maps)) {
            return 0;
        }
        try (var lines = Files.lines(maps)) {
            return lines.count();
        }
    }

    // Threads that call anything with anything.

    /**
     * The functions that are called, with what each parameter is: f a descriptor, d a directory
     * that is given, l the listener, x a descriptor that is opened meanwhile, p a path and n its
     * length, v a list of vectors and c its length, r where a result goes, b a buffer, s
     * subscriptions, g flags, w a small number; as i64 R rights and O an offset.
     */
    private static final String[] CALLS = {
        "args_get rr",
        "args_sizes_get rr",
        "environ_get rr",
        "environ_sizes_get rr",
        "clock_res_get wr",
        "clock_time_get wOr",
        "random_get bn",
        "sched_yield ",
        "poll_oneoff sbcr",
        "fd_advise fOOw",
        "fd_allocate fOO",
        "fd_close x",
        "fd_close x",
        "fd_datasync f",
        "fd_fdstat_get fr",
        "fd_fdstat_set_flags fg",
        "fd_fdstat_set_rights xRR",
        "fd_filestat_get fr",
        "fd_filestat_set_size fO",
        "fd_filestat_set_times fOOg",
        "fd_pread fvcOr",
        "fd_prestat_get fr",
        "fd_prestat_dir_name fbn",
        "fd_pwrite fvcOr",
        "fd_read fvcr",
        "fd_readdir fbnOr",
        "fd_renumber xx",
        "fd_seek fOwr",
        "fd_sync f",
        "fd_tell fr",
        "fd_write fvcr",
        "path_create_directory dpn",
        "path_filestat_get dgpnr",
        "path_filestat_set_times dgpnOOg",
        "path_link dgpndpn",
        "path_open dgpngRRgr",
        "path_open dgpngRRgr",
        "path_open fgpngRRgr",
        "path_readlink dpnbnr",
        "path_remove_directory dpn",
        "path_rename dpndpn",
        "path_symlink pndpn",
        "path_unlink_file dpn",
        "sock_accept lgr",
        "sock_accept fgr",
        "sock_recv fvcgrr",
        "sock_send fvcgr",
        "sock_shutdown fw"
    };

    /** Where the guest counts the calls of each function that succeed. */
    private static final int DONE = 20000;

    private static String argument(char kind) {
        return switch (kind) {
            case 'f' -> "(call $pick (i32.const 0) (i32.const 16))";
            case 'd' -> "(call $pick (i32.const 3) (i32.const 2))";
            case 'l' -> "(i32.const 5)";
            case 'x' -> "(call $pick (i32.const 6) (i32.const 10))";
            case 'p', 'b', 'r' -> "(call $pick (i32.const 64) (i32.const 4000))";
            case 'n' -> "(call $pick (i32.const 1) (i32.const 3))";
            case 'c' -> "(call $pick (i32.const 0) (i32.const 4))";
            case 'v' ->
                    "(i32.add (i32.const 4096) (i32.shl (call $pick (i32.const 0) (i32.const 64))"
                            + " (i32.const 3)))";
            case 's' ->
                    "(i32.add (i32.const 8192) (i32.mul (call $pick (i32.const 0) (i32.const 32))"
                            + " (i32.const 48)))";
            case 'g' ->
                    "(i32.and (i32.and (call $random) (call $random)) (i32.and (call $random) (i32.const 15)))";
            case 'w' -> "(call $pick (i32.const 0) (i32.const 4))";
            case 'R' ->
                    "(select (i64.const -1) (i64.const 0x3fffff3f) (i32.and (call $random) (i32.const 1)))";
            case 'O' -> "(i64.extend_i32_u (call $pick (i32.const 0) (i32.const 300)))";
            default -> throw new AssertionError(kind);
        };
    }

    /** The functions' names, without repetitions. */
    private static List<String> names() {
        return Stream.of(CALLS)
                .map(line -> line.substring(0, line.indexOf(' ')))
                .distinct()
                .toList();
    }

    private static int number(String name) {
        return names().indexOf(name);
    }

    private static String anything() {
        var imports = new StringBuilder();
        var cases = new StringBuilder();
        var declared = new ArrayList<String>();
        for (String line : CALLS) {
            int space = line.indexOf(' ');
            String name = line.substring(0, space);
            String kinds = line.substring(space + 1);
            if (!declared.contains(name)) {
                declared.add(name);
                imports.append(
                        "(import \"wasi_snapshot_preview1\" \"" + name + "\" (func $" + name);
                kinds.chars()
                        .forEach(
                                c ->
                                        imports.append(" (param ")
                                                .append(c < 'a' ? "i64" : "i32")
                                                .append(")"));
                imports.append(" (result i32)))\n");
            }
            cases.append("(if (i32.eq (local.get $which) (i32.const " + number(name) + "))");
            cases.append("(then (if (i32.eqz (call $" + name);
            kinds.chars().forEach(c -> cases.append(' ').append(argument((char) c)));
            cases.append(
                    ") ) (then (drop (i32.atomic.rmw.add (i32.const "
                            + (DONE + 4 * number(name))
                            + ") (i32.const 1)))))))\n");
        }
        return "(module\n"
                + imports
                + """
                  (import "env" "memory" (memory 1 4 shared))
                  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
                  (export "memory" (memory 0))
                  (global $state (mut i32) (i32.const 1))
                  (func $random (result i32)
                    (global.set $state
                      (i32.xor (global.get $state) (i32.shl (global.get $state) (i32.const 13))))
                    (global.set $state
                      (i32.xor (global.get $state) (i32.shr_u (global.get $state) (i32.const 17))))
                    (global.set $state
                      (i32.xor (global.get $state) (i32.shl (global.get $state) (i32.const 5))))
                    (global.get $state))
                  (func $pick (param $from i32) (param $count i32) (result i32)
                    (i32.add (local.get $from)
                      (i32.rem_u (call $random) (local.get $count))))
                  (func $step (param $which i32)
                """
                + cases
                + ")\n"
                + """
                  (func $fill (local $i i32)
                    ;; Names; vectors; subscriptions to clocks and descriptors.
                    (loop $l
                      (i32.store8 (local.get $i)
                        (i32.add (i32.const 97) (call $pick (i32.const 0) (i32.const 3))))
                      (if (i32.eqz (call $pick (i32.const 0) (i32.const 9)))
                        (then (i32.store8 (local.get $i) (i32.const 47))))
                      (br_if $l
                        (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                          (i32.const 4096))))
                    (loop $l
                      (i32.store (local.get $i) (call $pick (i32.const 64) (i32.const 4000)))
                      (i32.store offset=4 (local.get $i) (call $pick (i32.const 0) (i32.const 9)))
                      (br_if $l
                        (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 8)))
                          (i32.const 4736))))
                    (local.set $i (i32.const 8192))
                    (loop $l
                      (i32.store8 offset=8 (local.get $i) (call $pick (i32.const 0) (i32.const 3)))
                      (i32.store offset=16 (local.get $i) (call $pick (i32.const 0) (i32.const 8)))
                      (i64.store offset=24 (local.get $i) (i64.const 100000))
                      (i64.store offset=40 (local.get $i) (i64.const 0))
                      (br_if $l
                        (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 48)))
                          (i32.const 10000)))))
                  (func (export "wasi_thread_start") (param $id i32) (param $seed i32)
                    (local $n i32)
                    (global.set $state (i32.add (i32.const 1)
                      (i32.mul (local.get $id) (i32.const 0x9E3779B1))))
                    (loop $l
                """
                + "(call $step (call $pick (i32.const 0) (i32.const "
                + declared.size()
                + ")))\n"
                + """
                      ;; Other threads may be between two looks at this.
                      (if (i32.eqz (call $pick (i32.const 0) (i32.const 8)))
                        (then (i32.store (call $pick (i32.const 4096) (i32.const 5600))
                          (call $random))))
                      (if (i32.eqz (call $pick (i32.const 0) (i32.const 64)))
                        (then (call $fill)))
                      (br_if $l
                        (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1)))
                          (i32.const 2000)))))
                  (func (export "_start") (local $n i32)
                    (call $fill)
                    (loop $l
                      (drop (call $spawn (i32.const 0)))
                      (drop (memory.atomic.wait32 (i32.const 0)
                        (i32.atomic.load (i32.const 0)) (i64.const 2000000)))
                      (br_if $l
                        (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1)))
                          (i32.const 600))))))
                """;
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void threadsMayCallAnythingAtAnyTime(Mode mode, @TempDir Path given) throws Exception {
        Files.writeString(given.resolve("a"), "some text");
        Files.createDirectory(given.resolve("b"));
        var secret = Files.createTempFile("outside", "txt");
        Files.writeString(secret, "untouched");
        long before = descriptors();
        Thread client;
        try (var server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress("127.0.0.1", 0));
            client =
                    Thread.ofPlatform()
                            .daemon()
                            .start(
                                    () ->
                                            connect(
                                                    (InetSocketAddress)
                                                            server.socket()
                                                                    .getLocalSocketAddress()));
            var config =
                    WasiConfig.empty()
                            .withStdin(InputStream.nullInputStream())
                            .withStdout(OutputStream.nullOutputStream())
                            .withStderr(OutputStream.nullOutputStream())
                            .withDirectory(given, "/", Access.READ_WRITE)
                            .withFileSystem(FileSystem.inMemory(1 << 20), "/m", Access.READ_WRITE)
                            .withListener(server)
                            .withMaxThreads(8);
            var guest = instance(anything(), config, mode);
            assertEquals(0, wasi.run(guest));
            // Or else this would not test much.
            for (String line : List.of("fd_close", "path_open", "fd_readdir", "sock_accept")) {
                int done = guest.memory("memory").readI32(DONE + 4L * number(line));
                assertTrue(done > 0, line);
            }
            wasi.close();
        }
        // It ends when nobody listens any more.
        client.join();
        assertEquals("untouched", Files.readString(secret));
        Files.delete(secret);
        long after = descriptors();
        assertTrue(after <= before + 4, before + " descriptors, then " + after);
    }

    /** Connects again and again until nobody listens. */
    private static void connect(InetSocketAddress to) {
        while (true) {
            try (var channel = SocketChannel.open(to)) {
                channel.write(java.nio.ByteBuffer.wrap(new byte[] {1, 2, 3}));
                Thread.sleep(1);
            } catch (java.io.IOException | InterruptedException e) {
                return;
            }
        }
    }

    private static long descriptors() throws Exception {
        var open = Path.of("/proc/self/fd");
        if (!Files.exists(open)) {
            return 0;
        }
        try (var entries = Files.list(open)) {
            return entries.count();
        }
    }
}
