// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.wasm.binary.ByteSource;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What compiled code depends on: the name of its file in the cache. */
final class CacheKey {
    private static final int CHUNK = 1 << 16;

    private CacheKey() {}

    /** The digest of the module, the compiler, the JVM and all that decides what code is made. */
    static String of(CompiledModule code) {
        var digest = sha256();
        source(digest, code.module.valid.syntax().source());
        var words =
                String.join(
                        "\n",
                        "form " + code.form,
                        "eager " + code.eager,
                        "fuel " + code.module.countsFuel(),
                        "deterministic " + code.module.isDeterministic(),
                        "vectors " + code.vectors.type.descriptorString(),
                        "tuning " + Tuning.describe(),
                        "jvm " + Runtime.version(),
                        "compiler " + build(CacheKey.class),
                        "runtime " + build(io.nacelle.runtime.code.Rt.class));
        digest.update(words.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest.digest());
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
            var path =
                    Path.of(
                            URI.create(
                                    type.getProtectionDomain()
                                            .getCodeSource()
                                            .getLocation()
                                            .toString()));
            if (Files.isRegularFile(path)) {
                return Files.size(path) + " " + Files.getLastModifiedTime(path).toMillis();
            }
            var file = path.resolve(type.getName().replace('.', '/') + ".class");
            return Files.size(file) + " " + Files.getLastModifiedTime(file).toMillis();
        } catch (Exception e) {
            // Where that cannot be told, code is kept for as long as the process lives.
            return "process " + ProcessHandle.current().pid() + " " + System.nanoTime();
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
