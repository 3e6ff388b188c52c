// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.runtime.code.VectorRt;
import io.nacelle.runtime.V128;

import java.lang.constant.ClassDesc;

/** What vectors are in compiled code: a Java type, and the class that works on it. */
final class Vectors {
    /** Pairs of longs. */
    static final Vectors SCALAR = new Vectors(Names.of(V128.class), Names.of(VectorRt.class));

    final ClassDesc type;

    /** The class of methods that move vectors. */
    final ClassDesc rt;

    private Vectors(ClassDesc type, ClassDesc rt) {
        this.type = type;
        this.rt = rt;
    }
}
