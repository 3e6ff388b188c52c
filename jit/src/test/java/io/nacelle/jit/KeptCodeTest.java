// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.EngineConfig.Metering;
import io.nacelle.runtime.EngineConfig.Tiering;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.StoreKind;
import io.nacelle.runtime.exec.MemoryForm;
import io.nacelle.runtime.exec.ModuleImpl;
import io.nacelle.wasm.binary.BinaryEncoder;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;

/** What one process has compiled the next one does not compile again. */
@Timeout(120)
final class KeptCodeTest {
    /** Loops, calls by type, a table of labels, and a function in parts. */
    private static final String TEXT =
            """
            (module
              (type $t (func (param i32) (result i32)))
              (memory 1) (table funcref (elem $a $b))
              (func $a (type $t) (i32.add (local.get 0) (i32.const 1)))
              (func $b (type $t) (i32.mul (local.get 0) (i32.const 3)))
              (func $large (type $t) LARGE (local.get 0))
              (func (export "f") (type $t) (local $i i32)
                (loop $l
                  (local.set 0 (call_indirect (type $t) (local.get 0)
                    (i32.and (local.get $i) (i32.const 1))))
                  (local.set $i (i32.add (local.get $i) (i32.const 1)))
                  (br_if $l (i32.lt_u (local.get $i) (i32.const 1000))))
                (call $large (local.get 0))))
            """
                    .replace(
                            "LARGE",
                            "(local.set 0 (i32.add (i32.rotl (local.get 0) (i32.const 3)) (i32.const 70001)))"
                                    .repeat(2000));

    @TempDir private Path directory;
    private EngineConfig config;

    @BeforeEach
    void configure() {
        config =
                EngineConfig.defaults()
                        .withMode(Mode.JIT)
                        .withTiering(new Tiering(60, 0))
                        .withCodeCache(directory);
    }

    /**
     * What a run gave.
     *
     * @param generated how often classes had to be made
     */
    private record Run(Object result, int generated) {}

    /** Runs the module as a process of its own would, and ends as that would. */
    private static Run run(EngineConfig config, StoreKind kind, String text) {
        var engine = Engine.create(config);
        var module = Module.load(engine, BinaryEncoder.encode(TextParser.parse(text)));
        try (var store = Store.create(engine, kind)) {
            if (config.metering() == Metering.FUEL) {
                store.setFuel(1_000_000);
            }
            var instance = Linker.create(store).instantiate(module);
            var result = instance.func("f").call(1)[0];
            return new Run(result, end(module));
        }
    }

    private Run run() {
        return run(config, StoreKind.HEAP, TEXT);
    }

    /** Keeps what the module has compiled; gives how often something was. */
    private static int end(Module module) {
        int generated = 0;
        for (var code : codes(module)) {
            generated += code.generated.get();
            if (code.kept != null) {
                code.kept.save();
            }
        }
        return generated;
    }

    private static List<CompiledModule> codes(Module module) {
        var compiled = ((ModuleImpl) module).compiled;
        return IntStream.range(0, compiled.length())
                .mapToObj(i -> (CompiledModule) compiled.get(i))
                .filter(code -> code != null)
                .toList();
    }

    private List<Path> entries() throws IOException {
        try (var files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".classes")).sorted().toList();
        }
    }

    private Path entry() throws IOException {
        var entries = entries();
        assertEquals(1, entries.size());
        return entries.getFirst();
    }

    @ParameterizedTest
    @EnumSource(
            value = Mode.class,
            names = {"JIT", "AUTO"})
    void withAWarmCacheNothingIsGenerated(Mode mode) throws IOException {
        config = config.withMode(mode);
        var first = run();
        assertTrue(first.generated > 0);
        byte[] kept = Files.readAllBytes(entry());
        assertEquals(new Run(first.result, 0), run());
        assertTrue(Arrays.equals(kept, Files.readAllBytes(entry())));
    }

    @Test
    void damageIsRepairedAndNeverRun() throws IOException {
        var first = run();
        var file = entry();
        byte[] kept = Files.readAllBytes(file);
        var damaged = new ArrayList<byte[]>();
        damaged.add(new byte[0]);
        damaged.add(Arrays.copyOf(kept, kept.length / 2));
        damaged.add(Arrays.copyOf(kept, kept.length - 1));
        for (int at = 0; at < kept.length; at += kept.length / 5) {
            byte[] one = kept.clone();
            one[at] ^= 4;
            damaged.add(one);
        }
        for (byte[] bytes : damaged) {
            Files.write(file, bytes);
            assertEquals(first, run(), "all is made again");
            assertEquals(new Run(first.result, 0), run(), "and kept");
        }
    }

    @Test
    void withoutACacheNothingIsKept() throws IOException {
        config = config.withoutCodeCache();
        var first = run();
        assertEquals(first, run());
        assertEquals(List.of(), entries());
    }

    @Test
    void whereNothingCanBeKeptAllRunsTheSame() throws IOException {
        var first = run();
        var file = Files.createFile(directory.resolve("file"));
        config = config.withCodeCache(file.resolve("below"));
        assertEquals(first, run());
        assertEquals(first, run());
    }

    /** Whatever decides what code is made has an entry of its own. */
    @Test
    void otherOptionsAreOtherEntries() throws IOException {
        var first = run();
        int entries = 1;
        for (var other :
                List.of(config.withMode(Mode.AUTO), config.withDeterminism(), config.withFuel())) {
            var run = run(other, StoreKind.HEAP, TEXT);
            assertEquals(first.result, run.result);
            assertTrue(run.generated > 0);
            assertEquals(++entries, entries().size());
        }
        assertTrue(run(config, StoreKind.NATIVE, TEXT).generated > 0);
        assertEquals(++entries, entries().size());
        assertTrue(run(config, StoreKind.HEAP, TEXT + " ;; the same").generated == 0);
        assertEquals(entries, entries().size());
    }

    private static String key(EngineConfig config, Module module, MemoryForm form, boolean eager) {
        return CacheKey.of(new CompiledModule((ModuleImpl) module, form, eager));
    }

    @Test
    void keysDiffer() {
        var keys = new HashSet<String>();
        int count = 0;
        for (var one : List.of(config, config.withFuel(), config.withDeterminism())) {
            for (var form : MemoryForm.values()) {
                for (boolean eager : new boolean[] {false, true}) {
                    for (int i = 0; i < 2; i++) {
                        // Another engine and module, with the same bytes.
                        var bytes = BinaryEncoder.encode(TextParser.parse(TEXT));
                        keys.add(key(one, Module.load(Engine.create(one), bytes), form, eager));
                    }
                    count++;
                    assertEquals(count, keys.size());
                }
            }
        }
    }

    /**
     * Modules from text whose code is the same in all its bytes, but not what it means: the source
     * of such a module holds its code and no types.
     */
    @Test
    void modulesFromTextAreToldApart() {
        var keys = new HashSet<String>();
        var texts =
                List.of(
                        "(module (func (export \"f\") (param i32) (result i32) (local.get 0)))",
                        "(module (func (export \"f\") (param i64) (result i64) (local.get 0)))",
                        "(module (func (export \"f\") (param i32 f64) (result i32) (local.get 0)))",
                        "(module (memory 1) (func (export \"f\") (param i32) (result i32)"
                                + " (local.get 0)))",
                        "(module (memory i64 1) (func (export \"f\") (param i32) (result i32)"
                                + " (local.get 0)))",
                        "(module (import \"a\" \"b\" (func)) (func (export \"f\") (param i32)"
                                + " (result i32) (local.get 0)))",
                        "(module (func $named (export \"f\") (param i32) (result i32)"
                                + " (local.get 0)))");
        for (var text : texts) {
            var module = Module.of(Engine.create(config), TextParser.parse(text));
            assertTrue(keys.add(key(config, module, MemoryForm.HEAP, true)), text);
        }
    }

    /** Data that looks like a module in the binary format does not make a module pass for it. */
    @Test
    void aSourceIsNotTakenForAModule() {
        var data = "(data \"\\00asm\\01\\00\\00\\00\")";
        var one = "(module %s (func (export \"f\") (param i32) (result i32) (local.get 0)))";
        var other = "(module %s (func (export \"f\") (param i64) (result i64) (local.get 0)))";
        var keys = new HashSet<String>();
        for (var text : List.of(one, other)) {
            var module = Module.of(Engine.create(config), TextParser.parse(text.formatted(data)));
            keys.add(key(config, module, MemoryForm.HEAP, true));
        }
        assertEquals(2, keys.size());
    }

    /** A process that has got further than the one before adds to what that has left. */
    @Test
    void whatIsMissingIsAdded() throws IOException {
        var text =
                """
                (module (func (export "f") (param i32) (result i32)
                    (if (result i32) (i32.eq (local.get 0) (i32.const 1))
                      (then (call $a)) (else (call $b))))
                  (func $a (result i32) (i32.const 10))
                  (func $b (result i32) (i32.const 20)))
                """;
        config = config.withMode(Mode.AUTO).withTiering(new Tiering(1, 0));
        var generated = new ArrayList<Integer>();
        for (int argument : new int[] {1, 2, 1, 2}) {
            var engine = Engine.create(config);
            var module = Module.load(engine, BinaryEncoder.encode(TextParser.parse(text)));
            try (var store = Store.create(engine)) {
                var f = Linker.create(store).instantiate(module).func("f");
                assertEquals(10 * argument, f.call(argument)[0]);
                generated.add(end(module));
            }
        }
        assertNotEquals(0, generated.get(0));
        assertNotEquals(0, generated.get(1));
        assertEquals(List.of(0, 0), generated.subList(2, 4));
        assertFalse(entries().isEmpty());
    }
}
