// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.EngineConfig.Tiering;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.StoreKind;
import io.nacelle.runtime.Trap;
import io.nacelle.runtime.exec.ModuleImpl;
import io.nacelle.wasm.binary.BinaryEncoder;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * A host that redeploys: modules that were compiled, run and dropped leave no loader, class or
 * thread behind. {@code -Dnacelle.redeployments=N} asks for more of them.
 */
@Timeout(600)
final class RedeploymentTest {
    private static final int COUNT = Integer.getInteger("nacelle.redeployments", 1000);

    /** How many there are before anything is counted: what is loaded once is loaded then. */
    private static final int WARM_UP = 30;

    /** Classes that the JVM may make for itself meanwhile. */
    private static final int SLACK = 150;

    private static final int COLLECTIONS = 100;

    private static final String TEXT =
            """
            (module
              (import "host" "next" (func $next (param i32) (result i32)))
              (type $t (func (param i32) (result i32)))
              (type $s (struct (field (mut i32))))
              (memory 1) (table funcref (elem $a)) (tag $e (param i32))
              (func $a (type $t) (i32.add (local.get 0) (i32.const NUMBER)))
              (func (export "f") (type $t) (local $i i32) (local $s (ref null $s))
                (local.set $s (struct.new $s (i32.const 0)))
                (loop $l
                  (struct.set $s 0 (local.get $s)
                    (call_indirect (type $t) (struct.get $s 0 (local.get $s)) (i32.const 0)))
                  (i32.store (local.get $i) (call $next (local.get $i)))
                  (local.set $i (i32.add (local.get $i) (i32.const 1)))
                  (br_if $l (i32.lt_u (local.get $i) (i32.const 100))))
                (block $caught (result i32)
                  (try_table (catch $e $caught)
                    (throw $e (struct.get $s 0 (local.get $s))))
                  unreachable))
              (func (export "trap") (unreachable)))
            """;

    @TempDir private Path directory;

    private WeakReference<?> deploy(int number) {
        var config =
                EngineConfig.defaults()
                        .withMode(number % 2 == 0 ? Mode.JIT : Mode.AUTO)
                        .withTiering(new Tiering(1 + number % 3 * 40, number % 4 < 2 ? 0 : 1));
        if (number % 16 == 0) {
            config = config.withCodeCache(directory);
        }
        var engine = Engine.create(config);
        var text = TEXT.replace("NUMBER", "" + number % 50);
        var module = Module.load(engine, BinaryEncoder.encode(TextParser.parse(text)));
        var kind = number % 5 == 0 ? StoreKind.NATIVE : StoreKind.HEAP;
        var type = new FuncType(List.of(NumType.I32), List.of(NumType.I32));
        try (var store = Store.create(engine, kind)) {
            var instance =
                    Linker.create(store)
                            .define("host", "next", type, c -> c.setI32(0, c.i32(0) + 1))
                            .instantiate(module);
            assertEquals(100 * (number % 50), instance.func("f").call(0)[0]);
            try {
                instance.func("trap").call();
                throw new AssertionError();
            } catch (Trap e) {
                // Its stack trace finds the module by the loader's name.
                assertEquals("trap", e.guestFrames().getFirst().funcName().orElseThrow());
            }
            store.stop();
        }
        var compiled = ((ModuleImpl) module).compiled;
        for (int i = 0; i < compiled.length(); i++) {
            if (compiled.get(i) instanceof CompiledModule code) {
                return new WeakReference<>(code.loader);
            }
        }
        throw new AssertionError("nothing was compiled");
    }

    private static long loadedClasses() {
        return ManagementFactory.getClassLoadingMXBean().getLoadedClassCount();
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.contains("nacelle"))
                .collect(Collectors.toSet());
    }

    /** Collects until something holds. */
    private static boolean comesTrue(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < COLLECTIONS && !condition.getAsBoolean(); i++) {
            System.gc();
            Thread.sleep(100);
        }
        return condition.getAsBoolean();
    }

    @Test
    void nothingIsLeftBehind() throws InterruptedException {
        for (int i = 0; i < WARM_UP; i++) {
            deploy(i);
        }
        System.gc();
        long before = loadedClasses();
        var loaders = new ArrayList<WeakReference<?>>();
        for (int i = 0; i < COUNT; i++) {
            loaders.add(deploy(i));
        }
        assertTrue(
                comesTrue(() -> loaders.stream().allMatch(loader -> loader.refersTo(null))),
                () ->
                        loaders.stream().filter(loader -> !loader.refersTo(null)).count()
                                + " loaders are left");
        assertTrue(
                comesTrue(() -> loadedClasses() <= before + SLACK),
                () -> loadedClasses() - before + " classes are left");
        assertTrue(comesTrue(() -> threads().isEmpty()), () -> "left: " + threads());
    }
}
