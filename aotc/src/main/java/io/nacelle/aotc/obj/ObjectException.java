// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.aotc.obj;

/** An object file is not what the linker can place: the message says where and why. */
public final class ObjectException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ObjectException(String message) {
        super(message);
    }
}
