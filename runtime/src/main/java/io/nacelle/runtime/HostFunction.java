// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

/**
 * A function of the host. It takes its arguments from the frame and leaves its results there.
 *
 * <p>A {@link GuestException} is an exception of WebAssembly, which the guest may catch. Any other
 * {@link RuntimeException} or {@link Error} passes through the guest to whoever called it; a
 * checked exception arrives there as the cause of a {@link HostException}.
 */
@FunctionalInterface
public interface HostFunction {
    void call(HostFrame frame) throws Exception;
}
