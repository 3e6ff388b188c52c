// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Compiles modules when a program is built: to a jar with the module's code, and a typed Java
 * interface of its exports.
 */
package io.nacelle.jit.ahead;
