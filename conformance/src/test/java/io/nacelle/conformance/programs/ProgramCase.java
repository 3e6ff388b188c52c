// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance.programs;

import io.nacelle.wasi.Access;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** A run of a program and what it must give; {@code cases.txt} says what each part means. */
record ProgramCase(String name, Map<String, List<String>> values) {
    private static final Pattern HEADING = Pattern.compile("\\[([a-z0-9-]+)]");
    private static final Pattern ENTRY = Pattern.compile("([a-z0-9]+) =(?: (.*))?");
    private static final Set<String> REPEATED = Set.of("arg", "env", "dir", "file", "call");
    private static final Set<String> SINGLE =
            Set.of("program", "stdin", "stdout", "stderr", "exit", "left", "node");

    /** A directory that a program is given. */
    record Grant(Path host, String guest, Access access) {}

    /** A call of an export with numbers of type i32. */
    record Call(String export, int[] arguments) {}

    /** A file in the fresh directory after the run, and the file that it must be equal to. */
    record Produced(String name, Path expected) {}

    static List<ProgramCase> readAll() throws IOException {
        var cases = new ArrayList<ProgramCase>();
        int number = 0;
        for (var line : Files.readAllLines(Programs.SOURCES.resolve("cases.txt"))) {
            number++;
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            var heading = HEADING.matcher(line);
            if (heading.matches()) {
                cases.add(new ProgramCase(heading.group(1), new HashMap<>()));
                continue;
            }
            var entry = ENTRY.matcher(line);
            if (cases.isEmpty() || !entry.matches()) {
                throw new IOException("cases.txt, line " + number + ": not understood: " + line);
            }
            cases.getLast().add(entry.group(1), Optional.ofNullable(entry.group(2)).orElse(""));
        }
        return cases;
    }

    private void add(String key, String value) throws IOException {
        var before = values.putIfAbsent(key, new ArrayList<>());
        if (!REPEATED.contains(key) && (!SINGLE.contains(key) || before != null)) {
            throw new IOException("cases.txt, [" + name + "]: unexpected key " + key);
        }
        values.get(key).add(value);
    }

    private List<String> all(String key) {
        return values.getOrDefault(key, List.of());
    }

    private Optional<String> one(String key) {
        return all(key).stream().findFirst();
    }

    String program() {
        return one("program").orElseThrow();
    }

    /** The arguments after the program's name. */
    List<String> arguments() {
        return all("arg");
    }

    /** Variables in the form {@code NAME=VALUE}. */
    List<String> environment() {
        return all("env");
    }

    /** What to call once the module is initialised; empty for a command, which is run. */
    List<Call> calls() {
        return all("call").stream()
                .map(call -> call.split(" "))
                .map(
                        words ->
                                new Call(
                                        words[0],
                                        Arrays.stream(words)
                                                .skip(1)
                                                .mapToInt(Integer::parseInt)
                                                .toArray()))
                .toList();
    }

    List<Grant> grants(Path fresh) {
        return all("dir").stream().map(dir -> grant(dir, fresh)).toList();
    }

    private static Grant grant(String dir, Path fresh) {
        var parts = dir.split("::", -1);
        Path host;
        if (parts[0].equals("fresh")) {
            host = fresh;
        } else if (parts[0].startsWith("programs/")) {
            host = Programs.find(parts[0].substring("programs/".length()));
        } else if (parts[0].startsWith("sources/")) {
            host = Programs.SOURCES.resolve(parts[0].substring("sources/".length()));
        } else {
            throw new IllegalArgumentException("cases.txt: unknown directory " + dir);
        }
        boolean readOnly = parts.length == 3 && parts[2].equals("ro");
        return new Grant(host, parts[1], readOnly ? Access.READ_ONLY : Access.READ_WRITE);
    }

    byte[] stdin() throws IOException {
        return content(one("stdin").orElse("none"));
    }

    /** What {@code stdout} or {@code stderr} must be, when that is compared. */
    Optional<byte[]> expected(String stream) throws IOException {
        var file = one(stream);
        return file.isPresent() ? Optional.of(content(file.get())) : Optional.empty();
    }

    private static byte[] content(String file) throws IOException {
        return file.equals("none")
                ? new byte[0]
                : Files.readAllBytes(Programs.SOURCES.resolve(file));
    }

    int exitCode() {
        return Integer.parseInt(one("exit").orElseThrow());
    }

    List<Produced> produced() {
        return all("file").stream()
                .map(file -> file.split("::", -1))
                .map(parts -> new Produced(parts[0], Programs.SOURCES.resolve(parts[1])))
                .toList();
    }

    /** The names in the fresh directory after the run, when that is compared. */
    Optional<String> left() {
        return one("left");
    }
}
