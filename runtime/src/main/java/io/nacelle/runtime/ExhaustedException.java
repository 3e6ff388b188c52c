// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import java.util.Objects;

/**
 * A guest reached one of its limits. The store stays usable: limits can be raised, and calls made
 * again.
 */
public final class ExhaustedException extends GuestFailure {
    private static final long serialVersionUID = 1L;

    /** What ran out. */
    public enum Resource {
        CALL_STACK("call stack exhausted"),
        CALL_DEPTH("call depth limit exceeded"),
        FUEL("all fuel consumed"),
        MEMORY("memory limit exceeded"),
        TABLE("table limit exceeded"),
        OBJECTS("object limit exceeded"),
        INSTANCES("instance limit exceeded"),
        THREADS("thread limit exceeded"),
        TIME("deadline passed");

        private final String message;

        Resource(String message) {
            this.message = message;
        }

        public String message() {
            return message;
        }
    }

    private final Resource resource;

    public ExhaustedException(Resource resource) {
        super(resource.message());
        this.resource = resource;
    }

    public ExhaustedException(Resource resource, String detail) {
        super(resource.message() + ": " + Objects.requireNonNull(detail));
        this.resource = resource;
    }

    public Resource resource() {
        return resource;
    }
}
