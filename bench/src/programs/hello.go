// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package main

import "fmt"

func main() {
	fmt.Printf("Hello from %s!\n", "Go")
}
