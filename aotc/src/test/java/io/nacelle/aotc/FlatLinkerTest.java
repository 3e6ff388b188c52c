// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.aotc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.nacelle.aotc.llvm.Llvm;
import io.nacelle.aotc.llvm.Target;
import io.nacelle.aotc.obj.ElfObject;
import io.nacelle.aotc.obj.FlatLinker;
import io.nacelle.aotc.obj.LinkedCode;
import io.nacelle.aotc.obj.ObjectException;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;

class FlatLinkerTest {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE;

    private static byte[] object(String ir, Target target) {
        return Llvm.load().compile(ir, target, 1, Llvm.Emit.OBJECT);
    }

    private static LinkedCode link(Target target, String... modules) {
        return FlatLinker.link(
                Stream.of(modules).map(ir -> ElfObject.parse(object(ir, target))).toList());
    }

    /** Code for this machine is run; the rest of the tests does not care which that is. */
    @BeforeEach
    void runsOnLinux() {
        assumeFalse(
                !System.getProperty("os.name").equals("Linux"), "the objects are made for Linux");
    }

    @Test
    void constantsAndTablesAreFound() throws Throwable {
        var code =
                link(
                        Target.host(),
                        """
                        define double @scale(double %x, i32 %by) {
                          switch i32 %by, label %other [
                            i32 0, label %a  i32 1, label %b  i32 2, label %c
                            i32 3, label %d  i32 4, label %e ]
                        a: br label %end
                        b: br label %end
                        c: br label %end
                        d: %y = fmul double %x, 3.25
                           br label %end
                        e: %z = call double @llvm.fabs.f64(double %x)
                           br label %end
                        other: ret double -7.125
                        end:
                          %r = phi double [ 1.5, %a ], [ 2.5, %b ], [ %x, %c ], [ %y, %d ], [ %z, %e ]
                          ret double %r
                        }
                        declare double @llvm.fabs.f64(double)
                        """);
        try (var executable = new Executable(code)) {
            var scale = executable.function("scale", DOUBLE, DOUBLE, INT);
            assertEquals(1.5, (double) scale.invokeExact(-2.0, 0));
            assertEquals(2.5, (double) scale.invokeExact(-2.0, 1));
            assertEquals(-2.0, (double) scale.invokeExact(-2.0, 2));
            assertEquals(-6.5, (double) scale.invokeExact(-2.0, 3));
            assertEquals(2.0, (double) scale.invokeExact(-2.0, 4));
            assertEquals(-7.125, (double) scale.invokeExact(-2.0, 5));
        }
    }

    @Test
    void objectsCallOneAnotherOnAFlatStack() throws Throwable {
        var even =
                """
                declare tailcc i64 @odd(i64, i64)
                define tailcc i64 @even(i64 %n, i64 %sum) {
                  %done = icmp eq i64 %n, 0
                  br i1 %done, label %end, label %more
                more:
                  %m = sub i64 %n, 1
                  %s = add i64 %sum, 1
                  %r = musttail call tailcc i64 @odd(i64 %m, i64 %s)
                  ret i64 %r
                end: ret i64 %sum
                }
                """;
        var odd =
                """
                declare tailcc i64 @even(i64, i64)
                define tailcc i64 @odd(i64 %n, i64 %sum) {
                  %m = sub i64 %n, 1
                  %s = add i64 %sum, 2
                  %r = musttail call tailcc i64 @even(i64 %m, i64 %s)
                  ret i64 %r
                }
                define i64 @start(i64 %n) {
                  %r = call tailcc i64 @even(i64 %n, i64 0)
                  ret i64 %r
                }
                """;
        try (var executable = new Executable(link(Target.host(), even, odd))) {
            var start = executable.function("start", LONG, LONG);
            assertEquals(30_000_000L, (long) start.invokeExact(20_000_000L));
        }
    }

    @Test
    void referencesOnArmAreWhereTheyBelong() {
        var one =
                """
                declare i64 @two(i64)
                define i64 @one(i64 %a) {
                  %r = call i64 @two(i64 %a)
                  %s = add i64 %r, 1
                  ret i64 %s
                }
                """;
        var two = "define i64 @two(i64 %a) { %r = mul i64 %a, 3 ret i64 %r }";
        var code = link(Target.AARCH64, one, two);
        var words = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
        var caller = code.functions().get("one");
        int calls = 0;
        for (int at = caller.offset(); at < caller.offset() + caller.size(); at += 4) {
            int word = (int) words.get(code.code(), at);
            // bl: six bits of code, a signed number of instructions.
            if (word >>> 26 == 0x25) {
                calls++;
                assertEquals(code.functions().get("two").offset(), at + (word << 6 >> 4));
            }
        }
        assertEquals(1, calls);
    }

    @Test
    void constantsOnArmAreWhereTheyBelong() {
        var code =
                link(
                        Target.AARCH64,
                        "define <2 x i64> @f(<2 x i64> %a) {"
                                + " %r = xor <2 x i64> %a, <i64 81985529216486895, i64 7>"
                                + " ret <2 x i64> %r }");
        var words = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
        var function = code.functions().get("f");
        long page = -1;
        long found = -1;
        for (int at = function.offset(); at < function.offset() + function.size(); at += 4) {
            int word = (int) words.get(code.code(), at);
            if ((word & 0x9F00_0000) == 0x9000_0000) {
                long pages = (word >> 5 & 0x7FFFF) << 2 | word >> 29 & 3;
                page = (at & ~0xFFF) + (pages << 12);
            } else if ((word & 0xFFC0_0000) == 0x3DC0_0000) {
                // ldr q: an offset of sixteens.
                found = page + ((word >> 10 & 0xFFF) << 4);
            }
        }
        var longs = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
        assertEquals(81985529216486895L, (long) longs.get(code.code(), (int) found));
        assertEquals(7L, (long) longs.get(code.code(), (int) found + 8));
    }

    @Test
    void linesOfInstructionsAreKept() {
        var code =
                link(
                        Target.X86_64,
                        """
                        define i32 @f(ptr %p, ptr %q) !dbg !5 {
                          %a = load volatile i32, ptr %p, !dbg !DILocation(line: 70000, scope: !5)
                          %b = load volatile i32, ptr %q, !dbg !DILocation(line: 12, scope: !5)
                          store volatile i32 %a, ptr %q, !dbg !DILocation(line: 13, scope: !5)
                          ret i32 %b
                        }
                        define i32 @g(ptr %p) !dbg !6 {
                          %a = load volatile i32, ptr %p, !dbg !DILocation(line: 99, scope: !6)
                          ret i32 %a
                        }
                        !llvm.dbg.cu = !{!0}
                        !llvm.module.flags = !{!2, !3}
                        !0 = distinct !DICompileUnit(language: DW_LANG_C99, file: !1, emissionKind: LineTablesOnly)
                        !1 = !DIFile(filename: "wasm", directory: "")
                        !2 = !{i32 7, !"Dwarf Version", i32 5}
                        !3 = !{i32 2, !"Debug Info Version", i32 3}
                        !4 = !DISubroutineType(types: !{})
                        !5 = distinct !DISubprogram(name: "f", file: !1, line: 1, type: !4, spFlags: DISPFlagDefinition, unit: !0)
                        !6 = distinct !DISubprogram(name: "g", file: !1, line: 1, type: !4, spFlags: DISPFlagDefinition, unit: !0)
                        """);
        var f = code.functions().get("f");
        assertEquals(70_000, code.lines().lineAt(f.offset()));
        var lines =
                java.util.stream.IntStream.range(f.offset(), f.offset() + f.size())
                        .map(code.lines()::lineAt)
                        .distinct()
                        .boxed()
                        .toList();
        assertTrue(lines.contains(12) && lines.contains(13), lines.toString());
        assertEquals(99, code.lines().lineAt(code.functions().get("g").offset()));
        assertFalse(lines.contains(99), lines.toString());
    }

    @Test
    void whatNeedsALoaderIsRefusedByName() {
        assertRefused(
                "nowhere",
                "declare void @nowhere() define void @f() { call void @nowhere() ret void }");
        assertRefused("data", "@data = global i64 5 define ptr @f() { ret ptr @data }");
        assertRefused("f", "define void @f() { ret void }", "define void @f() { ret void }");
    }

    private static void assertRefused(String name, String... modules) {
        var e = assertThrows(ObjectException.class, () -> link(Target.X86_64, modules));
        assertTrue(e.getMessage().contains(name), e.getMessage());
    }

    /** Whatever is in an object, reading it ends with objects or with an explanation. */
    @Test
    void brokenObjectsAreRefused() {
        byte[] good =
                object(
                        "define double @f(double %x) { %r = fmul double %x, 3.25 ret double %r }",
                        Target.X86_64);
        var random = new SplittableRandom(7);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes =
                    random.nextInt(10) == 0
                            ? Arrays.copyOf(good, random.nextInt(good.length))
                            : good.clone();
            for (int j = random.nextInt(4); j >= 0 && bytes.length > 0; j--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                FlatLinker.link(java.util.List.of(ElfObject.parse(bytes)));
            } catch (ObjectException e) {
                assertFalse(e.getMessage().isEmpty());
                refused++;
            }
        }
        assertTrue(refused > 1_000, "refused: " + refused);
    }
}
