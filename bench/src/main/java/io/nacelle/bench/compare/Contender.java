// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench.compare;

import io.nacelle.bench.Candidate;
import io.nacelle.bench.JavaCommand;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A way to run kernels.
 *
 * @param name its head in the tables
 * @param form what it runs
 * @param ours whether it is to run everything, and a failure is one of the comparison
 * @param command what starts its process
 */
record Contender(String name, Form form, boolean ours, List<String> command) {
    /** What all others are compared with. */
    static Contender reference() {
        return new Contender("native", Form.NATIVE, true, JavaCommand.of(NativeWorker.class));
    }

    static Contender scalar() {
        return new Contender("scalar", Form.SCALAR, true, JavaCommand.of(NativeWorker.class));
    }

    static Contender of(Candidate candidate) {
        var mode = candidate.mode().toString();
        var store = candidate.kind().toString();
        return new Contender(
                mode + "/" + store,
                Form.WASM,
                true,
                JavaCommand.of(NacelleWorker.class, mode, store));
    }

    /** Reads other runtimes from a file: a name and the words of a command, with tabs between. */
    static List<Contender> read(Path file) throws IOException {
        var result = new ArrayList<Contender>();
        for (var line : Files.readAllLines(file)) {
            var words = List.of(line.split("\t"));
            result.add(
                    new Contender(
                            words.getFirst(), Form.WASM, false, words.subList(1, words.size())));
        }
        return result;
    }

    /** Whether there is something to warm up. */
    boolean compiles() {
        return form == Form.WASM;
    }
}
