// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.runtime.exec.EngineImpl;

/**
 * Makes modules ready to run and holds what they share. Immutable and thread-safe; one is enough
 * for a process.
 */
public sealed interface Engine permits EngineImpl {
    static Engine create() {
        return create(EngineConfig.defaults());
    }

    static Engine create(EngineConfig config) {
        return new EngineImpl(config);
    }

    EngineConfig config();
}
