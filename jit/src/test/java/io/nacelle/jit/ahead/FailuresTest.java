// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit.ahead;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.ClosedException;
import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.ExhaustedException;
import io.nacelle.runtime.GuestException;
import io.nacelle.runtime.GuestFrame;
import io.nacelle.runtime.HostException;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.StoppedException;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.Trap;
import io.nacelle.runtime.TrapKind;
import io.nacelle.wasm.syntax.FuncType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/** What calls of compiled code end with when they do not return: the same as in other modes. */
class FailuresTest {
    private static final FuncType NOTHING = new FuncType(List.of(), List.of());

    private static final String TRAPS =
            """
            (module $demo
              (import "host" "call" (func $host))
              (memory 1)
              (func $inner (param i32) (result i32) (i32.load (local.get 0)))
              (func $outer (param i32) (result i32) (call $inner (local.get 0)))
              (func (export "load") (param i32) (result i32)
                (i32.add (i32.const 1) (call $outer (local.get 0))))
              (func (export "unreachable") unreachable)
              (func (export "divide") (param i32) (result i32)
                (i32.div_s (i32.const 1) (local.get 0)))
              (func $around (call $host))
              (func (export "host") (call $around)))
            """;

    private static Engine engine(Mode mode) {
        return Engine.create(EngineConfig.defaults().withMode(mode));
    }

    private static Built.App app(String text, Mode mode, Consumer<Built.App> host) {
        var linker = Linker.create(Store.create(engine(mode)));
        var app = new Built.App[1];
        linker.define("host", "call", NOTHING, _ -> host.accept(app[0]));
        app[0] = Built.of(text).instantiate(linker);
        return app[0];
    }

    private static <T extends Throwable> T failure(
            Class<T> type, Mode mode, Consumer<Built.App> host, String method, Object... args) {
        var app = app(TRAPS, mode, host);
        return assertThrows(type, () -> app.call(method, args));
    }

    private static void assertNothingInternal(Throwable failure) {
        for (var element : failure.getStackTrace()) {
            var name = element.getClassName();
            assertFalse(
                    name.startsWith("com.example.app.wasm.")
                            || name.startsWith("io.nacelle.runtime."),
                    () -> Arrays.toString(failure.getStackTrace()));
        }
    }

    @Test
    void trapsTellWhereTheyAre() {
        var fast = failure(Trap.class, Mode.FAST, _ -> {}, "load", 1 << 16);
        var compiled = failure(Trap.class, Mode.AUTO, _ -> {}, "load", 1 << 16);
        assertEquals(TrapKind.OUT_OF_BOUNDS_MEMORY, compiled.kind());
        assertEquals(3, GuestFrame.of(fast).size());
        assertEquals(GuestFrame.of(fast), GuestFrame.of(compiled));
        assertEquals(
                Arrays.stream(fast.getStackTrace()).limit(3).toList(),
                Arrays.stream(compiled.getStackTrace()).limit(3).toList());
        assertEquals("com.example.app.App", compiled.getStackTrace()[3].getClassName());
        assertNothingInternal(compiled);
    }

    @Test
    void trapsAreThoseOfOtherModes() {
        for (var method : List.of("unreachable", "host")) {
            Consumer<Built.App> host =
                    app -> {
                        throw new Trap(TrapKind.UNREACHABLE);
                    };
            var fast = failure(Trap.class, Mode.FAST, host, method);
            var compiled = failure(Trap.class, Mode.AUTO, host, method);
            assertEquals(fast.kind(), compiled.kind());
            assertEquals(GuestFrame.of(fast), GuestFrame.of(compiled));
        }
        assertEquals(
                TrapKind.INTEGER_DIVIDE_BY_ZERO,
                failure(Trap.class, Mode.AUTO, _ -> {}, "divide", 0).kind());
    }

    @Test
    void framesOfNestedCallsAreAllThere() {
        Consumer<Built.App> host = app -> app.call("load", -1);
        var fast = failure(Trap.class, Mode.FAST, host, "host");
        var compiled = failure(Trap.class, Mode.AUTO, host, "host");
        assertEquals(5, GuestFrame.of(fast).size());
        assertEquals(GuestFrame.of(fast), GuestFrame.of(compiled));
        assertNothingInternal(compiled);
        var marked =
                Arrays.stream(compiled.getStackTrace())
                        .filter(element -> "wasm".equals(element.getModuleName()))
                        .count();
        var markedInFast =
                Arrays.stream(fast.getStackTrace())
                        .filter(element -> "wasm".equals(element.getModuleName()))
                        .count();
        assertEquals(markedInFast, marked);
    }

    @Test
    void exceptionsOfTheHostPass() {
        for (var thrown :
                List.of(new IndexOutOfBoundsException("mine"), new IllegalStateException("mine"))) {
            Consumer<Built.App> host =
                    app -> {
                        throw thrown;
                    };
            var fast =
                    assertThrows(
                            RuntimeException.class, () -> app(TRAPS, Mode.FAST, host).call("host"));
            var compiled =
                    assertThrows(
                            RuntimeException.class, () -> app(TRAPS, Mode.AUTO, host).call("host"));
            assertSame(fast.getClass(), compiled.getClass());
            assertSame(
                    thrown,
                    compiled instanceof HostException wrapped ? wrapped.getCause() : compiled);
        }
    }

    @Test
    void exceptionsOfGuestsPass() {
        var text =
                """
                (module
                  (import "host" "call" (func $host))
                  (tag $t (export "t") (param i32))
                  (func (export "fail") (param i32) (throw $t (local.get 0)))
                  (func (export "rescue") (result i32)
                    (block $h (result i32)
                      (try_table (catch $t $h) (call $host))
                      (i32.const -1))))
                """;
        var app = app(text, Mode.AUTO, self -> self.call("fail", 42));
        var thrown = assertThrows(GuestException.class, () -> app.call("fail", 7));
        assertEquals(7, thrown.value(0));
        assertEquals(1, GuestFrame.of(thrown).size());
        assertEquals(42, app.call("rescue"));
    }

    @Test
    void stacksEnd() {
        var text =
                """
                (module
                  (func $f (export "f") (param i32) (result i32)
                    (if (result i32) (i32.eqz (local.get 0))
                      (then (i32.const 0))
                      (else (i32.add (i32.const 1)
                        (call $f (i32.sub (local.get 0) (i32.const 1))))))))
                """;
        var app = Built.of(text).instantiate(Linker.create(Store.create(engine(Mode.AUTO))));
        var failure = assertThrows(ExhaustedException.class, () -> app.call("f", 1 << 30));
        assertEquals(ExhaustedException.Resource.CALL_STACK, failure.resource());
        assertEquals(1000, app.call("f", 1000));
    }

    @Test
    void fuelIsCountedAsElsewhere() {
        var text =
                """
                (module
                  (func (export "sum") (param $n i32) (result i32) (local $s i32)
                    (loop $l
                      (local.set $s (i32.add (local.get $s) (local.get $n)))
                      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
                    (local.get $s)))
                """;
        var built = Built.of(text, Built.OPTIONS.withFuel());
        long[] left = new long[2];
        for (int i = 0; i < 2; i++) {
            var mode = i == 0 ? Mode.FAST : Mode.AUTO;
            var engine = Engine.create(EngineConfig.defaults().withMode(mode).withFuel());
            var store = Store.create(engine);
            store.setFuel(1000);
            var app = built.instantiate(Linker.create(store));
            assertEquals(55, app.call("sum", 10));
            left[i] = store.fuel();
            var failure = assertThrows(ExhaustedException.class, () -> app.call("sum", 1 << 20));
            assertEquals(ExhaustedException.Resource.FUEL, failure.resource());
        }
        assertEquals(left[0], left[1]);
        assertTrue(left[1] < 1000);
    }

    @Test
    void enginesMustAskForWhatWasCompiled() {
        var plain = Built.of("(module (func (export \"f\") (drop (i32.const 1))))");
        var metered =
                Built.of(
                        "(module (func (export \"f\") (drop (i32.const 1))))",
                        Built.OPTIONS.withFuel());
        var exact =
                Built.of(
                        "(module (func (export \"f\") (drop (i32.const 1))))",
                        Built.OPTIONS.withDeterminism());
        var config = EngineConfig.defaults();
        assertMismatch(plain, config.withFuel(), "compile it with --fuel");
        assertMismatch(metered, config, "compile it without --fuel");
        assertMismatch(plain, config.withDeterminism(), "compile it with --deterministic");
        assertMismatch(exact, config, "compile it without --deterministic");
        // Interpreters do what the engine asks for.
        var store = Store.create(Engine.create(config.withFuel().withMode(Mode.FAST)));
        store.setFuel(100);
        plain.instantiate(Linker.create(store)).call("f");
        assertTrue(store.fuel() < 100);
    }

    private static void assertMismatch(Built built, EngineConfig config, String remedy) {
        var linker = Linker.create(Store.create(Engine.create(config)));
        var failure = assertThrows(IllegalStateException.class, () -> built.instantiate(linker));
        assertTrue(failure.getMessage().contains(remedy), failure.getMessage());
        assertTrue(failure.getMessage().startsWith("com.example.app.App "), failure.getMessage());
    }

    private static final String ENDLESS =
            "(module (import \"host\" \"call\" (func $host))"
                    + " (func (export \"run\") (call $host) (loop (br 0))))";

    @Test
    @Timeout(20)
    void stops() throws InterruptedException {
        for (int i = 0; i < 5; i++) {
            var inside = new CountDownLatch(1);
            var app = app(ENDLESS, Mode.AUTO, _ -> inside.countDown());
            var store = app.instance().store();
            var thread =
                    Thread.ofPlatform()
                            .start(
                                    () ->
                                            assertThrows(
                                                    StoppedException.class, () -> app.call("run")));
            inside.await();
            assertThrows(IllegalStateException.class, () -> app.call("run"));
            store.stop();
            thread.join();
        }
    }

    @Test
    void closedStoresAreNotEntered() {
        var app = app(TRAPS, Mode.AUTO, _ -> {});
        app.call("host");
        app.instance().store().close();
        assertInstanceOf(
                ClosedException.class,
                assertThrows(RuntimeException.class, () -> app.call("host")));
    }
}
