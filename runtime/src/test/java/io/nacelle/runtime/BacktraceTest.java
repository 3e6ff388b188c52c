// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.binary.BinaryEncoder;
import io.nacelle.wasm.syntax.WasmModule;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;

/** The guest's call stack in exceptions: names, order, and places in the module. */
final class BacktraceTest {
    private static final WasmModule RECURSION =
            TextParser.parse(
                    """
                    (module (func $f (export "f") (call $f)) (func $g (export "g") (call $f)))
                    """);

    private static List<String> names(Throwable exception) {
        return GuestFrame.of(exception).stream()
                .map(f -> f.module().orElse("?") + "." + f.funcName().orElse("?"))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void framesOfAllInstancesAndAcrossTheHost(World.Setup setup) {
        try (var world = setup.world()) {
            var guest = new Instance[1];
            world.linker.define(
                    "host", "in", World.NOTHING, frame -> guest[0].func("inner").call());
            guest[0] =
                    world.other(
                            "a",
                            """
                            (module $A
                              (import "host" "in" (func $in))
                              (func $inner (export "inner") (call $trap (i32.const 0)))
                              (func $trap (param $zero i32)
                                (drop (i32.div_u (i32.const 1) (local.get $zero))))
                              (func $outer (export "outer") (call $in)))
                            """);
            var it =
                    world.instance(
                            """
                            (module $B (import "a" "outer" (func $f)) (type $v (func))
                              (table funcref (elem $second))
                              (func $first (export "first")
                                (call_indirect (type $v) (i32.const 0)))
                              (func $second (call $f)))
                            """);
            var trap = assertThrows(Trap.class, () -> it.func("first").call());
            assertEquals(
                    List.of("A.trap", "A.inner", "A.outer", "B.second", "B.first"), names(trap));
            // A second time the frames are the second call's alone.
            trap = assertThrows(Trap.class, () -> it.func("first").call());
            assertEquals(5, trap.guestFrames().size());
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void tailCallsLeaveNoFrame(World.Setup setup) {
        try (var world = setup.world()) {
            world.linker.define(
                    "host",
                    "fail",
                    World.NOTHING,
                    frame -> {
                        throw new IllegalStateException("x");
                    });
            world.other(
                    "a",
                    """
                    (module $A (import "host" "fail" (func $fail))
                      (func $t (export "t") (return_call $u)) (func $u (return_call $v))
                      (func $v unreachable)
                      (func $h (export "h") (return_call $fail)))
                    """);
            var it =
                    world.instance(
                            """
                            (module $B
                              (import "a" "t" (func $t)) (import "a" "h" (func $h))
                              (func $go (export "go") (call $t))
                              (func $host (export "host") (call $h))
                              (func $both (export "both") (return_call $t)))
                            """);
            assertEquals(
                    List.of("A.v", "B.go"),
                    names(assertThrows(Trap.class, () -> it.func("go").call())));
            assertEquals(
                    List.of("A.v"), names(assertThrows(Trap.class, () -> it.func("both").call())));
            var failure = assertThrows(IllegalStateException.class, () -> it.func("host").call());
            assertEquals(List.of("B.host"), names(failure));
        }
    }

    /** Each function traps at the instruction before which it has the given number of nops. */
    @Test
    void placesAreExactAndTheSameInEveryMode() {
        var text =
                """
                (module (memory 1) (table 1 funcref) (type $v (func)) (global $g i32 (i32.const 0))
                  (func (export "unreachable") (nop) unreachable)
                  (func (export "load") (param i32)
                    (drop (i32.load (i32.add (local.get 0) (i32.const 65536)))))
                  (func (export "store") (param i32)
                    (i32.store (i32.add (local.get 0) (i32.const 65536)) (i32.const 3)))
                  (func (export "div") (param i32) (local i32)
                    (local.set 1 (i32.div_s (i32.const 1) (local.get 0))))
                  (func (export "trunc") (param i32) (drop (i32.trunc_f32_s (f32.const nan))))
                  (func (export "fill") (param i32)
                    (memory.fill (i32.const 65536) (i32.const 0) (i32.const 1)))
                  (func (export "vector") (param i32)
                    (drop (v128.load (i32.add (local.get 0) (i32.const 65521)))))
                  (func (export "indirect") (param i32) (nop)
                    (call_indirect (type $v) (i32.add (local.get 0) (i32.const 9))))
                  (func (export "call") (param i32) (nop)
                    (call $twice (i32.eqz (local.get 0))) (nop))
                  (func $twice (param i32)
                    (if (i32.lt_s (local.get 0) (i32.const 5)) (then (nop) unreachable))))
                """;
        var bytes = BinaryEncoder.encode(TextParser.parse(text));
        for (var name :
                new String[] {
                    "unreachable",
                    "load",
                    "store",
                    "div",
                    "trunc",
                    "fill",
                    "vector",
                    "indirect",
                    "call"
                }) {
            var seen = new HashSet<List<GuestFrame>>();
            World.every()
                    .forEach(
                            setup -> {
                                try (var world = setup.world()) {
                                    var module = Module.load(world.engine, bytes.clone());
                                    var it = world.linker.instantiate(module, setup.mode());
                                    var func = it.func(name);
                                    var args = new Object[func.funcType().params().size()];
                                    Arrays.fill(args, 0);
                                    var trap = assertThrows(Trap.class, () -> func.call(args));
                                    seen.add(trap.guestFrames());
                                }
                            });
            assertEquals(1, seen.size(), name + " " + seen);
            var frames = seen.iterator().next();
            int expected =
                    switch (name) {
                        case "unreachable", "call" -> 0x00;
                        case "load" -> 0x28;
                        case "store" -> 0x36;
                        case "div" -> 0x6D;
                        case "trunc" -> 0xA8;
                        case "fill" -> 0xFC;
                        case "vector" -> 0xFD;
                        default -> 0x11;
                    };
            assertEquals(expected, bytes[frames.get(0).offset()] & 0xFF, name);
            if (frames.size() > 1) {
                assertEquals(0x10, bytes[frames.get(1).offset()] & 0xFF, name);
            }
        }
    }

    /** Of the frames of compiled code the JVM keeps 1,024. */
    private static int depth(World.Setup setup) {
        return setup.isCompiled() ? 900 : 5000;
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void deepStacksAreCutInTheMiddle(World.Setup setup) {
        try (var world = setup.world()) {
            var it =
                    world.instance(
                            """
                            (module
                              (func $f (param i32)
                                (if (i32.eqz (local.get 0)) (then unreachable))
                                (call $f (i32.sub (local.get 0) (i32.const 1))))
                              (func $top (export "top") (param i32) (call $f (local.get 0))))
                            """);
            int depth = depth(setup);
            var frames = assertThrows(Trap.class, () -> it.func("top").call(depth)).guestFrames();
            assertEquals(100, frames.size());
            assertEquals("f", frames.getFirst().funcName().orElseThrow());
            assertEquals("top", frames.getLast().funcName().orElseThrow());
            assertTrue(frames.getFirst().offset() < frames.get(1).offset());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"f", "g"})
    void anExhaustedStackTellsWhereToo(String name) {
        World.every()
                .forEach(
                        setup -> {
                            try (var world = setup.world()) {
                                var module =
                                        Module.load(world.engine, BinaryEncoder.encode(RECURSION));
                                var it = world.linker.instantiate(module, setup.mode());
                                var full =
                                        assertThrows(
                                                ExhaustedException.class,
                                                () -> it.func(name).call());
                                var frames = GuestFrame.of(full);
                                assertEquals("f", frames.getFirst().funcName().orElseThrow());
                                if (!setup.isCompiled()) {
                                    assertEquals(name, frames.getLast().funcName().orElseThrow());
                                }
                                frames.forEach(
                                        frame -> assertTrue(frame.offset() > 8, frames::toString));
                            }
                        });
    }

    private static final String CROSSING =
            """
            (module $A (import "host" "fail" (func $fail))
              (func $inner (export "inner") (call $fail))
              (func (export "no-name") (call $inner)))
            """;

    private static List<String> woven(Throwable exception) {
        return Arrays.stream(exception.getStackTrace())
                .filter(
                        e ->
                                "wasm".equals(e.getModuleName())
                                        || e.getMethodName().startsWith("host"))
                .map(
                        e ->
                                "wasm".equals(e.getModuleName())
                                        ? e.getClassName() + "." + e.getMethodName()
                                        : e.getMethodName())
                .toList();
    }

    private static boolean showsInterpreter(Throwable exception) {
        return Arrays.stream(exception.getStackTrace())
                .anyMatch(e -> e.getClassName().startsWith("io.nacelle.runtime.interp"));
    }

    private static void hostFails(HostFrame frame) {
        throw new IllegalStateException("the host's own");
    }

    private static void hostCallsBack(Instance instance) {
        instance.func("no-name").call();
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void javaTracesHaveTheFramesOfGuestAndHostInTheirOrder(World.Setup setup) {
        try (var world = setup.world()) {
            world.linker.define("host", "fail", World.NOTHING, BacktraceTest::hostFails);
            var inner = world.other("a", CROSSING);
            world.linker.define("host", "back", World.NOTHING, frame -> hostCallsBack(inner));
            var it =
                    world.instance(
                            """
                            (module $B (import "host" "back" (func $back))
                              (func $first (export "first") (call $second))
                              (func $second (call $back)))
                            """);
            var thrown = assertThrows(IllegalStateException.class, () -> it.func("first").call());
            assertEquals(
                    List.of(
                            "hostFails",
                            "A.inner",
                            "A.no-name",
                            "hostCallsBack",
                            "B.second",
                            "B.first"),
                    woven(thrown));
            assertTrue(!showsInterpreter(thrown));
            var text = new StringWriter();
            thrown.printStackTrace(new PrintWriter(text));
            assertTrue(text.toString().contains("A!no-name + 0x"), text::toString);
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void trapsShowFramesWhenTheirTraceIsLookedAt(World.Setup setup) {
        try (var world = setup.world()) {
            var it =
                    world.instance(
                            """
                            (module $m (func $f unreachable)
                              (func $g (export "g") (call $f)))
                            """);
            var trap = assertThrows(Trap.class, () -> it.func("g").call());
            assertEquals(List.of("m.f", "m.g"), woven(trap));
            assertEquals(List.of("m.f", "m.g"), woven(trap), "as often as one looks");
            assertTrue(!showsInterpreter(trap));
            assertEquals("m", trap.getStackTrace()[0].getClassName());
            var place = "0x" + Integer.toHexString(trap.guestFrames().getFirst().offset());
            assertEquals(place, trap.getStackTrace()[0].getModuleVersion());

            trap = assertThrows(Trap.class, () -> it.func("g").call());
            var text = new StringWriter();
            trap.printStackTrace(new PrintWriter(text));
            assertTrue(text.toString().contains("at wasm@" + place + "/m.f("), text::toString);
        }
    }

    /** A host function may look at a trap on its way, and let it pass. */
    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#setups")
    void framesAreAddedToATraceThatHasBeenLookedAt(World.Setup setup) {
        try (var world = setup.world()) {
            var inner = world.other("a", "(module $A (func $t (export \"t\") unreachable))");
            var seen = new ArrayList<List<String>>();
            world.linker.define(
                    "host",
                    "try",
                    World.NOTHING,
                    frame -> {
                        try {
                            inner.func("t").call();
                        } catch (Trap trap) {
                            seen.add(woven(trap));
                            throw trap;
                        }
                    });
            var it =
                    world.instance(
                            """
                            (module $B (import "host" "try" (func $try))
                              (func $go (export "go") (call $try)))
                            """);
            var trap = assertThrows(Trap.class, () -> it.func("go").call());
            assertEquals(List.of(List.of("A.t")), seen);
            assertEquals(List.of("A.t", "B.go"), woven(trap));
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void whatIsLeftOutIsCounted(World.Setup setup) {
        try (var world = setup.world()) {
            var it =
                    world.instance(
                            """
                            (module $m
                              (func $f (param i32)
                                (if (i32.eqz (local.get 0)) (then unreachable))
                                (call $f (i32.sub (local.get 0) (i32.const 1))))
                              (func (export "top") (param i32) (call $f (local.get 0))))
                            """);
            int depth = depth(setup);
            var trap = assertThrows(Trap.class, () -> it.func("top").call(depth));
            assertEquals(depth + 2 - 100, GuestFrame.omitted(trap));
            var trace = trap.getStackTrace();
            assertEquals(depth + 2 - 100 + " more", trace[50].getFileName());
            assertEquals("top", trace[100].getMethodName());
            assertEquals(
                    "(omitted).frames", trace[50].getClassName() + "." + trace[50].getMethodName());
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void aKeptExceptionKeepsNoStore(World.Setup setup) throws InterruptedException {
        var kept = new ArrayList<Trap>();
        var store = trapIn(setup, kept);
        for (int i = 0; i < 50 && store.get() != null; i++) {
            System.gc();
            Thread.sleep(10);
        }
        assertEquals(null, store.get());
        assertEquals("f", kept.getFirst().guestFrames().getFirst().funcName().orElseThrow());
    }

    private static WeakReference<Store> trapIn(World.Setup setup, List<Trap> kept) {
        try (var world = setup.world()) {
            var it = world.instance("(module (func (export \"f\") unreachable))");
            kept.add(assertThrows(Trap.class, () -> it.func("f").call()));
            return new WeakReference<>(world.store);
        }
    }

    /** Names that would make up lines of a log, or control the terminal that shows it. */
    @Test
    void namesAreShownOnOneLineAndNotEndlessly() {
        var text =
                """
                (module $"m\\n\\1b[2J"
                  (func $"\\0d\\n\\u{202e}\\u{2028}%s" (export "f") unreachable))
                """
                        .formatted("x".repeat(90_000));
        try (var world = World.single().findFirst().orElseThrow().world()) {
            var it = world.instance(text);
            var trap = assertThrows(Trap.class, () -> it.func("f").call());
            var frame = trap.guestFrames().getFirst();
            assertTrue(frame.funcName().orElseThrow().length() > 90_000, "as it is");
            var shown = "m\\u{a}\\u{1b}[2J!\\u{d}\\u{a}\\u{202e}\\u{2028}xxx";
            assertTrue(frame.toString().startsWith(shown), frame.toString());
            var trace = new StringWriter();
            trap.printStackTrace(new PrintWriter(trace));
            assertTrue(trace.toString().length() < 20_000);
            assertTrue(trace.toString().indexOf('\u001b') < 0);
            var element = trap.getStackTrace()[0];
            assertTrue(element.getMethodName().startsWith("\\u{d}\\u{a}"));

            var missing = "(module (import \"a\\n\" \"b\\1b[2J\" (func)))";
            var error = assertThrows(LinkException.class, () -> world.instance(missing));
            assertTrue(error.getMessage().contains("\"a\\u{a}\" \"b\\u{1b}[2J\""));
        }
    }
}
