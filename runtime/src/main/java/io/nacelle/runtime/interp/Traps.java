// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import io.nacelle.runtime.Trap;
import io.nacelle.runtime.TrapKind;

/** Makes traps out of line, so that the loops stay small. */
public final class Traps {
    private Traps() {}

    public static Trap outOfBoundsMemory() {
        return new Trap(TrapKind.OUT_OF_BOUNDS_MEMORY);
    }

    public static Trap unreachable() {
        return new Trap(TrapKind.UNREACHABLE);
    }

    public static Trap undefinedElement() {
        return new Trap(TrapKind.UNDEFINED_ELEMENT);
    }

    public static Trap uninitializedElement(long index) {
        return new Trap(TrapKind.UNINITIALIZED_ELEMENT, Long.toUnsignedString(index));
    }

    public static Trap typeMismatch() {
        return new Trap(TrapKind.INDIRECT_CALL_TYPE_MISMATCH);
    }

    public static Trap nullFunction() {
        return new Trap(TrapKind.NULL_FUNCTION_REFERENCE);
    }

    public static Trap nullException() {
        return new Trap(TrapKind.NULL_EXCEPTION_REFERENCE);
    }

    public static Trap nullReference() {
        return new Trap(TrapKind.NULL_REFERENCE);
    }
}
