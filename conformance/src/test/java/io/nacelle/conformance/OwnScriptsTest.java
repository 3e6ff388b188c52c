// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.nacelle.cli.wast.ScriptConfig;
import io.nacelle.cli.wast.ScriptReport;
import io.nacelle.cli.wast.ScriptRunner;

import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** The project's own scripts, in every mode and mixture of modes; nothing in them is skipped. */
final class OwnScriptsTest {
    @TestFactory
    Stream<DynamicTest> scripts() {
        var scripts = Scripts.own();
        return Setup.all()
                .flatMap(
                        setup ->
                                scripts.stream()
                                        .map(
                                                script ->
                                                        dynamicTest(
                                                                script.name() + ", " + setup,
                                                                () -> check(script, setup))));
    }

    private static void check(Scripts.Script script, Setup setup) {
        var report = ScriptRunner.run(script.text(), setup.config());
        var others =
                Stream.concat(report.failures(), report.skips())
                        .map(r -> script.name() + ":" + r.line() + ": " + r.outcome())
                        .toList();
        assertEquals(List.of(), others);
        assertTrue(report.passed() > 0);
    }

    private static ScriptReport run(String script) {
        return ScriptRunner.run(script.getBytes(StandardCharsets.UTF_8), ScriptConfig.defaults());
    }

    // A runner that lets everything pass would make all the tests above worthless.

    private static final String ONE =
            """
            (module
              (func (export "one") (result i32) (i32.const 1))
              (func (export "stop") unreachable)
              (func (export "deep") (call 2)) (tag $t) (func (export "throw") (throw $t))
              (global (export "g") f32 (f32.const nan)))
            """;

    private static void assertFails(String command) {
        var report = run(ONE + command);
        assertEquals(2, report.commands(), command);
        assertEquals(List.of(6), report.failures().map(ScriptReport.Result::line).toList());
    }

    @Test
    void whatDoesNotHoldFails() {
        assertFails("(assert_return (invoke \"one\") (i32.const 2))");
        assertFails("(assert_return (invoke \"one\") (i64.const 1))");
        assertFails("(assert_return (invoke \"one\"))");
        assertFails("(assert_return (invoke \"one\") (either (i32.const 0) (i32.const 2)))");
        assertFails("(assert_return (invoke \"none\") (i32.const 1))");
        assertFails("(assert_return (invoke $none \"one\") (i32.const 1))");
        assertFails("(assert_return (invoke \"one\" (i32.const 1)) (i32.const 1))");
        assertFails("(assert_return (get \"g\") (f32.const nan:0x200000))");
        assertFails("(assert_return (invoke \"stop\"))");
        assertFails("(assert_trap (invoke \"one\") \"unreachable\")");
        assertFails("(assert_trap (invoke \"stop\") \"integer overflow\")");
        assertFails("(assert_trap (invoke \"deep\") \"call stack exhausted\")");
        assertFails("(assert_trap (module (func)) \"unreachable\")");
        assertFails("(assert_exhaustion (invoke \"stop\") \"unreachable\")");
        assertFails("(assert_exhaustion (invoke \"deep\") \"all fuel consumed\")");
        assertFails("(assert_invalid (module (func)) \"type mismatch\")");
        assertFails("(assert_invalid (module (func (result i32))) \"unknown type\")");
        assertFails("(assert_malformed (module quote \"(func)\") \"unexpected token\")");
        assertFails("(assert_malformed (module quote \"(func i32.new)\") \"unknown type\")");
        assertFails("(assert_malformed (module binary \"\\00asm\\01\\00\\00\\00\") \"length\")");
        assertFails(
                "(assert_unlinkable (module (import \"spectest\" \"print\" (func))) \"unknown\")");
        assertFails("(assert_unlinkable (module (import \"a\" \"b\" (func))) \"incompatible\")");
        assertFails("(module (import \"a\" \"b\" (func)))");
        assertFails("(module (func (result i32)))");
        assertFails("(module (func unreachable) (start 0))");
        assertFails("(invoke \"stop\")");
        assertFails("(register \"m\" $none)");
        assertFails("(assert_anything)");
        assertFails("(assert_exception (invoke \"one\"))");
        assertFails("(assert_exception (invoke \"stop\"))");
        assertFails("(assert_trap (invoke \"throw\") \"unreachable\")");
        assertFails("(assert_return (invoke \"throw\"))");
    }

    @Test
    void whatDependsOnAFailureFails() {
        var report =
                run(
                        "(module $m (func (export \"f\") (result i32))) (register \"m\" $m)"
                                + " (module (import \"m\" \"f\" (func (result i32))))"
                                + " (assert_return (invoke $m \"f\") (i32.const 0))");
        assertEquals(4, report.failed());
    }

    @Test
    void aScriptThatCannotBeReadFails() {
        assertEquals(1, run("(module").failed());
        assertEquals(1, run("(module) )").failed());
    }
}
