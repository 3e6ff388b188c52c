// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The objects of the garbage collection proposal, which every engine shares: structures in a few
 * shapes with typed slots, arrays by the width of their elements, and what is done with them in
 * register form.
 */
package io.nacelle.runtime.exec.gc;
