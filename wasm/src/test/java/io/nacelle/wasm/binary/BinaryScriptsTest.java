// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.binary;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nacelle.wasm.syntax.MalformedException;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The binary modules of the official scripts, when their directory is given by the system property
 * {@code nacelle.testsuite}: they decode, or are malformed for the reason that the script states.
 * Needs no reader of scripts: only {@code module binary} and what stands around it is looked for.
 */
final class BinaryScriptsTest {
    private static final Pattern BINARY =
            Pattern.compile(
                    "(\\(assert_(\\w+)\\s+)?\\(module\\s+(?:definition\\s+)?(?:\\$\\S+\\s+)?binary"
                            + "((?:\\s*+\"(?:[^\"\\\\]++|\\\\.)*+\")*+)\\s*\\)"
                            + "(?:\\s*\"((?:[^\"\\\\]++|\\\\.)*+)\")?");
    private static final Pattern COMMENT = Pattern.compile("\"(?:[^\"\\\\]++|\\\\.)*+\"|;;[^\\n]*");
    private static final Pattern STRING = Pattern.compile("\"((?:[^\"\\\\]++|\\\\.)*+)\"");

    @Test
    void official() throws Exception {
        var directory = System.getProperty("nacelle.testsuite");
        assumeTrue(directory != null, "the system property nacelle.testsuite is not set");
        List<Path> scripts;
        try (var files = Files.walk(Path.of(directory))) {
            scripts = files.filter(f -> f.toString().endsWith(".wast")).sorted().toList();
        }
        var failures = new ArrayList<String>();
        int modules = 0;
        for (var script : scripts) {
            modules += run(script, failures);
        }
        assertTrue(modules > 500, modules + " modules");
        assertEquals(List.of(), failures);
    }

    private static int run(Path script, List<String> failures) throws Exception {
        var raw = Files.readString(script, StandardCharsets.ISO_8859_1);
        var text =
                COMMENT.matcher(raw)
                        .replaceAll(
                                m ->
                                        m.group().startsWith(";;")
                                                ? ""
                                                : Matcher.quoteReplacement(m.group()));
        int modules = 0;
        var matcher = BINARY.matcher(text);
        while (matcher.find()) {
            modules++;
            var bytes = bytes(matcher.group(3));
            boolean malformed = "malformed".equals(matcher.group(2));
            try {
                var module = BinaryDecoder.decodeFully(ByteSource.of(bytes));
                if (malformed) {
                    failures.add(script + ": accepted, not \"" + matcher.group(4) + "\"");
                }
                var encoded = BinaryEncoder.encode(module);
                var again = BinaryDecoder.decodeFully(ByteSource.of(encoded));
                assertArrayEquals(encoded, BinaryEncoder.encode(again));
            } catch (MalformedException e) {
                if (!malformed || !e.reason().startsWith(matcher.group(4))) {
                    failures.add(script + ": " + e.getMessage() + ", not " + matcher.group(4));
                }
            }
        }
        return modules;
    }

    private static byte[] bytes(String strings) {
        var out = new ByteArrayOutputStream();
        var matcher = STRING.matcher(strings);
        while (matcher.find()) {
            var s = matcher.group(1);
            for (int i = 0; i < s.length(); i++) {
                char c = s.charAt(i);
                if (c != '\\') {
                    out.write(c);
                    continue;
                }
                char next = s.charAt(++i);
                switch (next) {
                    case 'n' -> out.write('\n');
                    case 't' -> out.write('\t');
                    case 'r' -> out.write('\r');
                    case '"', '\'', '\\' -> out.write(next);
                    default -> {
                        out.write(Integer.parseInt(s.substring(i, i + 2), 16));
                        i++;
                    }
                }
            }
        }
        return out.toByteArray();
    }
}
