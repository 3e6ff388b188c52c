// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.aotc.llvm;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.net.URL;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** Finds LLVM's shared library. */
final class LlvmLibrary {
    /** Names the library itself. */
    static final String PROPERTY = "nacelle.llvm.path";

    /** What the artifact org.bytedeco:llvm has for Linux on x86-64 and on Arm. */
    private static final List<String> RESOURCES =
            List.of(
                    "org/bytedeco/llvm/linux-x86_64/libLLVM.so.20.1",
                    "org/bytedeco/llvm/linux-x86_64/libLLVM.so",
                    "org/bytedeco/llvm/linux-arm64/libLLVM.so.20.1",
                    "org/bytedeco/llvm/linux-arm64/libLLVM.so");

    private static final int NEWEST = 22;
    private static final int OLDEST = 15;

    private LlvmLibrary() {}

    /**
     * Loads the library: what the property names, or that of the artifact on the class path, or the
     * system's.
     *
     * @throws LlvmException when there is none
     */
    static SymbolLookup load() {
        var named = System.getProperty(PROPERTY);
        if (named != null) {
            return open(Path.of(named))
                    .orElseThrow(
                            () ->
                                    new LlvmException(
                                            "-D" + PROPERTY + "=" + named + " is no LLVM library"));
        }
        var found = bundled().flatMap(LlvmLibrary::open);
        for (var name : systemNames()) {
            found = found.or(() -> open(name));
        }
        return found.orElseThrow(
                () ->
                        new LlvmException(
                                "LLVM is not there: put org.bytedeco:llvm of this platform on the"
                                        + " class path, or install libLLVM, or name its file with -D"
                                        + PROPERTY));
    }

    private static Optional<SymbolLookup> open(Path file) {
        return Files.isRegularFile(file) ? open(file.toString()) : Optional.empty();
    }

    /** The library stays loaded: LLVM cannot be unloaded. */
    private static Optional<SymbolLookup> open(String name) {
        try {
            var lookup = SymbolLookup.libraryLookup(name, Arena.global());
            return lookup.find("LLVMContextCreate").map(_ -> lookup);
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static List<String> systemNames() {
        var names = new ArrayList<String>();
        for (int version = NEWEST; version >= OLDEST; version--) {
            names.add("libLLVM-" + version + ".so.1");
            names.add("libLLVM.so." + version + ".1");
            names.add("libLLVM-" + version + ".so");
            names.addAll(in(Path.of("/usr/lib/llvm-" + version + "/lib")));
        }
        return names;
    }

    private static List<String> in(Path directory) {
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(directory, "libLLVM{,-*}.so*")) {
            return StreamSupport.stream(files.spliterator(), false).map(Path::toString).toList();
        } catch (IOException _) {
            return List.of();
        }
    }

    /** The artifact's library as a file. */
    private static Optional<Path> bundled() {
        var loader = LlvmLibrary.class.getClassLoader();
        var architecture = Target.host().isAarch64() ? "linux-arm64" : "linux-x86_64";
        for (var name : RESOURCES) {
            URL resource = name.contains(architecture) ? loader.getResource(name) : null;
            if (resource != null) {
                try {
                    return Optional.of(extract(resource));
                } catch (IOException e) {
                    throw new LlvmException("LLVM's library cannot be put into a file: " + e, e);
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Puts the library where only the user can write, unless it is there. It is named for where it
     * comes from, and gets its name when it is complete.
     */
    private static Path extract(URL resource) throws IOException {
        var connection = resource.openConnection();
        connection.setUseCaches(false);
        long size = connection.getContentLengthLong();
        var directory = cache().resolve("llvm");
        Files.createDirectories(
                directory,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        requireOwn(directory);
        var name =
                "libLLVM-"
                        + Integer.toHexString(resource.toString().hashCode())
                        + "-"
                        + size
                        + "-"
                        + connection.getLastModified()
                        + ".so";
        var file = directory.resolve(name);
        if (Files.isRegularFile(file) && Files.size(file) == size) {
            return file;
        }
        var part = Files.createTempFile(directory, "libLLVM", ".part");
        try {
            try (var in = connection.getInputStream()) {
                Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
        return file;
    }

    /** What others can write to is not loaded: it is code of the host. */
    private static void requireOwn(Path directory) throws IOException {
        var writable = Files.getPosixFilePermissions(directory).toString();
        var user = directory.getFileSystem().getUserPrincipalLookupService();
        var owner = user.lookupPrincipalByName(System.getProperty("user.name"));
        if (!Files.getOwner(directory).equals(owner)
                || writable.contains("GROUP_WRITE")
                || writable.contains("OTHERS_WRITE")) {
            throw new LlvmException(
                    directory + " does not belong to the user alone, so nothing is loaded from it");
        }
    }

    private static Path cache() {
        var given = System.getenv("XDG_CACHE_HOME");
        var base =
                given != null && Path.of(given).isAbsolute()
                        ? Path.of(given)
                        : Path.of(System.getProperty("user.home"), ".cache");
        return base.resolve("nacelle");
    }
}
