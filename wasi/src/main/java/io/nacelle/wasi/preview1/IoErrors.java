// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FsException;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;

/** Codes for failures of Java's own streams and channels, which carry no number. */
final class IoErrors {
    private IoErrors() {}

    static Errno of(Exception failure) {
        String message = failure.getMessage() == null ? "" : failure.getMessage();
        return switch (failure) {
            case FsException e -> e.errno();
            case NotYetConnectedException e -> Errno.NOTCONN;
            case ClosedChannelException e -> Errno.PIPE;
            case IOException e when message.contains("Broken pipe") -> Errno.PIPE;
            case IOException e when message.contains("Connection reset") -> Errno.CONNRESET;
            case IOException e when message.contains("No space left") -> Errno.NOSPC;
            default -> Errno.IO;
        };
    }
}
