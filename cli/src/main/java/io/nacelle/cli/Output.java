// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import picocli.CommandLine.Option;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Where a command writes what it makes: a file, or standard output. A file is there as a whole or
 * not at all: it is written beside its place first. So it may be the one that is being read.
 */
final class Output {
    private static final int BUFFER_SIZE = 1 << 16;

    /** Links to links that are followed. */
    private static final int MOST_LINKS = 40;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to write; standard output if not given.")
    private Optional<Path> file = Optional.empty();

    /** Something that writes itself. */
    @FunctionalInterface
    interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    void write(byte[] bytes) {
        write(out -> out.write(bytes));
    }

    /**
     * Writes to the file, or to standard output.
     *
     * @throws Failure when that cannot be done
     */
    void write(Content content) {
        if (file.isEmpty() || file.get().equals(ModuleFile.STANDARD)) {
            try {
                // Not to be closed: the descriptor belongs to the process.
                send(content, new StandardOutput());
            } catch (IOException e) {
                throw new AssertionError("standard output reports failures itself", e);
            }
            return;
        }
        var path = file.get();
        if (path.toString().isEmpty()) {
            throw new Failure(ExitCode.USAGE, "the name of the output file is empty");
        }
        try {
            writeFile(path, content);
        } catch (UncheckedIOException e) {
            throw ModuleFile.unreadable(path, e.getCause());
        } catch (NoSuchFileException _) {
            throw new Failure(path + ": no such directory");
        } catch (IOException e) {
            throw ModuleFile.unreadable(path, e);
        }
    }

    private static void send(Content content, OutputStream to) throws IOException {
        var out = new BufferedOutputStream(to, BUFFER_SIZE);
        content.writeTo(out);
        out.flush();
    }

    private static void writeFile(Path path, Content content) throws IOException {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            // A device or a pipe is written to, not replaced; a directory says what it is.
            writeDirectly(path, content);
            return;
        }
        // What a link points to is replaced, not the link.
        var target = target(path);
        if (Files.exists(target) && !Files.isWritable(target)) {
            throw new AccessDeniedException(path.toString());
        }
        Path beside;
        try {
            beside = createBeside(target);
        } catch (AccessDeniedException e) {
            if (!Files.exists(target)) {
                throw e;
            }
            writeDirectly(target, content);
            return;
        }
        try {
            writeDirectly(beside, content);
            keepPermissions(target, beside);
            Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(beside);
        }
    }

    /** The file itself, which a link can point to before it is there. */
    private static Path target(Path path) throws IOException {
        if (Files.exists(path)) {
            return path.toRealPath();
        }
        var target = path.toAbsolutePath();
        for (int i = 0; Files.isSymbolicLink(target); i++) {
            if (i == MOST_LINKS) {
                throw new FileSystemLoopException(path.toString());
            }
            target = target.resolveSibling(Files.readSymbolicLink(target));
        }
        return target;
    }

    private static void writeDirectly(Path path, Content content) throws IOException {
        try (var out = Files.newOutputStream(path)) {
            send(content, out);
        }
    }

    /** An empty file with the permissions that a new one has. */
    private static Path createBeside(Path target) throws IOException {
        while (true) {
            var number = Integer.toHexString(ThreadLocalRandom.current().nextInt());
            var path = target.resolveSibling("." + target.getFileName() + "." + number + ".tmp");
            try {
                Files.newOutputStream(path, StandardOpenOption.CREATE_NEW).close();
                return path;
            } catch (FileAlreadyExistsException _) {
                // Another name, then.
            }
        }
    }

    private static void keepPermissions(Path from, Path to) throws IOException {
        if (Files.exists(from)
                && from.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(from));
        }
    }
}
