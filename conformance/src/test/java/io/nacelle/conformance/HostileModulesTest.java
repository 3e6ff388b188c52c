// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.binary.BinaryDecoder;
import io.nacelle.wasm.binary.BinaryEncoder;
import io.nacelle.wasm.binary.BranchHints;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.binary.NameSection;
import io.nacelle.wasm.syntax.Feature;
import io.nacelle.wasm.syntax.FeatureSet;
import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.syntax.WasmException;
import io.nacelle.wasm.syntax.WasmModule;
import io.nacelle.wasm.text.ModuleSource;
import io.nacelle.wasm.text.PrintStyle;
import io.nacelle.wasm.text.TextPrinter;
import io.nacelle.wasm.valid.Parallelism;
import io.nacelle.wasm.valid.ValidModule;
import io.nacelle.wasm.valid.Validator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Thousands of damaged modules: each is refused with the documented exceptions, or runs the same in
 * every mode and on every kind of store, within its limits. {@code -Dnacelle.hostile=N} asks for
 * more of them, {@code -Dnacelle.hostile.seed=N} for others.
 */
final class HostileModulesTest {
    private static final int COUNT = Integer.getInteger("nacelle.hostile", 3_000);
    private static final long SEED = Long.getLong("nacelle.hostile.seed", 20_250_901);
    private static final int MAX_SEED_SIZE = 4_000;
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final FeatureSet LESS =
            FeatureSet.ALL
                    .without(Feature.GC)
                    .without(Feature.EXCEPTIONS)
                    .without(Feature.LEGACY_EXCEPTIONS)
                    .without(Feature.THREADS);

    private int valid;
    private int ran;

    /** The modules of all scripts at hand, those for which scripts want a rejection included. */
    private static List<byte[]> seeds() {
        var scripts =
                Stream.concat(
                        Scripts.own().stream(),
                        Scripts.officialIfThere().stream().flatMap(List::stream));
        var seeds = new ArrayList<byte[]>();
        scripts.flatMap(script -> script.modules().stream())
                .map(module -> binary(module.source()))
                .flatMap(Optional::stream)
                .filter(bytes -> Mutator.hasHeader(bytes) && bytes.length <= MAX_SEED_SIZE)
                .forEach(seeds::add);
        return seeds;
    }

    private static Optional<byte[]> binary(ModuleSource source) {
        try {
            return Optional.of(
                    source instanceof ModuleSource.Binary binary
                            ? binary.bytes()
                            : BinaryEncoder.encode(source.read()));
        } catch (MalformedException e) {
            return Optional.empty();
        }
    }

    @Test
    @Timeout(3_600)
    void mutated() {
        compare(seeds(), COUNT);
    }

    /** Those whose seeds need objects, exceptions or threads, which most modules do not. */
    @Test
    @Timeout(3_600)
    void mutatedWithObjectsExceptionsAndAtomics() {
        compare(seeds().stream().filter(HostileModulesTest::needsMore).toList(), COUNT / 2);
    }

    private static boolean needsMore(byte[] bytes) {
        return isValid(bytes, FeatureSet.ALL) && !isValid(bytes, LESS);
    }

    private static boolean isValid(byte[] bytes, FeatureSet features) {
        try {
            var module = BinaryDecoder.decode(ByteSource.of(bytes));
            Validator.validate(module, features, Parallelism.NONE);
            return true;
        } catch (WasmException e) {
            return false;
        }
    }

    private void compare(List<byte[]> seeds, int count) {
        var mutator = new Mutator(new SplittableRandom(SEED), seeds);
        for (int i = 0; i < count; i++) {
            var bytes = mutator.next();
            long start = System.nanoTime();
            try {
                check(bytes);
            } catch (Throwable e) {
                throw new AssertionError(
                        "module " + i + ": " + e + "\n" + HexFormat.of().formatHex(bytes), e);
            }
            assertTrue(System.nanoTime() - start < LONGEST_NANOS, "module " + i + " takes long");
        }
        System.out.println(
                count + " mutated modules, " + valid + " of them valid, " + ran + " compared");
        assertTrue(valid > count / 50, "valid: " + valid);
        assertTrue(ran > count / 100, "ran: " + ran);
    }

    private static ValidModule validate(WasmModule module) {
        return Validator.validate(module, FeatureSet.ALL, Parallelism.NONE);
    }

    /** What a decoder refuses is refused on the engine's way too, which decodes in two steps. */
    private Optional<ValidModule> validate(byte[] bytes) {
        boolean wellFormed = true;
        try {
            BinaryDecoder.decodeFully(ByteSource.of(bytes));
        } catch (MalformedException e) {
            wellFormed = false;
        }
        try {
            var module = validate(BinaryDecoder.decode(ByteSource.of(bytes)));
            assertTrue(wellFormed, "valid, but malformed");
            return Optional.of(module);
        } catch (WasmException e) {
            return Optional.empty();
        }
    }

    private void check(byte[] bytes) {
        var module = validate(bytes);
        if (module.isEmpty()) {
            return;
        }
        valid++;
        NameSection.read(module.get().syntax());
        try {
            BranchHints.check(module.get().syntax());
        } catch (WasmException e) {
            // Hints may be wrong in a valid module.
        }
        roundTrip(module.get());
        var outcomes = Setup.pure().map(setup -> Guest.run(module.get(), setup)).toList();
        for (var outcome : outcomes) {
            assertEquals(outcomes.getFirst(), outcome);
        }
        ran++;
    }

    private static void roundTrip(ValidModule module) {
        var encoded = BinaryEncoder.encode(module.syntax());
        var again = validate(BinaryDecoder.decode(ByteSource.of(encoded)));
        assertEquals(
                HexFormat.of().formatHex(encoded),
                HexFormat.of().formatHex(BinaryEncoder.encode(again.syntax())));
        TextPrinter.print(module.syntax(), PrintStyle.values()[0]);
    }

    @Test
    void truncatedEverywhere() {
        for (var seed : seeds().stream().limit(40).toList()) {
            for (int length = 0; length < seed.length; length++) {
                check(java.util.Arrays.copyOf(seed, length));
            }
        }
    }
}
