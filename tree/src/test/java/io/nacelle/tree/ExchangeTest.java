// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Trap;
import io.nacelle.runtime.TrapKind;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** Channels and buffers between siblings. */
final class ExchangeTest {
    private static final String EMPTY = "(module)";

    private static final String SENDS =
            """
            (module (import "nacelle:channel/mail" "send" (func $s (param i32 i32) (result i32)))
              (memory (export "memory") 1) (data (i32.const 0) "hello")
              (func (export "send") (param i32 i32) (result i32)
                (call $s (local.get 0) (local.get 1))))
            """;

    private static final String RECEIVES =
            """
            (module (import "nacelle:channel/mail" "receive" (func $r (param i32 i32) (result i32)))
              (import "nacelle:channel/mail" "length" (func $l (result i32)))
              (memory (export "memory") 1)
              (func (export "length") (result i32) (call $l))
              (func (export "receive") (param i32 i32) (result i32)
                (call $r (local.get 0) (local.get 1))))
            """;

    private static final String USES =
            """
            (module
              (import "nacelle:buffer/page" "size" (func $size (result i32)))
              (import "nacelle:buffer/page" "read" (func $read (param i32 i32 i32)))
              (import "nacelle:buffer/page" "write" (func $write (param i32 i32 i32)))
              (import "nacelle:buffer/page" "load_i32" (func $load (param i32) (result i32)))
              (import "nacelle:buffer/page" "store_i32" (func $store (param i32 i32)))
              (import "nacelle:buffer/page" "load_i64" (func $load8 (param i32) (result i64)))
              (import "nacelle:buffer/page" "store_i64" (func $store8 (param i32 i64)))
              (memory (export "memory") 1)
              (func (export "size") (result i32) (call $size))
              (func (export "load") (param i32) (result i32) (call $load (local.get 0)))
              (func (export "store") (param i32 i32) (call $store (local.get 0) (local.get 1)))
              (func (export "load8") (param i32) (result i64) (call $load8 (local.get 0)))
              (func (export "store8") (param i32 i64) (call $store8 (local.get 0) (local.get 1)))
              (func (export "read") (param i32 i32 i32)
                (call $read (local.get 0) (local.get 1) (local.get 2)))
              (func (export "write") (param i32 i32 i32)
                (call $write (local.get 0) (local.get 1) (local.get 2)))
              (func (export "forever") (loop $l (drop (call $load (i32.const 0))) (br $l))))
            """;

    private static final String READS =
            """
            (module (import "nacelle:buffer/page" "load_i32" (func $load (param i32) (result i32)))
              (func (export "load") (param i32) (result i32) (call $load (local.get 0))))
            """;

    static List<Mode> modes() {
        return Trees.modes();
    }

    private static Node mail(Node sender, Node receiver) {
        return Trees.node("app", EMPTY)
                .withChannel("mail", Channel.create(2, 10))
                .withChild(sender.withGrants(Handed.nothing().channel("mail", ChannelRight.SEND)))
                .withChild(
                        receiver.withGrants(
                                Handed.nothing().channel("mail", ChannelRight.RECEIVE)));
    }

    @ParameterizedTest
    @MethodSource("modes")
    void messagesAreCopiedInOrderAndBounded(Mode mode) {
        var root = mail(Trees.node("a", SENDS), Trees.node("b", RECEIVES));
        try (var tree = Trees.link(mode, root, Grants.none())) {
            assertEquals(-1, Trees.call(tree, "app/b", "receive", 0, 100), "empty");
            assertEquals(-1, Trees.call(tree, "app/b", "length"));
            assertEquals(0, Trees.call(tree, "app/a", "send", 0, 5));
            tree.instance("app/a").memory("memory").writeI8(0, (byte) 'j');
            assertEquals(0, Trees.call(tree, "app/a", "send", 0, 5));
            assertEquals(-1, Trees.call(tree, "app/a", "send", 0, 5), "full");
            assertEquals(-2, Trees.call(tree, "app/a", "send", 0, 11), "too long");
            assertEquals(-2, Trees.call(tree, "app/a", "send", 0, -1), "too long");
            assertEquals(5, Trees.call(tree, "app/b", "length"));
            assertEquals(-2, Trees.call(tree, "app/b", "receive", 0, 4), "no room");
            assertEquals(5, Trees.call(tree, "app/b", "receive", 100, 5));
            assertEquals(5, Trees.call(tree, "app/b", "receive", 200, 100));
            var memory = tree.instance("app/b").memory("memory");
            assertEquals('h', memory.readI8(100));
            assertEquals('j', memory.readI8(200));
            // A range that is not wholly in the memory traps, and nothing is sent or lost.
            for (int at : List.of(65532, -1, -4)) {
                var trap = assertThrows(Trap.class, () -> Trees.call(tree, "app/a", "send", at, 5));
                assertEquals(TrapKind.OUT_OF_BOUNDS_MEMORY, trap.kind());
            }
            assertEquals(0, Trees.call(tree, "app/a", "send", 65531, 5));
            assertThrows(Trap.class, () -> Trees.call(tree, "app/b", "receive", 65532, 5));
            assertThrows(Trap.class, () -> Trees.call(tree, "app/b", "receive", 5, -1));
            assertEquals(5, Trees.call(tree, "app/b", "length"));
        }
    }

    @Test
    void aRightThatIsNotGrantedIsRefusedAtLink() {
        assertEquals(
                "app/a (a): import nacelle:channel/mail.receive is not granted: `a` was given no"
                        + " \"receive\" of the channel mail by `app`\n"
                        + "app/a (a): import nacelle:channel/mail.length is not granted: `a` was"
                        + " given no \"length\" of the channel mail by `app`",
                Trees.refused(
                        mail(Trees.node("a", RECEIVES), Trees.node("b", EMPTY)), Grants.none()));
        var nobody = Trees.node("app", EMPTY).withChild(Trees.node("a", SENDS));
        assertEquals(
                "app/a (a): import nacelle:channel/mail.send is not granted: `a` was given no"
                        + " channel mail by `app`",
                Trees.refused(nobody, Grants.none()));
    }

    @Test
    void theHostSendsAndReceivesFromItsOwnThreads() throws Exception {
        var root = mail(Trees.node("a", SENDS), Trees.node("b", EMPTY));
        try (var tree = Trees.link(root, Grants.none())) {
            var channel = tree.channel("app", "mail");
            var got = new AtomicReference<byte[]>();
            var taker =
                    Thread.ofVirtual()
                            .start(
                                    () -> {
                                        try {
                                            got.set(channel.take());
                                        } catch (InterruptedException _) {
                                            Thread.currentThread().interrupt();
                                        }
                                    });
            assertEquals(0, Trees.call(tree, "app/a", "send", 0, 5));
            assertTrue(taker.join(Duration.ofSeconds(10)));
            assertArrayEquals(new byte[] {'h', 'e', 'l', 'l', 'o'}, got.get());
            assertTrue(channel.send(new byte[10]));
            assertTrue(channel.send(new byte[0]));
            assertFalse(channel.send(new byte[0]));
            assertThrows(IllegalArgumentException.class, () -> channel.send(new byte[11]));
        }
    }

    private static Node page(int size) {
        return Trees.node("app", EMPTY)
                .withBuffer("page", SharedBuffer.create(size))
                .withChild(
                        Trees.node("a", USES)
                                .withGrants(Handed.nothing().buffer("page", BufferRight.WRITE))
                                .withChild(
                                        Trees.node("sub", READS)
                                                .withGrants(
                                                        Handed.nothing()
                                                                .buffer("page", BufferRight.READ))))
                .withChild(
                        Trees.node("b", READS)
                                .withGrants(Handed.nothing().buffer("page", BufferRight.READ)));
    }

    @ParameterizedTest
    @MethodSource("modes")
    void bufferAccessesAreInPlaceAndChecked(Mode mode) {
        try (var tree = Trees.link(mode, page(100), Grants.none())) {
            var a = tree.instance("app/a");
            assertEquals(100, Trees.call(tree, "app/a", "size"));
            a.func("store").call(96, 0x01020304);
            assertEquals(0x01020304, Trees.call(tree, "app/b", "load", 96));
            assertEquals(0x02030400, Trees.call(tree, "app/b", "load", 95));
            a.func("store8").call(1, -2L);
            assertEquals(-2L, a.func("load8").call(1)[0]);
            a.memory("memory").writeI64(65528, 77);
            a.func("write").call(50, 65528, 8);
            a.func("read").call(50, 8, 8);
            assertEquals(77, a.memory("memory").readI64(8));
            assertEquals(77, Trees.call(tree, "app/b", "load", 50));
            for (int at : List.of(97, 100, -1, -4, Integer.MIN_VALUE)) {
                assertThrows(Trap.class, () -> a.func("store").call(at, 1));
                assertThrows(Trap.class, () -> Trees.call(tree, "app/b", "load", at));
            }
            assertThrows(Trap.class, () -> a.func("load8").call(93));
            assertThrows(Trap.class, () -> a.func("read").call(0, 65500, 100));
            assertThrows(Trap.class, () -> a.func("read").call(1, 0, 100));
            assertThrows(Trap.class, () -> a.func("read").call(0, 0, -1));
            assertThrows(Trap.class, () -> a.func("write").call(-1, 0, 1));
            assertThrows(Trap.class, () -> a.func("write").call(0, -1, 2));
            a.func("read").call(100, 65536, 0);
        }
    }

    @ParameterizedTest
    @MethodSource("modes")
    void afterRevocationEveryAccessFails(Mode mode) {
        try (var tree = Trees.link(mode, page(100), Grants.none())) {
            var a = tree.instance("app/a");
            for (int i = 0; i < 1000; i++) {
                a.func("store").call(0, i);
                assertEquals(i, Trees.call(tree, "app/a/sub", "load", 0));
            }
            tree.revoke("app/a", "page");
            for (int i = 0; i < 3; i++) {
                var denied = assertThrows(DeniedException.class, () -> a.func("store").call(0, 1));
                assertEquals("the buffer page was revoked", denied.getMessage());
                for (var call : List.of("load", "load8")) {
                    assertThrows(DeniedException.class, () -> a.func(call).call(0));
                }
                assertThrows(DeniedException.class, () -> a.func("size").call());
                assertThrows(DeniedException.class, () -> a.func("read").call(0, 0, 1));
                assertThrows(DeniedException.class, () -> a.func("write").call(0, 0, 1));
                assertThrows(DeniedException.class, () -> a.func("store8").call(0, 1L));
                // What it had handed on is gone too; its sibling's is not.
                assertThrows(DeniedException.class, () -> Trees.call(tree, "app/a/sub", "load", 0));
                assertEquals(999, Trees.call(tree, "app/b", "load", 0));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("modes")
    void anotherThreadRevokesWhileAGuestRuns(Mode mode) throws Exception {
        try (var tree = Trees.link(mode, page(100), Grants.none())) {
            var ended = new CountDownLatch(1);
            var failure = new AtomicReference<Throwable>();
            Thread.ofPlatform()
                    .daemon()
                    .start(
                            () -> {
                                try {
                                    tree.instance("app/a").func("forever").call();
                                } catch (Throwable e) {
                                    failure.set(e);
                                }
                                ended.countDown();
                            });
            Thread.sleep(300);
            tree.revoke("app/a", "page");
            assertTrue(ended.await(10, TimeUnit.SECONDS));
            assertEquals(DeniedException.class, failure.get().getClass());
            assertEquals(0, Trees.call(tree, "app/b", "load", 0));
        }
    }

    @ParameterizedTest
    @MethodSource("modes")
    void anOwnerTakesTheBufferBack(Mode mode) {
        var owns =
                """
                (module (import "nacelle:buffer/page" "revoke" (func $r))
                  (import "nacelle:buffer/page" "load_i32" (func $load (param i32) (result i32)))
                  (func (export "revoke") (call $r))
                  (func (export "load") (param i32) (result i32) (call $load (local.get 0))))
                """;
        var root =
                Trees.node("app", owns)
                        .withBuffer("page", SharedBuffer.create(4))
                        .withChild(
                                Trees.node("b", READS)
                                        .withGrants(
                                                Handed.nothing().buffer("page", BufferRight.READ)));
        try (var tree = Trees.link(mode, root, Grants.none())) {
            assertEquals(0, Trees.call(tree, "app/b", "load", 0));
            tree.instance("app").func("revoke").call();
            assertThrows(DeniedException.class, () -> Trees.call(tree, "app/b", "load", 0));
            assertEquals(0, Trees.call(tree, "app", "load", 0));
        }
        var child =
                Trees.node("app", EMPTY)
                        .withBuffer("page", SharedBuffer.create(4))
                        .withChild(
                                Trees.node("b", owns)
                                        .withGrants(
                                                Handed.nothing()
                                                        .buffer("page", BufferRight.WRITE)));
        assertEquals(
                "app/b (b): import nacelle:buffer/page.revoke is not granted: `b` was given no"
                        + " \"revoke\" of the buffer page by `app`",
                Trees.refused(child, Grants.none()));
    }
}
