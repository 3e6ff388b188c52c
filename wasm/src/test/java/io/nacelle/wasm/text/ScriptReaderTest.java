// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.syntax.AbsHeapType;
import io.nacelle.wasm.syntax.MalformedException;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The commands of scripts. */
final class ScriptReaderTest {
    private static List<Command> read(String script) {
        return ScriptReader.read(script.getBytes(StandardCharsets.UTF_8));
    }

    private static <T extends Command> T only(Class<T> type, String script) {
        var commands = read(script);
        assertEquals(1, commands.size());
        return assertInstanceOf(type, commands.getFirst());
    }

    private static List<ResultPattern> results(String patterns) {
        return only(Command.AssertReturn.class, "(assert_return (invoke \"f\") " + patterns + ")")
                .results();
    }

    private static ResultPattern exactly(ScriptValue value) {
        return new ResultPattern.Exactly(value);
    }

    @Test
    void modules() {
        var commands =
                read(
                        """
                        (module $a (func))
                        (module definition $b (memory 1))
                        (module instance $c $b)
                        (module binary "\\00asm" "\\01\\00\\00\\00")
                        (module $d quote "(func" "nop)")
                        (register "x" $a)
                        (register "y")
                        """);
        var first = assertInstanceOf(Command.DefineAndInstantiate.class, commands.get(0));
        assertEquals(Optional.of("a"), first.name());
        assertEquals(1, first.source().read().funcs().size());
        var second = assertInstanceOf(Command.Define.class, commands.get(1));
        assertEquals(1, second.source().read().memories().size());
        assertEquals(
                new Command.Instantiate(3, Optional.of("c"), Optional.of("b")), commands.get(2));
        var binary = assertInstanceOf(Command.DefineAndInstantiate.class, commands.get(3));
        assertEquals(0, binary.source().read().funcs().size());
        var quote = assertInstanceOf(Command.DefineAndInstantiate.class, commands.get(4));
        assertEquals(Optional.of("d"), quote.name());
        assertEquals(1, quote.source().read().funcs().size());
        assertEquals(new Command.Register(6, "x", Optional.of("a")), commands.get(5));
        assertEquals(new Command.Register(7, "y", Optional.empty()), commands.get(6));
    }

    @Test
    void fieldsWithoutModule() {
        var commands = read("(func) (memory 0)\n(func (export \"f\"))\n(invoke \"f\")");
        assertEquals(2, commands.size());
        var module = assertInstanceOf(Command.DefineAndInstantiate.class, commands.getFirst());
        assertEquals(2, module.source().read().funcs().size());
        assertEquals(3, commands.getLast().line());
    }

    @Test
    void actions() {
        assertEquals(
                new Command.Perform(
                        1,
                        new Command.Invoke(
                                Optional.of("m"),
                                "f",
                                List.of(
                                        new ScriptValue.I32(-1),
                                        new ScriptValue.I64(1L << 63),
                                        new ScriptValue.F32(0x7f800001),
                                        new ScriptValue.F64(0x3ff0_0000_0000_0000L),
                                        new ScriptValue.V128(0x0000_0002_0000_0001L, -1L),
                                        new ScriptValue.RefNull(AbsHeapType.EXTERN),
                                        new ScriptValue.RefExtern(7),
                                        new ScriptValue.RefHost(8)))),
                only(
                        Command.Perform.class,
                        """
                        (invoke $m "f" (i32.const -1) (i64.const 0x8000000000000000)
                          (f32.const nan:0x1) (f64.const 1) (v128.const i32x4 1 2 -1 -1)
                          (ref.null extern) (ref.extern 7) (ref.host 8))
                        """));
        assertEquals(
                new Command.AssertReturn(1, new Command.Get(Optional.empty(), "g"), List.of()),
                only(Command.AssertReturn.class, "(assert_return (get \"g\"))"));
    }

    @Test
    void assertions() {
        var commands =
                read(
                        """
                        (assert_trap (invoke "f") "unreachable")
                        (assert_trap (module (start 0) (func unreachable)) "unreachable")
                        (assert_exhaustion (invoke "f") "call stack exhausted")
                        (assert_exception (invoke "f"))
                        (assert_suspension (invoke "f") "unhandled")
                        (assert_malformed (module quote "(") "unexpected token")
                        (assert_invalid (module (func i32.add)) "type mismatch")
                        (assert_unlinkable (module (import "" "" (func))) "unknown import")
                        (assert_malformed_custom (module quote "(@custom)") "@custom")
                        (assert_invalid_custom (module) "@custom")
                        """);
        assertInstanceOf(Command.AssertTrap.class, commands.get(0));
        assertInstanceOf(Command.AssertInstantiationTrap.class, commands.get(1));
        assertInstanceOf(Command.AssertExhaustion.class, commands.get(2));
        assertInstanceOf(Command.AssertException.class, commands.get(3));
        assertInstanceOf(Command.AssertSuspension.class, commands.get(4));
        for (int i = 0; i < 5; i++) {
            var rejected = assertInstanceOf(Command.AssertRejected.class, commands.get(5 + i));
            assertEquals(Command.Fault.values()[i], rejected.fault());
        }
        var malformed = (Command.AssertRejected) commands.get(5);
        assertThrows(MalformedException.class, malformed.source()::read);
    }

    @Test
    void patterns() {
        assertEquals(
                List.of(
                        exactly(new ScriptValue.I32(1)),
                        new ResultPattern.F32Nan(ResultPattern.Nan.CANONICAL),
                        new ResultPattern.F64Nan(ResultPattern.Nan.ARITHMETIC),
                        new ResultPattern.AnyOf(ResultPattern.RefKind.NULL),
                        exactly(new ScriptValue.RefNull(AbsHeapType.NONE)),
                        new ResultPattern.AnyOf(ResultPattern.RefKind.FUNC),
                        new ResultPattern.AnyOf(ResultPattern.RefKind.STRUCT),
                        new ResultPattern.AnyOf(ResultPattern.RefKind.EXTERN)),
                results(
                        "(i32.const 1) (f32.const nan:canonical) (f64.const nan:arithmetic)"
                                + " (ref.null) (ref.null none) (ref.func 0) (ref.struct)"
                                + " (ref.extern)"));
        assertEquals(
                List.of(
                        new ResultPattern.Either(
                                List.of(
                                        exactly(new ScriptValue.I32(1)),
                                        exactly(new ScriptValue.I32(2))))),
                results("(either (i32.const 1) (i32.const 2))"));
    }

    @Test
    void lanes() {
        var pattern =
                assertInstanceOf(
                        ResultPattern.Lanes.class,
                        results("(v128.const f32x4 1 nan:canonical nan:arithmetic -0)").getFirst());
        assertTrue(pattern.matches(0x7fc00000_3f800000L, 0x80000000_ffc00001L));
        assertTrue(pattern.matches(0xffc00000_3f800000L, 0x80000000_7fc00000L));
        assertFalse(pattern.matches(0x7fc00001_3f800000L, 0x80000000_7fc00000L));
        assertFalse(pattern.matches(0x7fc00000_3f800001L, 0x80000000_7fc00000L));
        assertFalse(pattern.matches(0x7fc00000_3f800000L, 0x00000000_7fc00000L));
        assertFalse(pattern.matches(0x7fc00000_3f800000L, 0x80000000_7fa00000L));
        var wide =
                assertInstanceOf(
                        ResultPattern.Lanes.class,
                        results("(v128.const f64x2 nan:canonical 2)").getFirst());
        assertTrue(wide.matches(0xfff8_0000_0000_0000L, 0x4000_0000_0000_0000L));
        assertFalse(wide.matches(0xfff8_0000_0000_0001L, 0x4000_0000_0000_0000L));
    }

    @Test
    void threads() {
        var thread =
                only(
                        Command.StartThread.class,
                        "(thread $T1 (shared (module $Mem)) (invoke \"f\") (module))");
        assertEquals("T1", thread.name());
        assertEquals(List.of("Mem"), thread.shared());
        assertEquals(2, thread.commands().size());
        assertEquals(new Command.Wait(1, "T1"), only(Command.Wait.class, "(wait $T1)"));
    }

    @Test
    void badCommandsDoNotHideOthers() {
        var commands =
                read(
                        """
                        (assert_nonsense 1)
                        (invoke f)
                        (module (func (nonsense "(" $x ;; )
                        )))
                        (invoke "f" (i32.const x))
                        (invoke "f")
                        """);
        assertEquals(5, commands.size());
        assertInstanceOf(Command.Unreadable.class, commands.get(0));
        assertInstanceOf(Command.Unreadable.class, commands.get(1));
        var module = assertInstanceOf(Command.DefineAndInstantiate.class, commands.get(2));
        var e = assertThrows(MalformedException.class, module.source()::read);
        assertEquals("at line 3, column 16", e.where());
        assertInstanceOf(Command.Unreadable.class, commands.get(3));
        assertEquals(6, assertInstanceOf(Command.Perform.class, commands.get(4)).line());
    }

    @Test
    void textOfAModule() {
        var module = only(Command.DefineAndInstantiate.class, " (module (func)) ");
        var text = assertInstanceOf(ModuleSource.Text.class, module.source());
        assertArrayEquals("(module (func))".getBytes(StandardCharsets.UTF_8), text.text());
    }

    @Test
    void whatIsNoScript() {
        assertThrows(MalformedException.class, () -> read("(module"));
        assertThrows(MalformedException.class, () -> read("(module))"));
        assertThrows(MalformedException.class, () -> read("module"));
    }
}
