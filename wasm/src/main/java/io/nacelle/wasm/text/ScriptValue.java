// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import io.nacelle.wasm.syntax.HeapType;

/** A value in a script, floats and vectors by their bits. */
public sealed interface ScriptValue {
    record I32(int value) implements ScriptValue {}

    record I64(long value) implements ScriptValue {}

    /** The bits of a 32-bit float. */
    record F32(int bits) implements ScriptValue {}

    /** The bits of a 64-bit float. */
    record F64(long bits) implements ScriptValue {}

    /** The two halves of a vector, little-endian. */
    record V128(long low, long high) implements ScriptValue {}

    /** A null reference of a type. */
    record RefNull(HeapType type) implements ScriptValue {}

    /** A reference from the host, told from others by a number, as {@code externref}. */
    record RefExtern(int number) implements ScriptValue {}

    /** A reference from the host, told from others by a number, as {@code anyref}. */
    record RefHost(int number) implements ScriptValue {}
}
