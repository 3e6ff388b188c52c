// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.host;

import io.nacelle.wasi.fs.Errno;

/** Linux's error numbers in WASI's terms. */
final class LinuxErrno {
    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int EAGAIN = 11;
    static final int EXDEV = 18;
    static final int ENOTDIR = 20;
    static final int EINVAL = 22;
    static final int ENOSYS = 38;
    static final int EOPNOTSUPP = 95;

    private LinuxErrno() {}

    static Errno toWasi(int errno) {
        return switch (errno) {
            case EPERM -> Errno.PERM;
            case ENOENT -> Errno.NOENT;
            case 3 -> Errno.SRCH;
            case EINTR -> Errno.INTR;
            case 6 -> Errno.NXIO;
            case 7 -> Errno.TOO_BIG;
            case 9 -> Errno.BADF;
            case EAGAIN -> Errno.AGAIN;
            case 12 -> Errno.NOMEM;
            case 13 -> Errno.ACCES;
            case 14 -> Errno.FAULT;
            case 16 -> Errno.BUSY;
            case 17 -> Errno.EXIST;
            case EXDEV -> Errno.XDEV;
            case 19 -> Errno.NODEV;
            case ENOTDIR -> Errno.NOTDIR;
            case 21 -> Errno.ISDIR;
            case EINVAL -> Errno.INVAL;
            case 23 -> Errno.NFILE;
            case 24 -> Errno.MFILE;
            case 25 -> Errno.NOTTY;
            case 26 -> Errno.TXTBSY;
            case 27 -> Errno.FBIG;
            case 28 -> Errno.NOSPC;
            case 29 -> Errno.SPIPE;
            case 30 -> Errno.ROFS;
            case 31 -> Errno.MLINK;
            case 32 -> Errno.PIPE;
            case 33 -> Errno.DOM;
            case 34 -> Errno.RANGE;
            case 35 -> Errno.DEADLK;
            case 36 -> Errno.NAMETOOLONG;
            case 37 -> Errno.NOLCK;
            case ENOSYS -> Errno.NOSYS;
            case 39 -> Errno.NOTEMPTY;
            case 40 -> Errno.LOOP;
            case 75 -> Errno.OVERFLOW;
            case 84 -> Errno.ILSEQ;
            case EOPNOTSUPP -> Errno.NOTSUP;
            case 110 -> Errno.TIMEDOUT;
            case 116 -> Errno.STALE;
            case 122 -> Errno.DQUOT;
            default -> Errno.IO;
        };
    }
}
