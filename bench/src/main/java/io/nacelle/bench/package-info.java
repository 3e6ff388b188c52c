// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

/** Benchmarks: what {@code tools/bench} runs. */
package io.nacelle.bench;
