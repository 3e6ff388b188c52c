// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.wasm.syntax.ExternType;

/** Something that instances import and export (spec 4.2.13). */
public sealed interface Extern permits Func, Table, Memory, Global, Tag {
    /** The type as of now (sizes of memories and tables grow), with closed references. */
    ExternType type();
}
