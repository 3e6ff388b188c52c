// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

/** The annotation processor for host modules. */
package io.nacelle.processor;
