// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli.wast;

import io.nacelle.wasm.syntax.ValType;

import java.util.List;

/**
 * What an action gave.
 *
 * @param types the values' types: the same object is a different reference as {@code anyref} and as
 *     {@code externref}
 * @param values the values, as {@link io.nacelle.runtime.Func} maps them
 */
record Results(List<ValType> types, Object[] values) {}
