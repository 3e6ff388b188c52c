// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench.compare;

import io.nacelle.bench.NativeKernel;

import java.io.IOException;

/** Native code. */
final class NativeWorker {
    private NativeWorker() {}

    public static void main(String[] args) throws IOException {
        Worker.serve(NativeKernel::load);
    }
}
