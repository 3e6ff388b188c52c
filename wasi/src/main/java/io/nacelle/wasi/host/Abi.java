// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.host;

/**
 * Numbers of the Linux kernel's interface that differ between processors. Everything else this
 * package uses (struct layouts of statx, open_how, timespec, iovec and dirent64, error numbers, the
 * other flags) is the same on both.
 */
record Abi(
        int read,
        int write,
        int close,
        int lseek,
        int pread,
        int pwrite,
        int pwritev2,
        int ftruncate,
        int fallocate,
        int fadvise,
        int fsync,
        int fdatasync,
        int getdents,
        int ppoll,
        int openat,
        int mkdirat,
        int unlinkat,
        int renameat,
        int linkat,
        int symlinkat,
        int readlinkat,
        int utimensat,
        int statx,
        int oDirectory,
        int oNofollow) {
    /** The same everywhere, as all system calls newer than it. */
    static final int OPENAT2 = 437;

    static final Abi X86_64 =
            new Abi(
                    0, 1, 3, 8, 17, 18, 328, 77, 285, 221, 74, 75, 217, 271, 257, 258, 263, 264,
                    265, 266, 267, 280, 332, 0x1_0000, 0x2_0000);

    static final Abi AARCH64 =
            new Abi(
                    63, 64, 57, 62, 67, 68, 287, 46, 47, 223, 82, 83, 61, 73, 56, 34, 35, 38, 37,
                    36, 78, 88, 291, 0x4000, 0x8000);

    /** Whether this host is one of those known here. */
    static boolean isSupported() {
        return System.getProperty("os.name").equals("Linux")
                && switch (System.getProperty("os.arch")) {
                    case "amd64", "aarch64" -> true;
                    default -> false;
                };
    }

    static Abi ofThisHost() {
        if (!isSupported()) {
            throw new UnsupportedOperationException(
                    "directories of the host can be granted on Linux (x86-64, aarch64) only");
        }
        return System.getProperty("os.arch").equals("aarch64") ? AARCH64 : X86_64;
    }
}
