// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * What instances consist of (spec 4.2) and how they come to be and are called (spec 4.7): the
 * implementation behind the public interfaces, and the SPI of the engines: an {@link
 * io.nacelle.runtime.exec.Executor} runs functions over a {@link io.nacelle.runtime.exec.Stack}.
 */
package io.nacelle.runtime.exec;
