// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.code;

import io.nacelle.runtime.Trap;
import io.nacelle.runtime.TrapKind;
import io.nacelle.runtime.exec.gc.GcOps;
import io.nacelle.runtime.exec.gc.RefTest;

/** What compiled code calls for references and objects. */
public final class Objects {
    private Objects() {}

    public static int isNull(Object ref) {
        return ref == null ? 1 : 0;
    }

    public static Object nonNull(Object ref) {
        if (ref == null) {
            throw new Trap(TrapKind.NULL_REFERENCE);
        }
        return ref;
    }

    /** Whether a reference is of a type by its {@link RefTest} number. */
    public static int isOf(Object ref, CodeInstance instance, int code) {
        return RefTest.test(ref, code, instance.types) ? 1 : 0;
    }

    /** Whether a reference is of a type and described by another object. */
    public static int isDescribed(Object ref, Object by, CodeInstance instance, int code) {
        var scratch = instance.scratch;
        scratch.refs[0] = ref;
        scratch.refs[1] = by;
        try {
            return GcOps.isDescribed(scratch, instance.instance, code, 0, 1) ? 1 : 0;
        } finally {
            scratch.refs[0] = null;
            scratch.refs[1] = null;
        }
    }
}
