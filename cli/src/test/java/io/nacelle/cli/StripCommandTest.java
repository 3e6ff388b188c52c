// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.binary.BinaryDecoder;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.syntax.CustomSection;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

final class StripCommandTest {
    private static final String CODE =
            "(memory 1) (data (i32.const 0) \"abc\") (func $f (result i32) (local $x i32)"
                    + " (local.get $x))";
    private static final String CUSTOMS =
            "(@custom \"first\" (before first) \"1\")"
                    + " (@custom \".debug_info\" \"dwarf\")"
                    + " (@custom \"dylink.0\" (before first) \"\")"
                    + " (@custom \"metadata.code.trace\" (after code) \"\")"
                    + " (@custom \"mine\" (after data) \"2\")"
                    + " (@custom \"mine too\" (after data) \"3\")";

    @TempDir private Path directory;
    private Path file;
    private Path stripped;

    @BeforeEach
    void writeModule() throws IOException {
        file = directory.resolve("m.wasm");
        stripped = directory.resolve("stripped.wasm");
        parse("(module $name " + CODE + CUSTOMS + ")", file);
    }

    private void parse(String text, Path to) throws IOException {
        var wat = Files.writeString(directory.resolve("m.wat"), text);
        assertEquals(ExitCode.OK, Main.execute("parse", wat.toString(), "-o", to.toString()));
        Files.delete(wat);
    }

    private void strip(String... options) {
        var words = new ArrayList<>(List.of("strip", file.toString()));
        words.addAll(List.of("-o", stripped.toString()));
        words.addAll(List.of(options));
        assertEquals(ExitCode.OK, Main.execute(words.toArray(String[]::new)));
    }

    private static List<String> customs(Path path) throws IOException {
        var module = BinaryDecoder.decodeFully(ByteSource.of(Files.readAllBytes(path)));
        return module.customs().stream().map(CustomSection::name).toList();
    }

    @Test
    void theModuleItselfStaysByteForByte() throws IOException {
        strip("--all");
        var bare = directory.resolve("bare.wasm");
        parse(
                "(module "
                        + CODE.replaceAll(" \\$\\w+", "").replace("local.get", "local.get 0")
                        + ")",
                bare);
        assertArrayEquals(Files.readAllBytes(bare), Files.readAllBytes(stripped));
    }

    @Test
    void whatLoadersNeedStays() throws IOException {
        assertTrue(customs(file).contains("name"));
        strip();
        assertEquals(List.of("dylink.0", "metadata.code.trace"), customs(stripped));
    }

    @Test
    void sectionsAreKeptByName() throws IOException {
        strip("--keep", "mine", "--keep", ".debug_*");
        assertEquals(
                List.of("dylink.0", "metadata.code.trace", "mine", ".debug_info"),
                customs(stripped).stream().sorted(order()).toList());
        strip("--all", "--keep", "name");
        assertEquals(List.of("name"), customs(stripped));
    }

    private static Comparator<String> order() {
        return Comparator.comparingInt(
                List.of("dylink.0", "metadata.code.trace", "mine", ".debug_info")::indexOf);
    }

    @Test
    void theFileItselfCanBeReplaced() throws IOException {
        strip();
        var expected = Files.readAllBytes(stripped);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-x---"));
        var link = Files.createSymbolicLink(directory.resolve("link.wasm"), file);
        var code = Main.execute("strip", link.toString(), "-o", link.toString());
        assertEquals(ExitCode.OK, code);
        assertArrayEquals(expected, Files.readAllBytes(file));
        assertTrue(Files.isSymbolicLink(link));
        assertEquals(
                "rwxr-x---", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        try (var left = Files.list(directory)) {
            assertEquals(3, left.count(), "nothing else is left behind");
        }
    }

    @Test
    void aFailureLeavesWhatWasThere() throws IOException {
        strip();
        var before = Files.readAllBytes(stripped);
        Files.write(file, new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0, 1, 99});
        var code = Main.execute("strip", file.toString(), "-o", stripped.toString());
        assertEquals(ExitCode.FAILURE, code);
        assertArrayEquals(before, Files.readAllBytes(stripped));
        code = Main.execute("strip", stripped.toString(), "-o", directory.toString());
        assertEquals(ExitCode.FAILURE, code);
        assertTrue(Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS));
        assertEquals(ExitCode.USAGE, Main.execute("strip", "--none", file.toString()));
    }

    @Test
    void objectFilesAreLeftAlone() throws IOException {
        parse("(module (@custom \"linking\" \"\\02\") (@custom \"x\" \"\"))", file);
        var code = Main.execute("strip", file.toString(), "-o", stripped.toString());
        assertEquals(ExitCode.FAILURE, code);
        assertTrue(Files.notExists(stripped));
        strip("--all");
        assertEquals(List.of(), customs(stripped));
    }

    /** What a link points to is made, be it behind another link: the link stays. */
    @Test
    void aLinkToNoFileYetMakesTheFile() throws IOException {
        var there = directory.resolve("there.wasm");
        var link = Files.createSymbolicLink(directory.resolve("a.wasm"), Path.of("b.wasm"));
        Files.createSymbolicLink(directory.resolve("b.wasm"), there);
        assertEquals(ExitCode.OK, Main.execute("strip", file.toString(), "-o", link.toString()));
        assertTrue(Files.isSymbolicLink(link));
        assertTrue(Files.isRegularFile(there, LinkOption.NOFOLLOW_LINKS));
        Files.createSymbolicLink(directory.resolve("c.wasm"), Path.of("d.wasm"));
        var loop = Files.createSymbolicLink(directory.resolve("d.wasm"), Path.of("c.wasm"));
        assertEquals(
                ExitCode.FAILURE, Main.execute("strip", file.toString(), "-o", loop.toString()));
        assertTrue(Files.isSymbolicLink(loop));
    }

    @Test
    void anEmptyNameOfTheOutputIsAMistake() {
        assertEquals(ExitCode.USAGE, Main.execute("strip", file.toString(), "-o", ""));
    }
}
