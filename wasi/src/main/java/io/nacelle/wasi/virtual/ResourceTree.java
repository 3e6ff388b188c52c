// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.virtual;

import io.nacelle.wasi.fs.FileSystem;
import io.nacelle.wasi.fs.FileTimes;
import io.nacelle.wasi.fs.FsException;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Read-only file systems whose names are listed at once and whose contents are read when opened.
 * The time stamps are those of the archive; contents unpacked at one time take at most {@link
 * #MAX_UNPACKED} bytes.
 */
public final class ResourceTree {
    private static final long MAX_UNPACKED = 1L << 30;

    /** Names alone may take this much; more than any sane archive. */
    private static final long MAX_NAMES = 1L << 30;

    private final Tree tree = new Tree(MAX_UNPACKED + MAX_NAMES);

    private ResourceTree() {}

    private FileSystem finish() {
        return new MemoryFileSystem(tree).readOnly();
    }

    /** The files of a zip archive. */
    public static FileSystem ofZip(Path archive) throws IOException {
        return ofZip(archive, "");
    }

    private static FileSystem ofZip(Path archive, String prefix) throws IOException {
        var result = new ResourceTree();
        // Stays open as long as the file system lives; the JDK closes it when it is unreachable.
        var zip = new ZipFile(archive.toFile());
        boolean any = prefix.isEmpty();
        for (Enumeration<? extends ZipEntry> e = zip.entries(); e.hasMoreElements(); ) {
            ZipEntry entry = e.nextElement();
            String name = entry.getName();
            if (!name.startsWith(prefix)) {
                continue;
            }
            any = true;
            long time = entry.getLastModifiedTime().toMillis() * 1_000_000L;
            result.add(
                    name.substring(prefix.length()),
                    entry.isDirectory(),
                    Math.max(0, entry.getSize()),
                    Math.max(0, time),
                    () -> unpack(zip, entry));
        }
        if (!any) {
            zip.close();
            throw new FileNotFoundException(archive + " has no folder " + prefix);
        }
        return result.finish();
    }

    /** Reads what was declared and one byte more, so that a lie about the size is noticed. */
    private static byte[] unpack(ZipFile zip, ZipEntry entry) throws IOException {
        try (InputStream in = zip.getInputStream(entry)) {
            return in.readNBytes((int) Math.min(Integer.MAX_VALUE - 8L, entry.getSize() + 1));
        }
    }

    /** The resources beneath a folder of the class path. */
    public static FileSystem ofClassPath(ClassLoader loader, String folder) throws IOException {
        URL url = loader.getResource(folder);
        if (url == null) {
            url = loader.getResource(folder + "/");
        }
        if (url == null) {
            throw new FileNotFoundException("no folder " + folder + " on the class path");
        }
        try {
            switch (url.getProtocol()) {
                case "file" -> {
                    return ofFolder(Path.of(url.toURI()));
                }
                case "jar" -> {
                    var connection = (JarURLConnection) url.openConnection();
                    URI jar = connection.getJarFileURL().toURI();
                    return ofZip(Path.of(jar), folder.endsWith("/") ? folder : folder + "/");
                }
                default ->
                        throw new FileNotFoundException(
                                "cannot list " + folder + " in " + url.getProtocol());
            }
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    private static FileSystem ofFolder(Path root) throws IOException {
        var result = new ResourceTree();
        try (var paths = Files.walk(root)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                boolean folder = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
                if (path.equals(root) || !(folder || Files.isRegularFile(path))) {
                    continue;
                }
                String name = root.relativize(path).toString();
                result.add(
                        name.replace(path.getFileSystem().getSeparator(), "/"),
                        folder,
                        folder ? 0 : Files.size(path),
                        Math.max(0, Files.getLastModifiedTime(path).toMillis() * 1_000_000L),
                        () -> Files.readAllBytes(path));
            }
        }
        return result.finish();
    }

    /** Adds a file, leaving out names that are not plain relative paths. */
    private void add(String path, boolean folder, long size, long time, Node.Loader loader)
            throws FsException {
        Node.Folder at = tree.root();
        String[] names = path.split("/");
        for (String name : names) {
            if (name.isEmpty()
                    || name.equals(".")
                    || name.equals("..")
                    || name.indexOf('\0') >= 0) {
                return;
            }
        }
        int folders = folder ? names.length : names.length - 1;
        for (int i = 0; i < folders; i++) {
            Node next = at.children().get(names[i]);
            if (next == null) {
                next = new Node.Folder(tree, at);
                at.add(names[i], next);
            }
            if (!(next instanceof Node.Folder inner)) {
                return;
            }
            at = inner;
        }
        if (folder) {
            at.setTimes(FileTimes.KEEP, time);
        } else if (!at.children().containsKey(names[folders])) {
            var content = new Node.Content(tree, size, loader);
            at.add(names[folders], content);
            content.setTimes(time, time);
        }
    }
}
