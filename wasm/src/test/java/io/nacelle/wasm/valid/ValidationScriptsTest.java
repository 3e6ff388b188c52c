// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.valid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nacelle.wasm.binary.BranchHints;
import io.nacelle.wasm.syntax.Feature;
import io.nacelle.wasm.syntax.InvalidException;
import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.syntax.WasmException;
import io.nacelle.wasm.text.Command;
import io.nacelle.wasm.text.ModuleSource;
import io.nacelle.wasm.text.ScriptReader;

import org.junit.jupiter.api.Test;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * All modules of the official scripts, when their directory is given by the system property {@code
 * nacelle.testsuite}: they are valid, or invalid for the reason that the script states.
 */
final class ValidationScriptsTest {
    private final List<String> failures = new ArrayList<>();
    private int valid;
    private int invalid;

    @Test
    void official() throws Exception {
        var directory = System.getProperty("nacelle.testsuite");
        assumeTrue(directory != null, "the system property nacelle.testsuite is not set");
        List<Path> scripts;
        try (var files = Files.walk(Path.of(directory))) {
            scripts = files.filter(f -> f.toString().endsWith(".wast")).sorted().toList();
        }
        for (var script : scripts) {
            var features = features(script.toString());
            for (var command : ScriptReader.read(Files.readAllBytes(script))) {
                run(command, script + ":" + command.line(), features);
            }
        }
        assertTrue(valid > 2_800, valid + " valid modules");
        assertTrue(invalid > 2_800, invalid + " invalid modules");
        assertEquals(List.of(), failures);
    }

    /** The scripts of a proposal tell what the standard was when it was written. */
    private static Set<Feature> features(String script) {
        var features = EnumSet.copyOf(Validator.STANDARD);
        if (script.contains("custom-descriptors")) {
            features.add(Feature.CUSTOM_DESCRIPTORS);
        }
        if (script.contains("threads")) {
            features.remove(Feature.MULTI_MEMORY);
            features.remove(Feature.REFERENCE_TYPES);
        }
        return features;
    }

    private void run(Command command, String where, Set<Feature> features) {
        switch (command) {
            case Command.Define define -> accept(define.source(), where, features);
            case Command.DefineAndInstantiate define -> accept(define.source(), where, features);
            case Command.AssertInstantiationTrap trap -> accept(trap.source(), where, features);
            case Command.StartThread thread ->
                    thread.commands().forEach(c -> run(c, where, features));
            case Command.AssertRejected rejected -> {
                switch (rejected.fault()) {
                    case UNLINKABLE -> accept(rejected.source(), where, features);
                    case INVALID -> reject(rejected, where, features);
                    case MALFORMED -> malformed(rejected, where, features);
                    case INVALID_CUSTOM -> rejectCustom(rejected, where);
                    case MALFORMED_CUSTOM -> {}
                }
            }
            default -> {}
        }
    }

    private void accept(ModuleSource source, String where, Set<Feature> features) {
        try {
            var module = Validator.validate(source.read(), features, Parallelism.NONE);
            valid++;
            BranchHints.check(module.syntax());
            var validator = new FuncValidator(module);
            for (int i = module.importedFuncs(); i < module.funcCount(); i++) {
                validator.validate(i, new AskingVisitor());
            }
        } catch (WasmException e) {
            failures.add(where + ": " + e.getMessage());
        }
    }

    private void reject(Command.AssertRejected command, String where, Set<Feature> features) {
        try {
            Validator.validate(command.source().read(), features, Parallelism.NONE);
            failures.add(where + ": accepted, not \"" + command.message() + "\"");
        } catch (InvalidException e) {
            invalid++;
            if (!e.reason().startsWith(command.message())) {
                failures.add(where + ": " + e.getMessage() + ", not \"" + command.message() + "\"");
            }
        } catch (MalformedException e) {
            failures.add(where + ": malformed: " + e.getMessage());
        }
    }

    private void rejectCustom(Command.AssertRejected command, String where) {
        var module = Validator.validate(command.source().read());
        try {
            BranchHints.check(module.syntax());
            failures.add(where + ": accepted, not \"" + command.message() + "\"");
        } catch (InvalidException e) {
            assertTrue(e.reason().startsWith(command.message()), e::getMessage);
            invalid++;
        }
    }

    private void malformed(Command.AssertRejected command, String where, Set<Feature> features) {
        try {
            Validator.validate(command.source().read(), features, Parallelism.NONE);
            failures.add(where + ": accepted, not \"" + command.message() + "\"");
        } catch (InvalidException e) {
            // Sizes of memories had 32 bits when the scripts for threads were written; since then
            // the text format has 64, and a size that does not fit the memory is invalid.
            if (!where.contains("threads/memory.wast") || !e.reason().startsWith("memory size")) {
                failures.add(where + ": invalid, not malformed: " + e.getMessage());
            }
        } catch (MalformedException e) {
            // As it should be; whether the words are right is for the readers' own tests.
        }
    }
}
