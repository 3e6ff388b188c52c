// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import io.nacelle.runtime.EngineConfig;

import picocli.CommandLine.Option;

/** When mode auto compiles. */
final class TieringOption {
    @Option(
            names = "--tier-threshold",
            paramLabel = "INSTRUCTIONS",
            description =
                    "In mode auto, compile what has executed about so many; 1 compiles everything."
                            + " Default: ${DEFAULT-VALUE}.")
    int threshold = EngineConfig.Tiering.DEFAULT.threshold();

    @Option(
            names = "--tier-threads",
            paramLabel = "COUNT",
            description =
                    "Threads that compile in the background; 0 compiles at once, in the guest's"
                            + " own. Default: ${DEFAULT-VALUE}.")
    int threads = EngineConfig.Tiering.DEFAULT.threads();

    EngineConfig.Tiering tiering() {
        if (threshold < 1) {
            throw new Failure("--tier-threshold must be at least 1, not " + threshold);
        }
        if (threads < 0) {
            throw new Failure("--tier-threads must not be negative, as " + threads + " is");
        }
        return new EngineConfig.Tiering(threshold, threads);
    }
}
