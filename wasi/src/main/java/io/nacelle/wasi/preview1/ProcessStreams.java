// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import io.nacelle.wasi.fs.FileType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * What the standard streams of this process are. A C library asks that of standard output before it
 * prints its first byte, so it is found out without native calls, which would cost a short program
 * more than all the rest.
 */
final class ProcessStreams {
    private static final int TYPE_MASK = 0xf000;
    private static final int CHARACTER_DEVICE = 0x2000;
    private static final int REGULAR_FILE = 0x8000;

    private ProcessStreams() {}

    /** Finds the type of the process's descriptor when it is first asked for. */
    static Supplier<FileType> type(int fd) {
        return new Supplier<>() {
            private FileType found;

            @Override
            public FileType get() {
                if (found == null) {
                    found = find(fd);
                }
                return found;
            }
        };
    }

    private static FileType find(int fd) {
        Path link = Path.of("/proc/self/fd/" + fd);
        try {
            int mode = (Integer) Files.getAttribute(link, "unix:mode") & TYPE_MASK;
            if (mode == REGULAR_FILE) {
                return FileType.REGULAR_FILE;
            }
            // A C library takes any character device for a terminal, so /dev/null must not be one.
            return mode == CHARACTER_DEVICE && isTerminal(Files.readSymbolicLink(link))
                    ? FileType.CHARACTER_DEVICE
                    : FileType.UNKNOWN;
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            return FileType.UNKNOWN;
        }
    }

    private static boolean isTerminal(Path device) {
        return device.startsWith("/dev/pts")
                || device.startsWith("/dev/console")
                || device.toString().startsWith("/dev/tty");
    }
}
