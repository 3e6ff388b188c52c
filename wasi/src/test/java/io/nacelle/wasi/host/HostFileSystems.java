// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.host;

import io.nacelle.wasi.fs.FileSystem;

import java.io.IOException;
import java.nio.file.Path;

/** Lets the tests of other packages choose how paths are contained. */
public final class HostFileSystems {
    private HostFileSystems() {}

    public static FileSystem kernel(Path directory) throws IOException {
        return HostFileSystem.of(directory, HostFileSystem.Containment.KERNEL);
    }

    public static FileSystem stepwise(Path directory) throws IOException {
        return HostFileSystem.of(directory, HostFileSystem.Containment.STEPWISE);
    }
}
