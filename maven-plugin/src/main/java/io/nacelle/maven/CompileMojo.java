// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.maven;

import org.apache.maven.artifact.Artifact;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecution;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.toolchain.ToolchainManager;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import javax.inject.Inject;

/**
 * Compiles a WebAssembly module to classes, with a typed interface of its exports, before the
 * project's own classes are compiled, which can use them. What compiles needs a JDK 25 or later and
 * runs in a process of that.
 */
@Mojo(name = "compile", defaultPhase = LifecyclePhase.PROCESS_RESOURCES, threadSafe = true)
public final class CompileMojo extends AbstractMojo {
    /** The oldest Java that the compiler runs on. */
    private static final int LEAST_JAVA = 25;

    /** The module: binary (.wasm) or text (.wat). */
    @Parameter(property = "nacelle.module", required = true)
    private File module;

    /** The package of the class that programs use. */
    @Parameter(property = "nacelle.packageName", required = true)
    private String packageName;

    /** The name of the class; the name of the file with a capital letter otherwise. */
    @Parameter(property = "nacelle.className")
    private String className;

    /** The kind of store that the code is for: heap, native, or auto. */
    @Parameter(property = "nacelle.store", defaultValue = "auto")
    private String store;

    /** For engines that count fuel. */
    @Parameter(property = "nacelle.fuel", defaultValue = "false")
    private boolean fuel;

    /** For engines that ask for determinism. */
    @Parameter(property = "nacelle.deterministic", defaultValue = "false")
    private boolean deterministic;

    /** What the module may use, as the command's option --features has it. */
    @Parameter(property = "nacelle.features")
    private String features;

    /** Where classes go. */
    @Parameter(defaultValue = "${project.build.outputDirectory}", required = true)
    private File outputDirectory;

    /** The JDK that compiles; found if not given. */
    @Parameter(property = "nacelle.javaHome")
    private File javaHome;

    /** Does nothing. */
    @Parameter(property = "nacelle.skip", defaultValue = "false")
    private boolean skip;

    @Parameter(defaultValue = "${project.build.directory}", readonly = true, required = true)
    private File buildDirectory;

    @Parameter(defaultValue = "${plugin.artifacts}", readonly = true, required = true)
    private List<Artifact> artifacts;

    @Parameter(defaultValue = "${session}", readonly = true, required = true)
    private MavenSession session;

    @Parameter(defaultValue = "${mojoExecution}", readonly = true, required = true)
    private MojoExecution execution;

    @Inject private ToolchainManager toolchains;

    @Override
    public void execute() throws MojoExecutionException {
        if (skip) {
            return;
        }
        if (!module.isFile()) {
            throw new MojoExecutionException("there is no module " + module);
        }
        var work = buildDirectory.toPath().resolve("nacelle").resolve(execution.getExecutionId());
        var output = outputDirectory.toPath();
        try {
            var classes = new UnpackedJar(work, output);
            var options = options();
            var compiler = compiler();
            if (classes.isUpToDate(module.toPath(), options, compiler)) {
                getLog().info("The classes of " + module.getName() + " are up to date.");
                return;
            }
            var java = findJava();
            Files.createDirectories(work);
            run(java, compiler, options, classes.jar());
            int count = classes.unpack(options);
            getLog().info("Compiled " + module.getName() + " to " + count + " classes.");
        } catch (IOException e) {
            throw new MojoExecutionException(
                    "cannot write the classes of " + module + ": " + e.getMessage(), e);
        }
    }

    /** The options of the command, without the files. */
    private List<String> options() {
        var options = new ArrayList<>(List.of("--target", "jvm", "--package", packageName));
        if (className != null) {
            options.addAll(List.of("--class-name", className));
        }
        options.addAll(List.of("--store", store));
        if (features != null) {
            options.addAll(List.of("--features", features));
        }
        if (fuel) {
            options.add("--fuel");
        }
        if (deterministic) {
            options.add("--deterministic");
        }
        return options;
    }

    /** The jars of the compiler. */
    private List<Path> compiler() {
        var jars = new ArrayList<Path>();
        for (var artifact : artifacts) {
            boolean own = artifact.getArtifactId().equals(execution.getArtifactId());
            if (artifact.getFile() != null && !own) {
                jars.add(artifact.getFile().toPath());
            }
        }
        return jars;
    }

    private Path findJava() throws MojoExecutionException {
        if (javaHome != null) {
            return Jdks.java(javaHome.toPath(), LEAST_JAVA)
                    .orElseThrow(
                            () ->
                                    new MojoExecutionException(
                                            javaHome + " is no JDK " + LEAST_JAVA + " or later"));
        }
        return ofToolchain()
                .or(() -> Jdks.find(LEAST_JAVA))
                .orElseThrow(
                        () ->
                                new MojoExecutionException(
                                        "a JDK "
                                                + LEAST_JAVA
                                                + " or later is needed, and none was found in the"
                                                + " toolchains, in JAVA_HOME, on the path or in"
                                                + " the usual places; javaHome"
                                                + " (-Dnacelle.javaHome=DIRECTORY) names one"));
    }

    /** What the toolchain that the build has chosen offers, or any other that will do. */
    private Optional<Path> ofToolchain() {
        var chosen = toolchains.getToolchainFromBuildContext("jdk", session);
        var all = new ArrayList<org.apache.maven.toolchain.Toolchain>();
        if (chosen != null) {
            all.add(chosen);
        }
        all.addAll(toolchains.getToolchains(session, "jdk", null));
        for (var toolchain : all) {
            var tool = toolchain.findTool("java");
            if (tool != null) {
                var found = Jdks.java(Path.of(tool).getParent().getParent(), LEAST_JAVA);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private void run(Path java, List<Path> compiler, List<String> options, Path jar)
            throws MojoExecutionException, IOException {
        var path = new StringBuilder();
        for (var one : compiler) {
            path.append(path.length() == 0 ? "" : File.pathSeparator).append(one);
        }
        var command = new ArrayList<String>();
        command.add(java.toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-Dstdout.encoding=UTF-8", "-Dstderr.encoding=UTF-8"));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(List.of("--class-path", path.toString()));
        command.addAll(List.of("io.nacelle.cli.Main", "compile"));
        command.addAll(options);
        command.addAll(List.of("-o", jar.toString(), module.toString()));
        getLog().debug(String.join(" ", command));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        // Options for the Java that runs Maven are not meant for this one, and it would say so.
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().remove("JDK_JAVA_OPTIONS");
        var process = builder.start();
        process.getOutputStream().close();
        try {
            var text = read(process.getInputStream());
            int code = process.waitFor();
            if (code != 0) {
                throw new MojoExecutionException(
                        text.isEmpty() ? "the compiler ended with exit code " + code : text);
            }
            if (!text.isEmpty()) {
                getLog().warn(text);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MojoExecutionException("interrupted", e);
        } finally {
            process.destroy();
        }
    }

    private static String read(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
}
