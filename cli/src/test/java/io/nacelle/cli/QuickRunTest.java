// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is read without picocli means what picocli makes of it. */
class QuickRunTest {
    /** Every option of the command, so that none is slow to use because it was forgotten. */
    private static final String ALL =
            "run --mode jit --tier-threshold 5 --tier-threads 2 --cache-dir a --no-cache --vectors"
                    + " --store native --dir . --dir b::/c::ro --env A=1 --env B --invoke f"
                    + " --argv0 name --preload x=y.wasm --preload z=w --string-constants s"
                    + " --fuel 9 --deterministic --features wasm2,+threads --timeout 1.5"
                    + " --max-memory 10 --max-stack 11 --max-threads 3 --max-instances 4"
                    + " --max-call-depth 12"
                    + " --locked --locked-exact file.wasm --mode z -x";

    @ParameterizedTest
    @ValueSource(
            strings = {
                ALL,
                "run file.wasm",
                "run --mode=Fast --dir=a --env=A=b=c --max-threads=0 file.wasm -- -h --help",
                "run --invoke f file.wat -1 2",
                "run --timeout 500ms --max-memory 64MiB --max-stack 2MB file.wat",
                "run --timeout 1.5m --max-memory 1.5GiB --max-stack 1kB file.wat",
                "run --fuel -0 - a",
            })
    void agreesWithPicocli(String line) throws ReflectiveOperationException {
        var words = line.split(" ");
        var quick = QuickRun.parse(words);
        if (line.contains(" -0")) {
            assertTrue(quick.isEmpty(), line);
            return;
        }
        assertEquals(values(byPicocli(words)), values(quick.orElseThrow()), line);
    }

    @Test
    void knowsEveryOption() {
        var known = new HashSet<String>();
        for (var word : ALL.split(" ")) {
            known.add(word.replaceFirst("=.*", ""));
        }
        for (var option : new CommandLine(new RunCommand()).getCommandSpec().options()) {
            assertTrue(
                    option.usageHelp() || known.contains(option.longestName()), option::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "validate a.wasm",
                "run",
                "run -h",
                "run --help a.wasm",
                "run --mode",
                "run --mode slow a.wasm",
                "run --mode fast",
                "run --mode fast --mode jit a.wasm",
                "run --no-cache --no-cache a.wasm",
                "run --no-cache=true a.wasm",
                "run --fuel many a.wasm",
                "run --max-memory 1XB a.wasm",
                "run --max-stack 4GiB a.wasm",
                "run --timeout 2d a.wasm",
                "run --fuel --mode a.wasm",
                "run --dir a::b::c a.wasm",
                "run --preload x a.wasm",
                "run --preload x=a --preload x=b a.wasm",
                "run --features wasm9 a.wasm",
                "run --moed fast a.wasm",
                "run -- a.wasm",
            })
    void leavesTheRestToPicocli(String line) {
        assertTrue(QuickRun.parse(line.split(" ")).isEmpty(), line);
    }

    private static RunCommand byPicocli(String[] words) {
        var command = new RunCommand();
        var rest = java.util.Arrays.copyOfRange(words, 1, words.length);
        new CommandLine(command)
                .setExpandAtFiles(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setAbbreviatedOptionsAllowed(false)
                .setStopAtPositional(true)
                .parseArgs(rest);
        return command;
    }

    /** What picocli can set, by name. */
    private static Map<String, Object> values(Object command) throws ReflectiveOperationException {
        var values = new LinkedHashMap<String, Object>();
        for (var field : command.getClass().getDeclaredFields()) {
            field.setAccessible(true);
            if (field.isAnnotationPresent(Mixin.class)) {
                if (field.getType() != Help.class) {
                    values.put(field.getName(), values(field.get(command)));
                }
            } else if (field.isAnnotationPresent(Option.class)
                    || field.isAnnotationPresent(Parameters.class)) {
                values.put(field.getName(), field.get(command));
            }
        }
        return values;
    }
}
