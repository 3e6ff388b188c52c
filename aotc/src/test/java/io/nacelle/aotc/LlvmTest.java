// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.aotc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.aotc.llvm.Llvm;
import io.nacelle.aotc.llvm.LlvmException;
import io.nacelle.aotc.llvm.Target;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;

class LlvmTest {
    private static final String SUM =
            """
            define i64 @sum(i64 %a, i64 %b) {
              %slot = alloca i64
              store i64 %a, ptr %slot
              %loaded = load i64, ptr %slot
              %r = add i64 %loaded, %b
              ret i64 %r
            }
            """;

    private static String text(String ir, Target target, int level, Llvm.Emit emit) {
        return new String(Llvm.load().compile(ir, target, level, emit), StandardCharsets.UTF_8);
    }

    @Test
    void tellsItsVersion() {
        assertTrue(Llvm.load().version().matches("\\d+\\.\\d+\\.\\d+"), Llvm.load().version());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void optimisesByLevel(int level) {
        var ir = text(SUM, Target.X86_64, level, Llvm.Emit.IR);
        assertEquals(level == 0, ir.contains("alloca"), ir);
    }

    @Test
    void makesCodeForEachTarget() {
        assertTrue(text(SUM, Target.X86_64, 1, Llvm.Emit.ASSEMBLY).contains("(%rdi,%rsi)"));
        assertTrue(text(SUM, Target.AARCH64, 1, Llvm.Emit.ASSEMBLY).contains("add\tx0, x"));
    }

    @Test
    void processorsDiffer() {
        var count =
                "declare i64 @llvm.ctpop.i64(i64)\n"
                        + "define i64 @f(i64 %a) { %r = call i64 @llvm.ctpop.i64(i64 %a) ret i64 %r }";
        assertTrue(text(count, Target.X86_64, 1, Llvm.Emit.ASSEMBLY).contains("popcnt"));
        var oldest = Target.X86_64.withCpu("x86-64");
        assertFalse(text(count, oldest, 1, Llvm.Emit.ASSEMBLY).contains("popcnt"));
        var with = oldest.withFeatures("+popcnt");
        assertTrue(text(count, with, 1, Llvm.Emit.ASSEMBLY).contains("popcnt"));
    }

    @Test
    void tellsWhatIsWrong() {
        var llvm = Llvm.load();
        var broken =
                assertThrows(
                        LlvmException.class,
                        () -> llvm.compile("define i64 @f(", Target.X86_64, 1, Llvm.Emit.OBJECT));
        assertTrue(broken.getMessage().contains("expected"), broken.getMessage());
        var foreign = new Target("pdp11-dec-unix", "", "");
        var unknown =
                assertThrows(
                        LlvmException.class, () -> llvm.compile(SUM, foreign, 1, Llvm.Emit.OBJECT));
        assertTrue(unknown.getMessage().contains("target"), unknown.getMessage());
        assertThrows(
                IllegalArgumentException.class,
                () -> llvm.compile(SUM, Target.X86_64, 4, Llvm.Emit.OBJECT));
        assertThrows(IllegalArgumentException.class, () -> Target.of("vax"));
    }

    @Test
    void compilesOnSeveralThreads() {
        var one = text(SUM, Target.X86_64, 1, Llvm.Emit.ASSEMBLY);
        IntStream.range(0, 64)
                .parallel()
                .forEach(i -> assertEquals(one, text(SUM, Target.X86_64, 1, Llvm.Emit.ASSEMBLY)));
    }
}
