// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import java.util.Objects;

/**
 * Names something that the host keeps with an {@link Instance}, and says of what type it is. Two
 * keys are the same when they are the same object, so who has the key alone decides who may look.
 *
 * @param <T> the type of what is kept
 */
public final class ContextKey<T> {
    private final String name;

    private ContextKey(String name) {
        this.name = Objects.requireNonNull(name);
    }

    /**
     * Makes a key, usually to be kept in a static final field.
     *
     * @param name for messages
     */
    public static <T> ContextKey<T> of(String name) {
        return new ContextKey<>(name);
    }

    @Override
    public String toString() {
        return name;
    }
}
