// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import io.nacelle.wasm.binary.BinaryDecoder;
import io.nacelle.wasm.binary.BinaryEncoder;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.syntax.FeatureSet;
import io.nacelle.wasm.syntax.InvalidException;
import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.syntax.WasmException;
import io.nacelle.wasm.syntax.WasmModule;
import io.nacelle.wasm.text.TextParser;
import io.nacelle.wasm.text.TextPosition;
import io.nacelle.wasm.valid.Parallelism;
import io.nacelle.wasm.valid.ValidModule;
import io.nacelle.wasm.valid.Validator;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Supplier;

/**
 * A module on disk, in the binary or in the text format. Which one is told by its first bytes; a
 * file named {@code .wasm} is binary whatever they are, so that a damaged one is reported as such.
 */
final class ModuleFile {
    /** The name that stands for standard input, and for standard output where that is meant. */
    static final Path STANDARD = Path.of("-");

    private static final int MAGIC = 0x0061_736D;
    private static final int PARALLEL_SIZE = 1 << 20;

    private final Path path;
    private final String name;

    /** What was read, when it was text. */
    private Optional<byte[]> text = Optional.empty();

    ModuleFile(Path path) {
        this.path = path;
        this.name = path.equals(STANDARD) ? "standard input" : path.toString();
    }

    /**
     * Reads the module, without validating it.
     *
     * @throws Failure when it cannot be read, or is malformed
     */
    WasmModule read() {
        return read(true);
    }

    /** Reads the module; one in the text format is brought into the binary format. */
    WasmModule readBinary() {
        return read(false);
    }

    /** Reads the module and validates it with these features. */
    ValidModule readValid(FeatureSet features) {
        // Text is brought into the binary format first, so that offsets in backtraces are those
        // that objdump shows.
        var module = readBinary();
        try {
            return Validator.validate(module, features, parallelism(module));
        } catch (WasmException e) {
            throw text.map(t -> inText(t, features, e)).orElseGet(() -> fault(e));
        }
    }

    /** A fault of a module that was written as text, with its line and column when it has them. */
    private Failure inText(byte[] text, FeatureSet features, WasmException e) {
        try {
            Validator.validate(TextParser.parse(text), features, Parallelism.NONE);
        } catch (WasmException again) {
            // The same fault, at an offset among what the parser wrote.
            var at = again.offset();
            if (at.isPresent()) {
                return TextParser.position(text, at.getAsLong())
                        .map(position -> fault(again, messageAt(again, position)))
                        .orElseGet(() -> fault(e));
            }
        }
        return fault(e);
    }

    /** Threads pay only for modules that take longer than starting them. */
    static Parallelism parallelism(WasmModule module) {
        int workers = Runtime.getRuntime().availableProcessors();
        return workers > 1 && module.source().size() >= PARALLEL_SIZE
                ? new Parallelism(ForkJoinPool.commonPool(), workers)
                : Parallelism.NONE;
    }

    private WasmModule read(boolean asWritten) {
        if (path.toString().isEmpty()) {
            throw new Failure(ExitCode.USAGE, "the name of the file is empty");
        }
        try {
            if (path.equals(STANDARD)) {
                return parse(System.in.readAllBytes(), asWritten);
            }
            if (!Files.isRegularFile(path)) {
                // A pipe or a terminal, or nothing at all: it cannot be mapped.
                return parse(Files.readAllBytes(path), asWritten);
            }
            if (isBinary()) {
                if (Files.size(path) == 0) {
                    throw new Failure(name + ": malformed module: the file is empty");
                }
                var source = ByteSource.read(path);
                return explain(() -> BinaryDecoder.decode(source));
            }
            return parse(Files.readAllBytes(path), asWritten);
        } catch (IOException e) {
            throw unreadable(name, e);
        }
    }

    private boolean isBinary() throws IOException {
        if (path.toString().endsWith(".wasm")) {
            return true;
        }
        try (var in = Files.newInputStream(path)) {
            return isBinary(in.readNBytes(Integer.BYTES));
        }
    }

    private static boolean isBinary(byte[] bytes) {
        return bytes.length >= Integer.BYTES && ByteBuffer.wrap(bytes).getInt() == MAGIC;
    }

    private WasmModule parse(byte[] bytes, boolean asWritten) {
        return explain(
                () -> {
                    if (isBinary(bytes)) {
                        return BinaryDecoder.decode(ByteSource.of(bytes));
                    }
                    var module = parseText(bytes);
                    text = Optional.of(bytes);
                    return asWritten
                            ? module
                            : BinaryDecoder.decode(ByteSource.of(BinaryEncoder.encode(module)));
                });
    }

    private WasmModule parseText(byte[] bytes) {
        try {
            return TextParser.parse(bytes);
        } catch (MalformedException e) {
            if (path.toString().endsWith(".wat")) {
                throw e;
            }
            // Nothing says that this was meant to be text.
            throw new Failure(
                    name
                            + ": not a module: neither in the binary format, which begins with"
                            + " \\0asm, nor in the text format: "
                            + e.getMessage());
        }
    }

    /**
     * Does something with the module, and names the file when the module is to blame for a failure.
     *
     * @throws Failure instead of {@link WasmException}
     */
    <T> T explain(Supplier<T> action) {
        try {
            return action.get();
        } catch (WasmException e) {
            throw fault(e);
        }
    }

    /** The message with a place in the text in place of the offset that it begins with. */
    private static String messageAt(WasmException e, TextPosition position) {
        var offset = "at offset 0x" + Long.toHexString(e.offset().orElseThrow());
        return e.reason() + " (" + e.where().replace(offset, "at " + position) + ")";
    }

    private Failure fault(WasmException e) {
        return fault(e, e.getMessage());
    }

    private Failure fault(WasmException e, String message) {
        var what = e instanceof InvalidException ? "invalid module" : "malformed module";
        return new Failure(name + ": " + what + ": " + message);
    }

    /** A failure to read or write a file, in words. */
    static Failure unreadable(Path path, IOException e) {
        return unreadable(path.toString(), e);
    }

    private static Failure unreadable(String name, IOException e) {
        return new Failure(name + ": " + reason(e));
    }

    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "no such file";
            case AccessDeniedException _ -> "permission denied";
            case FileSystemException failed when failed.getReason() != null -> failed.getReason();
            default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    }
}
