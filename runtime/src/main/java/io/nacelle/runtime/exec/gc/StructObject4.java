// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec.gc;

/** A structure of two numbers and four references. */
public sealed class StructObject4 extends StructObject permits StructObject8 {
    static final int NUMBERS = 2;
    static final int REFS = 4;

    public long n1;
    public Object r2;
    public Object r3;

    StructObject4(StructKind kind) {
        super(kind);
    }
}
