// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench.compare;

import com.sun.management.OperatingSystemMXBean;

import io.nacelle.bench.Kernel;
import io.nacelle.bench.Meter;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * A contender's side in a JVM. It reads a line, answers it with one, and ends with its input:
 *
 * <pre>
 * load NAME FILE   →  FULL QUICK            the kernel's amounts of work
 * run NAME N       →  RESULT NANOSECONDS    what it gave, and CPU time of the thread that ran it
 * spent            →  THREAD PROCESS        CPU time so far in nanoseconds
 * anything that fails  →  error MESSAGE
 * </pre>
 */
public final class Worker {
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** Makes a kernel of a file. */
    @FunctionalInterface
    public interface Loader {
        Kernel load(Path file) throws IOException;
    }

    private final Loader loader;
    private final Map<String, Kernel> kernels = new HashMap<>();

    private Worker(Loader loader) {
        this.loader = loader;
    }

    /** Answers until the input ends. */
    public static void serve(Loader loader) throws IOException {
        var answers = new PrintStream(new FileOutputStream(FileDescriptor.out), true);
        // What a runtime prints is not to be taken for an answer.
        System.setOut(System.err);
        var worker = new Worker(loader);
        var questions =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = questions.readLine()) != null; ) {
            answers.println(worker.answer(line.split(" ", 3)));
        }
        // Runtimes may have left threads behind.
        System.exit(0);
    }

    private String answer(String[] words) {
        try {
            return switch (words[0]) {
                case "load" -> load(words[1], Path.of(words[2]));
                case "run" -> run(kernels.get(words[1]), Integer.parseInt(words[2]));
                case "spent" -> Meter.cpu() + " " + SYSTEM.getProcessCpuTime();
                default -> throw new IllegalArgumentException(words[0]);
            };
        } catch (Exception | LinkageError | StackOverflowError | OutOfMemoryError e) {
            return "error " + e.toString().replace('\n', ' ');
        }
    }

    private String load(String name, Path file) throws IOException {
        var kernel = loader.load(file);
        kernels.put(name, kernel);
        return kernel.work(Kernel.Size.FULL) + " " + kernel.work(Kernel.Size.QUICK);
    }

    private static String run(Kernel kernel, int n) {
        long before = Meter.cpu();
        int result = kernel.run(n);
        return result + " " + (Meter.cpu() - before);
    }
}
