// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.aotc.llvm;

/**
 * LLVM is not there, or refuses what it was given; the message says which, and LLVM's own words.
 */
public final class LlvmException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LlvmException(String message) {
        super(message);
    }

    public LlvmException(String message, Throwable cause) {
        super(message, cause);
    }
}
