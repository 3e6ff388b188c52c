// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.wasm.binary.BinaryEncoder;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.syntax.Data;
import io.nacelle.wasm.syntax.Func;
import io.nacelle.wasm.syntax.Span;
import io.nacelle.wasm.syntax.WasmModule;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** What compiled code depends on: the name of its file in the cache. */
final class CacheKey {
    private static final int CHUNK = 1 << 16;

    private CacheKey() {}

    /**
     * The digest of the module, the compiler, the JVM and all that decides what code is made.
     *
     * @throws IllegalArgumentException when the module is none that can be written down
     */
    static String of(CompiledModule code) {
        var digest = sha256();
        module(digest, code.module.valid.syntax());
        var words =
                String.join(
                        "\n",
                        "form " + code.form,
                        "eager " + code.eager,
                        "fuel " + code.module.countsFuel(),
                        "calls " + code.module.countsCalls(),
                        "deterministic " + code.module.isDeterministic(),
                        "vectors " + code.vectors.type.descriptorString(),
                        "tuning " + Tuning.describe(),
                        "jvm " + Runtime.version(),
                        "compiler " + build(CacheKey.class),
                        "runtime " + build(io.nacelle.runtime.code.Rt.class));
        digest.update(words.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * All of a module. Of one that came from text, the source holds no more than code, constant
     * expressions and data; and nothing in a source tells for certain that it is all there is. So
     * everything else is encoded, and where the code lies is noted.
     */
    private static void module(MessageDigest digest, WasmModule syntax) {
        source(digest, syntax.source());
        var none = new Span(0, 0);
        var shell =
                new WasmModule(
                        syntax.source(),
                        syntax.types(),
                        syntax.imports(),
                        syntax.funcs().stream().map(func -> new Func(func.type(), none)).toList(),
                        syntax.tables(),
                        syntax.memories(),
                        syntax.tags(),
                        syntax.globals(),
                        syntax.exports(),
                        syntax.start(),
                        syntax.elems(),
                        syntax.datas().stream().map(data -> new Data(none, data.mode())).toList(),
                        syntax.dataCount(),
                        List.of());
        digest.update(BinaryEncoder.encode(shell));
        syntax.funcs().forEach(func -> span(digest, func.code()));
        for (var custom : syntax.customs()) {
            // Names of functions are names of methods.
            var name = custom.name().getBytes(StandardCharsets.UTF_8);
            number(digest, name.length);
            digest.update(name);
            span(digest, custom.bytes());
        }
    }

    private static void span(MessageDigest digest, Span span) {
        number(digest, span.offset());
        number(digest, span.length());
    }

    private static void number(MessageDigest digest, int number) {
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            digest.update((byte) (number >>> shift));
        }
    }

    private static void source(MessageDigest digest, ByteSource source) {
        var buffer = new byte[CHUNK];
        for (int at = 0; at < source.size(); at += CHUNK) {
            int length = Math.min(CHUNK, source.size() - at);
            source.copy(at, buffer, 0, length);
            digest.update(buffer, 0, length);
        }
    }

    /** Tells one build of a jar from another. */
    private static String build(Class<?> type) {
        try {
            return build(
                    Path.of(
                            URI.create(
                                    type.getProtectionDomain()
                                            .getCodeSource()
                                            .getLocation()
                                            .toString())),
                    type.getName().replace('.', '/') + ".class");
        } catch (Exception e) {
            // Where that cannot be told, code is kept for as long as the process lives.
            return "process " + ProcessHandle.current().pid() + " " + System.nanoTime();
        }
    }

    /**
     * Tells one build from another: by its place too, since some ways to install give all files one
     * time.
     *
     * @param location a jar, or a directory with classes
     * @param name one of the classes
     */
    static String build(Path location, String name) throws IOException {
        var file = Files.isRegularFile(location) ? location : location.resolve(name);
        return location.toUri()
                + " "
                + Files.size(file)
                + " "
                + Files.getLastModifiedTime(file).toMillis();
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
