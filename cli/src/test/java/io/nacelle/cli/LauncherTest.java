// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The launcher on a tree of its own, with a Maven that only pretends to build. */
final class LauncherTest {
    private static final Path SHELL = Path.of("/bin/sh");

    @TempDir private Path tree;
    private Path launcher;
    private Path complete;

    private record Outcome(int exitCode, String out, String err) {}

    @BeforeEach
    void copyLauncher() throws IOException {
        assumeTrue(Files.isExecutable(SHELL), "needs a POSIX shell");
        launcher = Files.copy(Path.of("..", "nacelle"), tree.resolve("nacelle"));
        complete = tree.resolve("cli/target/app/complete");
    }

    private Outcome launch(String path, String... args) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(SHELL.toString(), launcher.toString());
        builder.command().addAll(List.of(args));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("PATH", path);
        var out = tree.resolve("out");
        var err = tree.resolve("err");
        var process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the launcher hangs");
        return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    /** Puts a command named mvn on a path of its own, beside the machine's usual tools. */
    private String mavenThat(String... script) throws IOException {
        var bin = Files.createDirectories(tree.resolve("bin"));
        var mvn = bin.resolve("mvn");
        Files.writeString(
                mvn, "#!/bin/sh\n" + String.join("\n", script) + "\n", StandardCharsets.UTF_8);
        assertTrue(mvn.toFile().setExecutable(true));
        return bin + ":/usr/bin:/bin";
    }

    @Test
    void withoutMavenItSaysSo() throws Exception {
        var outcome = launch("/nowhere");
        assertEquals(1, outcome.exitCode());
        assertEquals(
                "nacelle: Maven is needed to build nacelle on its first use, and no mvn is on the"
                        + " path.\n",
                outcome.err());
    }

    @Test
    void firstUseBuilds() throws Exception {
        var outcome =
                launch(
                        mavenThat(
                                "echo \"$@\" >arguments",
                                "echo noise",
                                "mkdir -p cli/target/app",
                                "touch cli/target/app/complete"));
        assertTrue(outcome.err().startsWith("building nacelle (first use)...\n"), outcome.err());
        assertFalse(outcome.err().contains("noise"), "a build that succeeds is quiet");
        assertFalse(outcome.out().contains("noise"), "standard output is the guest's");
        assertTrue(Files.readString(tree.resolve("arguments")).endsWith(" package\n"));
        assertFalse(Files.exists(tree.resolve(".nacelle-build")), "the lock is released");
    }

    @Test
    void laterUsesDoNotBuild() throws Exception {
        Files.createDirectories(complete.getParent());
        Files.createFile(complete);
        launch(mavenThat("touch built"));
        assertFalse(Files.exists(tree.resolve("built")));
    }

    @Test
    void failedBuildShowsWhatMavenSaid() throws Exception {
        var outcome = launch(mavenThat("echo what went wrong", "exit 1"));
        assertEquals(1, outcome.exitCode());
        assertTrue(outcome.err().contains("what went wrong\n"), outcome.err());
        assertTrue(outcome.err().endsWith("nacelle: the build failed.\n"), outcome.err());
        assertEquals("", outcome.out());
    }

    @Test
    void buildWithoutResultIsAFailure() throws Exception {
        assertEquals(1, launch(mavenThat("exit 0")).exitCode());
    }

    @Test
    void interruptedBuildIsDoneAnew() throws Exception {
        // Process ids are far smaller than this, so it names no living process.
        Files.writeString(tree.resolve(".nacelle-build"), "999999999\n");
        launch(mavenThat("echo \"$@\" >arguments", "exit 1"));
        assertTrue(Files.readString(tree.resolve("arguments")).endsWith(" clean package\n"));
    }

    @Test
    void oneBuildAtATime() throws Exception {
        Files.writeString(tree.resolve(".nacelle-build"), ProcessHandle.current().pid() + "\n");
        var outcome = launch(mavenThat("touch built"));
        assertEquals(1, outcome.exitCode());
        assertTrue(outcome.err().contains("is building nacelle"), outcome.err());
        assertFalse(Files.exists(tree.resolve("built")));
    }

    @Test
    void namesAreUtf8InTheCLocale() throws Exception {
        fakeJdk("echo ${LC_ALL-none} ${LC_CTYPE-none}");
        assertEquals("C.UTF-8 none\n", locale("LC_ALL", "C"));
        assertEquals("none C.UTF-8\n", locale("LANG", "POSIX"));
        assertEquals("none C.UTF-8\n", locale("OTHER", ""));
        assertEquals("none none\n", locale("LANG", "de_DE.ISO-8859-1"));
    }

    private String locale(String variable, String value) throws Exception {
        var builder = new ProcessBuilder(SHELL.toString(), launcher.toString(), "version");
        var environment = builder.environment();
        List.of("LC_ALL", "LC_CTYPE", "LANG").forEach(environment::remove);
        environment.put(variable, value);
        environment.put("JAVA_HOME", tree.resolve("jdk").toString());
        var out = tree.resolve("out");
        var process = builder.redirectOutput(out.toFile()).start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the launcher hangs");
        return Files.readString(out);
    }

    /** Lets the launcher find a build and a JDK whose java is this script. */
    private void fakeJdk(String script) throws IOException {
        var bin = Files.createDirectories(tree.resolve("jdk/bin"));
        Files.writeString(tree.resolve("jdk/release"), "JAVA_VERSION=\"25\"\n");
        for (var name : List.of("java", "javac")) {
            var tool = bin.resolve(name);
            Files.writeString(tool, "#!/bin/sh\n" + script + "\n");
            assertTrue(tool.toFile().setExecutable(true));
        }
        Files.createDirectories(complete.getParent());
        Files.createFile(complete);
        Files.createFile(complete.resolveSibling("classes.aot"));
    }

    @Test
    void closedStreamsAreOpenedOnNothing() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/fd")), "needs /proc");
        // What stands for the JVM tells what its standard streams are.
        fakeJdk(
                "in=$(readlink /proc/$$/fd/0)\nout=$(readlink /proc/$$/fd/1)\n"
                        + "err=$(readlink /proc/$$/fd/2)\necho $in $out $err >"
                        + tree
                        + "/streams");
        var builder =
                new ProcessBuilder(
                        SHELL.toString(), "-c", launcher + " version 0<&- 1>&- 2>&-; exit $?");
        builder.environment().put("JAVA_HOME", tree.resolve("jdk").toString());
        var process = builder.start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the launcher hangs");
        assertEquals("/dev/null /dev/null /dev/null\n", Files.readString(tree.resolve("streams")));
    }
}
