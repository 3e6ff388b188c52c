// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec.gc;

import io.nacelle.runtime.Trap;
import io.nacelle.runtime.TrapKind;

/** Makes traps out of line, so that what throws them stays small. */
public final class GcTraps {
    private GcTraps() {}

    public static Trap nullStructure() {
        return new Trap(TrapKind.NULL_STRUCTURE_REFERENCE);
    }

    public static Trap nullArray() {
        return new Trap(TrapKind.NULL_ARRAY_REFERENCE);
    }

    public static Trap nullI31() {
        return new Trap(TrapKind.NULL_I31_REFERENCE);
    }

    public static Trap outOfBounds() {
        return new Trap(TrapKind.OUT_OF_BOUNDS_ARRAY);
    }

    public static Trap castFailure() {
        return new Trap(TrapKind.CAST_FAILURE);
    }
}
