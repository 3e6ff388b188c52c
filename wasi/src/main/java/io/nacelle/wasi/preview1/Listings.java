// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import io.nacelle.wasi.fs.DirectoryEntry;
import io.nacelle.wasi.fs.FsException;

import java.util.List;

/** The listings that a guest steps through, against a limit for all of them. Thread-safe. */
final class Listings {
    /** Directory entries that all of a guest's listings may hold together. */
    private static final int MAX_ENTRIES = 1 << 20;

    private int held;

    /** The listing of a directory, made when there is none or a new one is wanted. */
    synchronized List<DirectoryEntry> of(OpenDirectory directory, boolean anew) throws FsException {
        int size = directory.listing().map(List::size).orElse(0);
        if (anew || directory.listing().isEmpty()) {
            List<DirectoryEntry> found = directory.directory().list(MAX_ENTRIES - held + size);
            directory.setListing(found);
            held += found.size() - size;
        }
        return directory.listing().orElseThrow();
    }

    /** A directory is closed: its listing goes, and there will be no other. */
    synchronized void drop(OpenDirectory directory) {
        held -= directory.listing().map(List::size).orElse(0);
        directory.endListing();
    }
}
