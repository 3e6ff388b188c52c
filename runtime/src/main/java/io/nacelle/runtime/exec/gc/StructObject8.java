// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec.gc;

/** A structure of four numbers and eight references. */
public sealed class StructObject8 extends StructObject4 permits StructObjectN {
    static final int NUMBERS = 4;
    static final int REFS = 8;

    public long n2;
    public long n3;
    public Object r4;
    public Object r5;
    public Object r6;
    public Object r7;

    StructObject8(StructKind kind) {
        super(kind);
    }
}
