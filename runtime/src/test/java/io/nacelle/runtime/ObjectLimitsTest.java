// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.ExhaustedException.Resource;
import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.File;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Hostile sizes, a full heap, fuel, and references that must not be kept. */
final class ObjectLimitsTest {
    private static final String ARRAYS =
            """
            (module
              (type $b (array (mut i8)))
              (type $l (array (mut i64)))
              (type $v (array (mut v128)))
              (type $r (array (mut anyref)))
              (data $d "12345678")
              (elem $e anyref (ref.null any) (ref.i31 (i32.const 1)))
              (func (export "b") (param i32) (result i32)
                (array.len (array.new $b (i32.const 1) (local.get 0))))
              (func (export "l") (param i32) (result i32)
                (array.len (array.new_default $l (local.get 0))))
              (func (export "v") (param i32) (result i32)
                (array.len (array.new $v (v128.const i64x2 1 2) (local.get 0))))
              (func (export "r") (param i32) (result i32)
                (array.len (array.new_default $r (local.get 0))))
              (func (export "data") (param i32 i32) (result i32)
                (array.len (array.new_data $b $d (local.get 0) (local.get 1))))
              (func (export "elem") (param i32 i32) (result i32)
                (array.len (array.new_elem $r $e (local.get 0) (local.get 1))))
              (func (export "fill") (param i32 i32)
                (array.fill $b (array.new_default $b (i32.const 8))
                  (local.get 0) (i32.const 1) (local.get 1)))
              (func (export "copy") (param i32 i32 i32) (local $a (ref $b))
                (local.set $a (array.new_default $b (i32.const 8)))
                (array.copy $b $b (local.get $a) (local.get 0)
                  (local.get $a) (local.get 1) (local.get 2)))
              (func (export "initData") (param i32 i32 i32)
                (array.init_data $b $d (array.new_default $b (i32.const 8))
                  (local.get 0) (local.get 1) (local.get 2)))
              (func (export "initElem") (param i32 i32 i32)
                (array.init_elem $r $e (array.new_default $r (i32.const 8))
                  (local.get 0) (local.get 1) (local.get 2)))
              (func (export "forever") (loop
                (drop (array.new $r (ref.null any) (i32.const 1000000))) (br 0))))
            """;

    static List<World.Setup> single() {
        return World.single().toList();
    }

    @ParameterizedTest
    @MethodSource("single")
    void largeArraysAreRefused(World.Setup setup) {
        try (var world = setup.world(StoreLimits.defaults().withObjectBytes(1 << 16))) {
            var instance = world.instance(ARRAYS);
            for (var name : List.of("b", "l", "v", "r")) {
                assertEquals(100, World.one(instance, name, 100));
                for (int length : new int[] {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 16}) {
                    var thrown =
                            assertThrows(
                                    ExhaustedException.class,
                                    () -> instance.func(name).call(length));
                    assertEquals(Resource.OBJECTS, thrown.resource());
                }
            }
            assertEquals(4000, World.one(instance, "v", 4000));
            var type = instance.module().valid().type(0);
            assertThrows(
                    ExhaustedException.class, () -> world.store.newDefaultArray(type, 1 << 16));
        }
    }

    /** Without a limit of ours, Java's is met: no error of Java's gets out. */
    @ParameterizedTest
    @MethodSource("single")
    void arraysBeyondTheHeap(World.Setup setup) {
        try (var world = setup.world(StoreLimits.defaults().withObjectBytes(Long.MAX_VALUE))) {
            var instance = world.instance(ARRAYS);
            for (int length : new int[] {-1, Integer.MAX_VALUE, 1 << 30}) {
                var thrown =
                        assertThrows(
                                ExhaustedException.class, () -> instance.func("v").call(length));
                assertEquals(Resource.OBJECTS, thrown.resource());
            }
            assertEquals(3, World.one(instance, "l", 3));
        }
    }

    @ParameterizedTest
    @MethodSource("single")
    void rangesAreChecked(World.Setup setup) {
        try (var world = setup.world()) {
            var instance = world.instance(ARRAYS);
            assertEquals(8, World.one(instance, "data", 0, 8));
            assertEquals(0, World.one(instance, "data", 8, 0));
            instance.func("fill").call(8, 0);
            instance.func("copy").call(3, 0, 5);
            instance.func("initElem").call(6, 0, 2);
            var array = TrapKind.OUT_OF_BOUNDS_ARRAY;
            for (var odd : new int[] {-1, 9, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
                traps(array, instance, "fill", odd, 0);
                traps(array, instance, "fill", 1, odd);
                traps(array, instance, "copy", odd, 0, 1);
                traps(array, instance, "copy", 0, odd, 1);
                traps(array, instance, "copy", 1, 1, odd);
                traps(array, instance, "initData", odd, 0, 1);
                traps(TrapKind.OUT_OF_BOUNDS_MEMORY, instance, "initData", 0, odd, 1);
                traps(TrapKind.OUT_OF_BOUNDS_MEMORY, instance, "data", 0, odd);
                traps(TrapKind.OUT_OF_BOUNDS_MEMORY, instance, "data", odd, 0);
                traps(array, instance, "initElem", odd, 0, 1);
                traps(TrapKind.OUT_OF_BOUNDS_TABLE, instance, "initElem", 0, odd, 1);
                traps(TrapKind.OUT_OF_BOUNDS_TABLE, instance, "elem", odd, 0);
                traps(TrapKind.OUT_OF_BOUNDS_TABLE, instance, "elem", 0, odd);
            }
        }
    }

    private static void traps(TrapKind kind, Instance instance, String name, Object... args) {
        var trap = assertThrows(Trap.class, () -> instance.func(name).call(args));
        assertEquals(kind, trap.kind());
    }

    /** Lengths are charged, the same in every mode, before anything is done. */
    @ParameterizedTest
    @MethodSource("single")
    void lengthsCostFuel(World.Setup setup) {
        try (var world = setup.metered()) {
            var instance = world.instance(ARRAYS);
            world.store.setFuel(1_000_000);
            instance.func("b").call(0);
            long least = 1_000_000 - world.store.fuel();
            world.store.setFuel(1_000_000);
            instance.func("b").call(640);
            assertEquals(least + 10, 1_000_000 - world.store.fuel());
            world.store.setFuel(1000);
            var thrown =
                    assertThrows(ExhaustedException.class, () -> instance.func("forever").call());
            assertEquals(Resource.FUEL, thrown.resource());
        }
    }

    /** After a trap deep in calls, nothing in the store holds the objects of its frames. */
    @ParameterizedTest
    @MethodSource("single")
    void framesDropTheirReferences(World.Setup setup) throws InterruptedException {
        try (var world = setup.world()) {
            var instance =
                    world.instance(
                            """
                            (module
                              (func $deep (param $n i32) (param $x externref) (result externref)
                                (if (i32.eqz (local.get $n)) (then (unreachable)))
                                (call $deep (i32.sub (local.get $n) (i32.const 1)) (local.get $x)))
                              (func (export "trap") (param externref) (result externref)
                                (call $deep (i32.const 20) (local.get 0)))
                              (func (export "give") (param externref) (result externref)
                                (local.get 0)))
                            """);
            for (var name : List.of("trap", "give")) {
                var reference = use(instance, name);
                for (int i = 0; i < 50 && reference.get() != null; i++) {
                    System.gc();
                    Thread.sleep(10);
                }
                assertNull(reference.get(), name);
            }
        }
    }

    private static WeakReference<Object> use(Instance instance, String name) {
        var value = new Object();
        try {
            instance.func(name).call(value);
        } catch (Trap e) {
            assertEquals(TrapKind.UNREACHABLE, e.kind());
        }
        return new WeakReference<>(value);
    }

    /** Fills a small heap with small objects, in a process of its own. */
    @Test
    void aFullHeapIsALimit() throws Exception {
        var path =
                Stream.of(Store.class, DefType.class, ObjectLimitsTest.class)
                        .map(c -> c.getProtectionDomain().getCodeSource().getLocation())
                        .map(url -> Path.of(java.net.URI.create(url.toString())).toString())
                        .collect(Collectors.joining(File.pathSeparator));
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var process =
                new ProcessBuilder(
                                java,
                                "-Xmx24m",
                                "-XX:+UseSerialGC",
                                "-cp",
                                path,
                                ObjectLimitsTest.class.getName())
                        .redirectErrorStream(true)
                        .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        assertTrue(output.contains("OBJECTS ".repeat(4 * (int) World.modes().count())), output);
    }

    public static void main(String[] args) {
        for (var mode : World.modes().toList()) {
            var engine = Engine.create(World.config(mode));
            try (var store = Store.create(engine)) {
                var text =
                        """
                        (module
                          (type $n (struct (field i64) (field anyref)))
                          (func (export "fill") (local $l anyref)
                            (loop (local.set $l (struct.new $n (i64.const 1) (local.get $l)))
                              (br 0)))
                          (type $r (array (mut anyref)))
                          (func (export "numbers") (local $r (ref $r)) (local $i i32)
                            (local.set $r (array.new_default $r (i32.const 1500000)))
                            (loop
                              (array.set $r (local.get $r) (local.get $i)
                                (ref.i31 (local.get $i)))
                              (local.set $i (i32.add (local.get $i) (i32.const 1)))
                              (br 0)))
                          (func (export "few") (result anyref)
                            (struct.new $n (i64.const 1) (ref.null any))))
                        """;
                var instance =
                        Linker.create(store).instantiate(Module.of(engine, TextParser.parse(text)));
                for (var name : List.of("fill", "numbers", "fill", "numbers")) {
                    try {
                        instance.func(name).call();
                    } catch (ExhaustedException e) {
                        System.out.print(e.resource() + " ");
                    }
                    instance.func("few").call();
                }
            }
        }
    }
}
