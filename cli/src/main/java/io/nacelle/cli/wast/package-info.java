// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

/** Runs the scripts ({@code .wast}) that the specification's tests are written in. */
package io.nacelle.cli.wast;
