// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.ExhaustedException;
import io.nacelle.runtime.GuestException;
import io.nacelle.runtime.Tag;
import io.nacelle.runtime.V128;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.syntax.VecType;

import java.util.Arrays;
import java.util.Objects;

/**
 * An exception instance: both the value of an {@code exnref} and, where it has to pass through Java
 * frames, what is thrown there. Its values lie as in {@link Slots}, in arrays of exactly the size
 * needed; those for high halves and references are only there when the tag has such values.
 */
public final class ThrownException extends GuestException {
    private static final long serialVersionUID = 1L;

    private static final long[] NO_NUMBERS = {};
    private static final Object[] NO_REFS = {};

    public final transient TagImpl tag;

    /** Where compiled code has thrown it last, since it has no Java stack trace itself; or null. */
    transient Throwable thrownAt;

    /** How many runs it had left by then. */
    transient int thrownBehind;

    private final transient long[] slots;
    private final transient long[] high;
    private final transient Object[] refs;

    private ThrownException(TagImpl tag, long[] slots, long[] high, Object[] refs) {
        this.tag = tag;
        this.slots = slots;
        this.high = high;
        this.refs = refs;
    }

    /** As {@link GuestException#of}. */
    public static GuestException of(Tag tag, Object... values) {
        var impl = (TagImpl) Objects.requireNonNull(tag, "tag");
        var types = impl.type.params();
        if (values.length != types.size()) {
            throw new IllegalArgumentException(
                    "expected " + types.size() + " values, found " + values.length);
        }
        var slots = new long[values.length];
        var high = impl.hasVectors ? new long[values.length] : NO_NUMBERS;
        var refs = impl.hasRefs ? new Object[values.length] : NO_REFS;
        for (int i = 0; i < values.length; i++) {
            Values.check(values[i], types.get(i));
            if (types.get(i) instanceof RefType) {
                impl.store.checkOwner(values[i]);
                refs[i] = values[i];
            } else {
                slots[i] = Values.bits(values[i]);
                if (types.get(i) == VecType.V128) {
                    high[i] = Values.high(values[i]);
                }
            }
        }
        return new ThrownException(impl, slots, high, refs);
    }

    /**
     * Makes an exception of the values in consecutive slots.
     *
     * @throws ExhaustedException when the Java heap has no room for it
     */
    public static ThrownException capture(TagImpl tag, Slots from, int at) {
        int count = tag.count;
        int end = at + count;
        try {
            return new ThrownException(
                    tag,
                    count == 0 ? NO_NUMBERS : Arrays.copyOfRange(from.slots, at, end),
                    tag.hasVectors ? Arrays.copyOfRange(from.needHigh(), at, end) : NO_NUMBERS,
                    tag.hasRefs ? Arrays.copyOfRange(from.needRefs(), at, end) : NO_REFS);
        } catch (OutOfMemoryError e) {
            throw tag.store.outOfMemory();
        }
    }

    /** Puts the values into consecutive slots. */
    public void release(Slots to, int at) {
        int count = slots.length;
        System.arraycopy(slots, 0, to.slots, at, count);
        if (high.length > 0) {
            System.arraycopy(high, 0, to.needHigh(), at, count);
        }
        if (refs.length > 0) {
            System.arraycopy(refs, 0, to.needRefs(), at, count);
        }
    }

    /**
     * Notes that compiled code throws it, from here: what it has passed through before does not
     * matter any more.
     */
    public void begin() {
        Backtrace.reset(this);
        thrownAt = new Throwable();
        thrownBehind = 0;
    }

    /**
     * Notes that it comes to compiled code from elsewhere, so that it can be told where that is.
     */
    void arrive() {
        if (thrownAt == null) {
            thrownAt = new Throwable();
            thrownBehind = Backtrace.runs(this);
        }
    }

    @Override
    public Tag tag() {
        return tag;
    }

    @Override
    public int valueCount() {
        return slots.length;
    }

    @Override
    public Object value(int index) {
        Objects.checkIndex(index, slots.length);
        return Values.box(
                tag.type.params().get(index),
                slots[index],
                high.length > 0 ? high[index] : 0,
                refs.length > 0 ? refs[index] : null);
    }

    @Override
    public String getMessage() {
        var text = new StringBuilder("exception ").append(tag.describe());
        for (int i = 0; i < slots.length; i++) {
            text.append(i == 0 ? " (" : ", ").append(describe(i));
        }
        return text.append(slots.length > 0 ? ")" : "").toString();
    }

    /** Without asking the values themselves: they may be anything, and refer to one another. */
    private String describe(int index) {
        ValType type = tag.type.params().get(index);
        return switch (value(index)) {
            case null -> "null";
            case Number number -> number.toString();
            case V128 vector -> vector.toString();
            default -> type.toString();
        };
    }
}
