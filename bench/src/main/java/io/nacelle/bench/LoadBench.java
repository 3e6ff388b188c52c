// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.wasm.binary.BinaryDecoder;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.syntax.WasmModule;
import io.nacelle.wasm.valid.Validator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * How fast modules load, in megabytes (10^6 bytes) of file for a second of CPU: decoding and
 * validating, first in a cold JVM and then warm; and how much of the heap a loaded module keeps.
 *
 * <p>{@code LoadBench [--rounds N] [--check] FILE…}. With {@code --check} the status is 1 when a
 * module loads slower than 25 MB/s when warm or keeps twice its file's size.
 */
final class LoadBench {
    private static final double LEAST_SPEED = 25;
    private static final double MOST_KEPT = 2;

    private LoadBench() {}

    /** Keeps the last result reachable, so that no work can be left out. */
    private static volatile Object sink;

    public static void main(String[] args) throws IOException {
        var options = Options.parse(args, Set.of("--check"), Set.of("--rounds"));
        if (options.rest().isEmpty()) {
            System.err.println("usage: LoadBench [--rounds N] [--check] FILE...");
            System.exit(2);
        }
        boolean met = true;
        for (var file : options.rest()) {
            met &= measure(Path.of(file), options.get("--rounds", 10));
        }
        System.exit(options.has("--check") && !met ? 1 : 0);
    }

    private static boolean measure(Path file, int rounds) throws IOException {
        long size = Files.size(file);
        long first = 0;
        long decode = Long.MAX_VALUE;
        long validate = Long.MAX_VALUE;
        long both = Long.MAX_VALUE;
        for (int i = 0; i < rounds; i++) {
            long start = Meter.cpu();
            WasmModule module = BinaryDecoder.decode(ByteSource.map(file));
            long middle = Meter.cpu();
            sink = Validator.validate(module);
            long end = Meter.cpu();
            first = i == 0 ? end - start : first;
            decode = Math.min(decode, middle - start);
            validate = Math.min(validate, end - middle);
            both = Math.min(both, end - start);
        }
        sink = null;
        long before = Meter.retained();
        var engine = Engine.create(EngineConfig.defaults().withMode(Mode.CLASSIC));
        sink = Module.load(engine, Files.readAllBytes(file));
        double kept = (double) (Meter.retained() - before) / size;
        sink = Module.load(engine, file);
        double mapped = (double) (Meter.retained() - before) / size;
        double speed = speed(size, both);
        System.out.printf("%s, %.1f MB%n", file.getFileName(), size / 1e6);
        System.out.printf("  cold                %8.1f MB/s%n", speed(size, first));
        System.out.printf("  warm                %8.1f MB/s%n", speed(size, both));
        System.out.printf("    decode alone      %8.1f MB/s%n", speed(size, decode));
        System.out.printf("    validate alone    %8.1f MB/s%n", speed(size, validate));
        System.out.printf("  kept on the heap    %8.2f of the file's size%n", kept);
        System.out.printf("    from a mapped file%8.2f%n", mapped);
        return speed >= LEAST_SPEED && kept < MOST_KEPT;
    }

    private static double speed(long bytes, long nanoseconds) {
        return bytes / (nanoseconds / 1e3);
    }
}
