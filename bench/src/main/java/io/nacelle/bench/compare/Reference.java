// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench.compare;

import io.nacelle.bench.Kernel.Size;

import java.util.HashMap;
import java.util.Map;

/** The checksums that everybody must give: the first that was given, which is native's. */
final class Reference {
    /** How a failure begins that is a wrong checksum. */
    static final String WRONG = "gave a wrong checksum:";

    private record Key(Subject subject, Size size) {}

    private final Map<Key, Integer> results = new HashMap<>();

    boolean agrees(Subject subject, Size size, int result) {
        var known = results.putIfAbsent(new Key(subject, size), result);
        return known == null || known == result;
    }
}
