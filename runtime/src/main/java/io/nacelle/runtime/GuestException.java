// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.runtime.exec.ThrownException;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/**
 * A WebAssembly exception (spec 4.2.12): what a guest throws and catches, and the value that an
 * {@code exnref} refers to. Its identity is that of the object: two exceptions of one tag are two,
 * and rethrowing one throws the same again.
 *
 * <p>An exception that no guest catches leaves {@link Func#call} as this Java exception; the store
 * stays usable. A host function throws one that it has made with {@link #of}, or one that it was
 * given; the guest then catches it as its own. Other Java exceptions, traps among them, pass
 * through guests and are not caught by {@code catch_all}: a host function that wants to be caught
 * throws one of these. An exception of another store reaches the caller of a host function as the
 * cause of a {@link HostException}.
 *
 * <p>It has no Java stack trace, so that throwing is cheap. An exception may refer to functions and
 * objects of its store, and so belongs to it. The values never change; they may be read by any
 * thread.
 */
public abstract sealed class GuestException extends RuntimeException permits ThrownException {
    private static final long serialVersionUID = 1L;

    /** For the implementation. */
    protected GuestException() {
        super(null, null, true, false);
    }

    /**
     * Makes an exception of a tag's store, to be thrown or to be passed to a guest as a value.
     *
     * @param values one for each parameter of the tag's type, as for {@link Func#call}
     * @throws IllegalArgumentException when the values do not fit the tag's type, or when one
     *     belongs to another store
     */
    public static GuestException of(Tag tag, Object... values) {
        return ThrownException.of(tag, values);
    }

    /** What kind of exception it is. */
    public abstract Tag tag();

    /** How many values it carries. */
    public abstract int valueCount();

    /**
     * A value that it carries.
     *
     * @return as a result of {@link Func#call}: null for a null reference
     * @throws IndexOutOfBoundsException when it has no such value
     */
    public abstract Object value(int index);

    /** The values that it carries; the list cannot be changed, and may contain null. */
    public final List<Object> values() {
        return new ValueList(this);
    }

    /**
     * The WebAssembly functions that were active where it was thrown last, as far as it passed
     * through them, innermost first; empty unless it has left the guest.
     */
    public final List<GuestFrame> guestFrames() {
        return GuestFrame.of(this);
    }

    @Override
    public final String toString() {
        return GuestException.class.getName() + ": " + getMessage();
    }

    private static final class ValueList extends AbstractList<Object> implements RandomAccess {
        private final GuestException exception;

        ValueList(GuestException exception) {
            this.exception = exception;
        }

        @Override
        public Object get(int index) {
            return exception.value(index);
        }

        @Override
        public int size() {
            return exception.valueCount();
        }
    }
}
