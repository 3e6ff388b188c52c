// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench.compare;

import io.nacelle.bench.Kernel.Size;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Pattern;

/** A contender's process, seen from the one that compares. {@link Worker} tells what is said. */
final class Peer implements AutoCloseable {
    /** A contender could not do what it was asked. */
    static final class Refusal extends Exception {
        private static final long serialVersionUID = 1;

        Refusal(String message) {
            super(message);
        }
    }

    /** A run's checksum and the CPU time of the thread that ran. */
    record Run(int result, long nanoseconds) {}

    /** CPU time so far: of the thread that runs kernels, and of all others. */
    record Spent(long thread, long others) {
        Spent less(Spent before) {
            return new Spent(thread - before.thread, Math.max(0, others - before.others));
        }
    }

    private static final Pattern ANSWER = Pattern.compile("-?\\d+ -?\\d+");

    private final Contender contender;
    private final Process process;
    private final PrintStream questions;
    private final BufferedReader answers;

    private Peer(Contender contender, Process process) {
        this.contender = contender;
        this.process = process;
        questions = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        answers =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static Peer start(Contender contender) throws IOException {
        var builder = new ProcessBuilder(contender.command());
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        return new Peer(contender, builder.start());
    }

    Contender contender() {
        return contender;
    }

    /** Loads a kernel; gives its amounts of work. */
    Map<Size, Integer> load(Subject subject, Path directory) throws IOException, Refusal {
        var file = contender.form().file(directory, subject).toAbsolutePath();
        long[] numbers = ask("load " + subject.name() + " " + file);
        var sizes = new EnumMap<Size, Integer>(Size.class);
        sizes.put(Size.FULL, (int) numbers[0]);
        sizes.put(Size.QUICK, (int) numbers[1]);
        return sizes;
    }

    Run run(Subject subject, int n) throws IOException, Refusal {
        long[] numbers = ask("run " + subject.name() + " " + n);
        return new Run((int) numbers[0], numbers[1]);
    }

    Spent spent() throws IOException, Refusal {
        long[] numbers = ask("spent");
        // A process's time comes in coarser units than a thread's.
        return new Spent(numbers[0], Math.max(0, numbers[1] - numbers[0]));
    }

    /** Every answer is two numbers. */
    private long[] ask(String question) throws IOException, Refusal {
        questions.println(question);
        var answer = answers.readLine();
        if (answer == null) {
            throw new Refusal("its process ended");
        }
        if (!ANSWER.matcher(answer).matches()) {
            throw new Refusal(answer.replaceFirst("^error ", ""));
        }
        return Arrays.stream(answer.split(" ")).mapToLong(Long::parseLong).toArray();
    }

    @Override
    public void close() {
        questions.close();
        process.destroy();
    }
}
