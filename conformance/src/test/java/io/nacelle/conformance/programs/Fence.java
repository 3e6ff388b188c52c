// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance.programs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A fenced block of a document.
 *
 * @param marks what follows the backticks, such as {@code sh programs}
 * @param line where it begins, from 1
 * @param output what it is to print: the block marked {@code text} that follows with nothing but
 *     empty lines in between
 */
record Fence(int line, List<String> marks, String text, Optional<String> output) {
    private static final String TICKS = "```";

    static List<Fence> readAll(Path document) throws IOException {
        var fences = new ArrayList<Fence>();
        var lines = Files.readAllLines(document);
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).startsWith(TICKS)) {
                continue;
            }
            int end = end(lines, i);
            var output = Optional.<String>empty();
            int next = end + 1;
            while (next < lines.size() && lines.get(next).isBlank()) {
                next++;
            }
            if (next < lines.size() && lines.get(next).equals(TICKS + "text")) {
                output = Optional.of(body(lines, next, end(lines, next)));
            }
            var marks = List.of(lines.get(i).substring(TICKS.length()).strip().split(" +"));
            fences.add(new Fence(i + 1, marks, body(lines, i, end), output));
            i = end;
        }
        return fences;
    }

    private static int end(List<String> lines, int start) throws IOException {
        for (int i = start + 1; i < lines.size(); i++) {
            if (lines.get(i).equals(TICKS)) {
                return i;
            }
        }
        throw new IOException("the block in line " + (start + 1) + " does not end");
    }

    private static String body(List<String> lines, int start, int end) {
        var body = new StringBuilder();
        lines.subList(start + 1, end).forEach(line -> body.append(line).append('\n'));
        return body.toString();
    }

    String language() {
        return marks.getFirst();
    }

    /** Whether it is a block of commands that uses the launcher. */
    boolean usesLauncher() {
        return Set.of("sh", "bash", "console").contains(language()) && text.contains("./nacelle ");
    }

    /** Whether it is Java to be run as it is; the processor's own tests run what needs that. */
    boolean isJava() {
        return language().equals("java") && !marks.contains("processor");
    }

    /** Whether it uses what {@code tools/fetch-programs} gets. */
    boolean needsPrograms() {
        return marks.contains("programs");
    }
}
