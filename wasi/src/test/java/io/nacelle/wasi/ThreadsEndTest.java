// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.ClosedException;
import io.nacelle.runtime.Engine;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Memory;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.StoppedException;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.StoreKind;
import io.nacelle.runtime.StoreLimits;
import io.nacelle.runtime.Trap;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.Random;

/** Groups of threads that end at any moment, whatever their threads are at. */
@Timeout(120)
class ThreadsEndTest {
    private static final int ROUNDS = 42;

    /** Threads do what their number says; the one for 7 ends the group if it is to. */
    private static final String GUEST =
            """
            (module
              (import "env" "memory" (memory 1 64 shared))
              (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
              (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
              (import "wasi_snapshot_preview1" "poll_oneoff"
                (func $poll (param i32 i32 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "fd_read"
                (func $read (param i32 i32 i32 i32) (result i32)))
              (import "wasi_snapshot_preview1" "sock_accept"
                (func $accept (param i32 i32 i32) (result i32)))
              (memory $own 1 4)
              (export "memory" (memory 0))
              (func $rest (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1))))
              (func $spin (loop $l (br $l)))
              (func $sleep
                (i32.store (i32.const 1040) (i32.const 1))
                (i64.store (i32.const 1048) (i64.const 86400000000000))
                (drop (call $poll (i32.const 1024) (i32.const 2048) (i32.const 1) (i32.const 8))))
              (func $input
                (i32.store (i32.const 3000) (i32.const 3100))
                (i32.store (i32.const 3004) (i32.const 1))
                (drop (call $read (i32.const 0) (i32.const 3000) (i32.const 1) (i32.const 3008))))
              (func $breed
                (loop $l
                  (drop (call $spawn (i32.const 8)))
                  (br $l)))
              (func $bulk
                (loop $l
                  (drop (memory.grow (i32.const 1)))
                  (drop (memory.grow $own (i32.const 1)))
                  (memory.fill (i32.const 65536) (i32.const 1)
                    (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 65536)))
                  (br $l)))
              (func $pause
                (drop
                  (memory.atomic.wait32 (i32.const 4) (i32.const 0)
                    (i64.mul (i64.load (i32.const 48)) (i64.const 1000)))))
              (func $finish (param $kind i32)
                (if (i32.eq (local.get $kind) (i32.const 1)) (then unreachable))
                (if (i32.eq (local.get $kind) (i32.const 2)) (then (call $exit (i32.const 5)))))
              (func (export "wasi_thread_start") (param $id i32) (param $arg i32)
                (block $8 (block $7 (block $6 (block $5 (block $4 (block $3 (block $2 (block $1
                  (block $0
                    (br_table $0 $1 $2 $3 $4 $5 $6 $7 $8 (local.get $arg)))
                  (call $rest) return)
                  (call $spin) return)
                  (call $sleep) return)
                  (drop (call $accept (i32.const 3) (i32.const 0) (i32.const 4000))) return)
                  (call $input) return)
                  (call $breed) return)
                  (call $bulk) return)
                  (call $pause)
                  (call $finish (i32.sub (i32.load (i32.const 40)) (i32.const 2)))))
              (func (export "_start") (local $n i32)
                (loop $l
                  ;; The one that breeds may have taken the last place for a moment.
                  (br_if $l (i32.le_s (call $spawn (local.get $n)) (i32.const 0)))
                  (br_if $l
                    (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1)))
                      (i32.const 8))))
                (if (i32.gt_u (i32.load (i32.const 40)) (i32.const 2))
                  (then (call $rest)))
                (call $pause)
                (call $finish (i32.load (i32.const 40)))))
            """;

    @ParameterizedTest
    @EnumSource(Mode.class)
    void groupsEndWhateverTheirThreadsAreAt(Mode mode) throws Exception {
        var random = new Random(7);
        var engine = Engine.create();
        var module = Module.of(engine, TextParser.parse(GUEST));
        for (int round = 0; round < ROUNDS; round++) {
            var kind = random.nextBoolean() ? StoreKind.HEAP : StoreKind.NATIVE;
            var limits = StoreLimits.defaults().withMemoryBytes(8 << 20).withInstances(20);
            int way = round % 7;
            long micros = random.nextInt(1 << random.nextInt(15));
            try (var input = new PipedInputStream(new PipedOutputStream());
                    var server = ServerSocketChannel.open();
                    var store = Store.create(engine, kind, limits)) {
                server.bind(new InetSocketAddress("127.0.0.1", 0));
                var config =
                        WasiConfig.empty().withStdin(input).withListener(server).withMaxThreads(12);
                try (var wasi = Wasi.create(config)) {
                    var linker = Linker.create(store);
                    wasi.define(linker, module);
                    var instance = linker.instantiate(module, mode);
                    Memory memory = instance.memory("memory");
                    memory.writeI32(40, way);
                    memory.writeI64(48, micros);
                    if (way >= 5) {
                        Thread.ofPlatform().daemon().start(() -> end(store, way, micros));
                    }
                    switch (way) {
                        case 0 -> assertEquals(0, wasi.run(instance));
                        case 1, 3 -> assertThrows(Trap.class, () -> wasi.run(instance));
                        case 2, 4 -> assertEquals(5, wasi.run(instance));
                        case 5 -> assertThrows(StoppedException.class, () -> wasi.run(instance));
                        default -> {
                            var thrown =
                                    assertThrows(RuntimeException.class, () -> wasi.run(instance));
                            // Where a thread waits in WASI, closing is one way of stopping.
                            assertTrue(
                                    thrown instanceof ClosedException
                                            || thrown instanceof StoppedException,
                                    thrown::toString);
                        }
                    }
                    assertEquals(List.of(), guestThreads(), "after round " + round);
                }
            }
        }
    }

    private static List<Thread> guestThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("nacelle-thread-"))
                .toList();
    }

    private static void end(Store store, int way, long micros) {
        try {
            // Until the guest runs: a request to stop has no effect before.
            Thread.sleep(50 + micros / 1000);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        if (way == 5) {
            store.stop();
        } else {
            store.close();
        }
    }
}
