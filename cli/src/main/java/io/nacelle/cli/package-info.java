// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The {@code nacelle} command: a class for each subcommand, beginning at {@link
 * io.nacelle.cli.Main}.
 */
package io.nacelle.cli;
