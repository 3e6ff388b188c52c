// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

// The small program, in Go; see ../c/hello.c. It also sends its primes through goroutines, so that
// Go's scheduler runs.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

var (
	directory string
	out       = bufio.NewWriter(os.Stdout)
)

func check(what string, err error) {
	if err != nil {
		out.Flush()
		fmt.Fprintf(os.Stderr, "failed: %s: %v\n", what, err)
		os.Exit(99)
	}
}

func in(name string) string { return filepath.Join(directory, name) }

func put(name string, flag int, text string) {
	file, err := os.OpenFile(in(name), os.O_WRONLY|os.O_CREATE|flag, 0o644)
	check(name, err)
	_, err = file.WriteString(text)
	check(name, err)
	check(name, file.Close())
}

func show(name string) {
	text, err := os.ReadFile(in(name))
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Fprintf(out, "%s: not found\n", name)
		return
	}
	check(name, err)
	fmt.Fprintf(out, "%s: %s\n", name, strings.ReplaceAll(string(text), "\n", "|"))
}

func list() {
	dir, err := os.Open(directory)
	check("open", err)
	names, err := dir.Readdirnames(-1)
	check("readdir", err)
	check("close", dir.Close())
	sort.Strings(names)
	fmt.Fprint(out, "entries:")
	for _, name := range names {
		fmt.Fprint(out, " ", name)
	}
	fmt.Fprintln(out)
}

func readInput() {
	lines, bytes, hash := 0, 0, uint32(2166136261)
	input, err := io.ReadAll(os.Stdin)
	check("stdin", err)
	for _, c := range input {
		bytes++
		if c == '\n' {
			lines++
		}
		hash = (hash ^ uint32(c)) * 16777619
	}
	fmt.Fprintf(out, "input: %d lines, %d bytes, hash %08x\n", lines, bytes, hash)
}

func sieve(limit int, primes chan<- int) {
	composite := make([]bool, limit)
	for i := 2; i < limit; i++ {
		if composite[i] {
			continue
		}
		primes <- i
		for j := i * i; j < limit; j += i {
			composite[j] = true
		}
	}
	close(primes)
}

func primesBelow(limit int) int {
	primes := make(chan int, 16)
	go sieve(limit, primes)
	count := 0
	for range primes {
		count++
	}
	return count
}

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: hello DIR CODE WORDS...")
		os.Exit(2)
	}
	directory = os.Args[1]
	code, err := strconv.Atoi(os.Args[2])
	check("CODE", err)
	fmt.Fprintln(out, "language: go")
	fmt.Fprintf(out, "words: %d\n", len(os.Args)-3)
	for i, word := range os.Args[3:] {
		fmt.Fprintf(out, "  %d: %s\n", i+1, word)
	}
	greeting, set := os.LookupEnv("GREETING")
	if !set {
		greeting = "(not set)"
	}
	fmt.Fprintf(out, "GREETING: %s\n", greeting)
	missing := "(not set)"
	if _, set := os.LookupEnv("MISSING"); set {
		missing = "(set)"
	}
	fmt.Fprintf(out, "MISSING: %s\n", missing)
	readInput()

	put("one.txt", os.O_TRUNC, "first file\n")
	put("two.txt", os.O_TRUNC, "second file\n")
	put("three.txt", os.O_TRUNC, "third file\n")
	list()
	put("one.txt", os.O_APPEND, "appended\n")
	show("one.txt")
	check("rename", os.Rename(in("two.txt"), in("four.txt")))
	show("two.txt")
	show("four.txt")
	list()
	check("remove", os.Remove(in("one.txt")))
	check("remove", os.Remove(in("three.txt")))
	check("remove", os.Remove(in("four.txt")))
	list()
	put("report.txt", os.O_TRUNC, "all went well\n")

	fmt.Fprintf(out, "primes below 100000: %d\n", primesBelow(100000))
	fmt.Fprintf(out, "exit: %d\n", code)
	out.Flush()
	fmt.Fprintln(os.Stderr, "done")
	os.Exit(code)
}
