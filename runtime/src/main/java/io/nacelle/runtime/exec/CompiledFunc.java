// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

/** A function as compiled code: what {@link Compiler} puts in the place of an interpreter. */
public abstract class CompiledFunc {
    /** For generated classes. */
    protected CompiledFunc() {}
}
