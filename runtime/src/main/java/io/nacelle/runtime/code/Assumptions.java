// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

import java.lang.invoke.MethodHandle;

/**
 * What a module's compiled code is made for as long as it holds, of all its instances.
 *
 * <p>Thread-safe.
 */
public final class Assumptions {
    /** Whether requests to stop are looked for. */
    public final Polls polls = new Polls();

    /**
     * Whether memory 0 is as large as its array, if it is one: then the check of that array, which
     * Java's rules ask for anyway, is the one of the memory too.
     */
    public final Assumption exact = new Assumption(true);

    /** As {@link Assumption#invoker}, of whether to look for requests to stop. */
    public MethodHandle askPolls() {
        return polls.wanted.invoker();
    }

    /** As {@link Assumption#invoker}, of {@link #exact}. */
    public MethodHandle askExact() {
        return exact.invoker();
    }
}
