// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.exec.MemoryForm;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What code that was compiled beforehand was compiled from, by what and for what: one line of
 * words, so that every version can at least read which version another was.
 *
 * @param format the {@link #FORMAT} of the compiler
 * @param version the version of the compiler
 * @param sha256 the hash of the module, in hexadecimal digits
 * @param form what memory 0 must be; nothing when the module has none
 */
public record Origin(
        int format,
        String version,
        String sha256,
        Optional<MemoryForm> form,
        EngineConfig.Metering metering,
        EngineConfig.Profile profile) {
    /** Counts the changes to what compiled code is compiled against. */
    public static final int FORMAT = 1;

    /** The version of the runtime. */
    public static final String VERSION = "0.1.0-SNAPSHOT";

    private static final String ANY = "any";

    /** What the running version makes. */
    public static Origin of(
            String sha256,
            Optional<MemoryForm> form,
            EngineConfig.Metering metering,
            EngineConfig.Profile profile) {
        return new Origin(FORMAT, VERSION, sha256, form, metering, profile);
    }

    /** The hash of a module. */
    public static String sha256(byte[] module) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(module));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** The line of words. */
    public String text() {
        return "format="
                + format
                + " version="
                + version
                + " sha256="
                + sha256
                + " memory="
                + form.map(Origin::word).orElse(ANY)
                + " metering="
                + word(metering)
                + " profile="
                + word(profile);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads what {@link #text} has written.
     *
     * @param name what the code is called in messages
     * @throws IllegalStateException when the code is of another version than the runtime
     */
    public static Origin parse(String name, String text) {
        Map<String, String> words = new HashMap<>();
        for (var word : text.split(" ")) {
            int split = word.indexOf('=');
            if (split > 0) {
                words.put(word.substring(0, split), word.substring(split + 1));
            }
        }
        var version = words.getOrDefault("version", "?");
        if (!words.getOrDefault("format", "?").equals(Integer.toString(FORMAT))
                || !version.equals(VERSION)) {
            throw new IllegalStateException(
                    name
                            + " was compiled by version "
                            + version
                            + " of nacelle, and this is version "
                            + VERSION
                            + ": compile it again with this one, or use io.nacelle.runtime of the"
                            + " other");
        }
        try {
            var form = words.get("memory");
            return new Origin(
                    FORMAT,
                    version,
                    words.get("sha256"),
                    form.equals(ANY)
                            ? Optional.empty()
                            : Optional.of(MemoryForm.valueOf(form.toUpperCase(Locale.ROOT))),
                    EngineConfig.Metering.valueOf(words.get("metering").toUpperCase(Locale.ROOT)),
                    EngineConfig.Profile.valueOf(words.get("profile").toUpperCase(Locale.ROOT)));
        } catch (IllegalArgumentException | NullPointerException e) {
            throw new IllegalStateException(name + " does not tell what it was compiled from", e);
        }
    }
}
