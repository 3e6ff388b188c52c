// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * What runs compiled code, and what compiled code calls. How it is compiled is the business of
 * another module, which need not be there when the code has been made beforehand.
 */
package io.nacelle.runtime.code;
