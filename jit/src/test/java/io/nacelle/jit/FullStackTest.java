// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.EngineConfig.Tiering;
import io.nacelle.runtime.ExhaustedException;
import io.nacelle.runtime.ExhaustedException.Resource;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.StoreKind;
import io.nacelle.runtime.StoreLimits;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Where a thread's stack is smaller than the store's limit, guests fill it: also while their code
 * is compiled and loaded, which is to be possible later all the same.
 */
@Timeout(120)
final class FullStackTest {
    private static final long STACK_BYTES = 512 << 10;
    private static final int FUNCTIONS = 400;

    /** Each function is first called at a depth of its own; some have tables, some are in parts. */
    private static String text() {
        var functions =
                IntStream.range(0, FUNCTIONS)
                        .mapToObj(
                                i ->
                                        """
                                        (func $f%d (export "f%d") (type $t)
                                          (block (block (br_table TABLE (local.get 0)))
                                            (return (i32.const -1)))
                                          (i32.store (i32.const 0) (struct.get $s 0
                                            (struct.new $s (i32.const %d))))
                                          MORE
                                          (i32.load (i32.const 0)))
                                        """
                                                .formatted(i, i, 1000 + i)
                                                .replace("TABLE", "0 1 ".repeat(200))
                                                .replace(
                                                        "MORE",
                                                        i % 8 != 0
                                                                ? ""
                                                                : "(local.set 0 (i32.mul (local.get 0) (i32.const 70001)))"
                                                                        .repeat(1000)))
                        .collect(Collectors.joining());
        var cases =
                IntStream.range(0, FUNCTIONS)
                        .mapToObj(i -> "(return (call $f" + i + " (i32.const 1)))")
                        .collect(Collectors.joining(")\n"));
        return """
        (module (memory 1) (type $s (struct (field i32))) (type $t (func (param i32) (result i32)))
          FUNCTIONS
          (func $pick (type $t)
            BLOCKS (br_table LABELS (local.get 0)))
            CASES
            unreachable)
          (func $deep (export "deep") (param $n i32) (param $i i32) (result i32)
            (if (result i32) (i32.eqz (local.get $n))
              (then (call $pick (local.get $i)))
              (else (i32.add (i32.const 0)
                (call $deep (i32.sub (local.get $n) (i32.const 1)) (local.get $i)))))))
        """
                .replace("FUNCTIONS", functions)
                .replace("BLOCKS", "(block ".repeat(FUNCTIONS))
                .replace(
                        "LABELS",
                        IntStream.range(0, FUNCTIONS)
                                .mapToObj(String::valueOf)
                                .collect(Collectors.joining(" ")))
                .replace("CASES", cases);
    }

    private static int fill(Instance instance) {
        int full = 0;
        var deep = instance.func("deep");
        for (int i = 0; i < FUNCTIONS; i++) {
            try {
                // How much of the stack a call takes is HotSpot's to decide.
                assertEquals(1000 + i, deep.call((int) (200 * Math.pow(1.02, i)), i)[0]);
            } catch (ExhaustedException e) {
                assertEquals(Resource.CALL_STACK, e.resource());
                full++;
            }
            assertEquals(1000 + i, instance.func("f" + i).call(1)[0]);
        }
        // As deep as nothing can be, again and again.
        for (int i = 0; i < 20; i++) {
            try {
                deep.call(1 << 22, 0);
                throw new AssertionError("no stack is so large");
            } catch (ExhaustedException e) {
                assertEquals(Resource.CALL_STACK, e.resource());
            }
            assertEquals(1000, deep.call(1, 0)[0]);
        }
        return full;
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"JIT", "AUTO"})
    void whatDidNotFitWorksLater(Mode mode) throws Exception {
        var config = EngineConfig.defaults().withMode(mode).withTiering(new Tiering(1, 0));
        var module = Module.of(Engine.create(config), TextParser.parse(text()));
        var limits = StoreLimits.defaults().withStackBytes(1 << 30);
        for (var kind : new StoreKind[] {StoreKind.HEAP, StoreKind.NATIVE}) {
            var task =
                    new FutureTask<>(
                            () -> {
                                try (var store = Store.create(module.engine(), kind, limits)) {
                                    return fill(Linker.create(store).instantiate(module));
                                }
                            });
            new Thread(null, task, "guest", STACK_BYTES).start();
            try {
                assertTrue(task.get() > 0, "the stack was never full");
            } catch (ExecutionException e) {
                throw new AssertionError(e.getCause());
            }
        }
    }
}
