// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// The small program, in AssemblyScript; see ../c/hello.c. AssemblyScript has no WASI library of its
// own any more, so this one calls WASI's functions itself, as thin as they come.

// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "args_sizes_get")
declare function args_sizes_get(count: usize, size: usize): u32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "args_get")
declare function args_get(pointers: usize, buffer: usize): u32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "environ_sizes_get")
declare function environ_sizes_get(count: usize, size: usize): u32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "environ_get")
declare function environ_get(pointers: usize, buffer: usize): u32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_read")
declare function fd_read(fd: u32, vectors: usize, count: usize, done: usize): u32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_write")
declare function fd_write(fd: u32, vectors: usize, count: usize, done: usize): u32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_close")
declare function fd_close(fd: u32): u32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_readdir")
declare function fd_readdir(fd: u32, buffer: usize, size: usize, cookie: u64, used: usize): u32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_prestat_get")
declare function fd_prestat_get(fd: u32, prestat: usize): u32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_prestat_dir_name")
declare function fd_prestat_dir_name(fd: u32, name: usize, length: usize): u32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "path_open")
declare function path_open(
  fd: u32, lookup: u32, path: usize, length: usize, oflags: u32,
  rights: u64, inheriting: u64, fdflags: u32, opened: usize): u32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "path_rename")
declare function path_rename(
  fd: u32, from: usize, fromLength: usize, toFd: u32, to: usize, toLength: usize): u32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "path_unlink_file")
declare function path_unlink_file(fd: u32, path: usize, length: usize): u32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "proc_exit")
declare function proc_exit(code: u32): void;

const ENOENT: u32 = 44;
const CREATE: u32 = 1;
const DIRECTORY: u32 = 2;
const TRUNCATE: u32 = 8;
const APPEND: u32 = 1;
const RIGHT_READ: u64 = 1 << 1;
const RIGHT_WRITE: u64 = 1 << 6;
const RIGHT_READDIR: u64 = 1 << 14;

const scratch = memory.data(64, 8);
const block = memory.data(4096, 8);

class Bytes {
  constructor(public buffer: ArrayBuffer) {}
  get at(): usize {
    return changetype<usize>(this.buffer);
  }
  get length(): usize {
    return <usize>this.buffer.byteLength;
  }
}

function utf8(text: string): Bytes {
  return new Bytes(String.UTF8.encode(text));
}

function write(fd: u32, text: string): void {
  const bytes = utf8(text);
  let at = bytes.at;
  let left = bytes.length;
  while (left > 0) {
    store<usize>(scratch, at);
    store<usize>(scratch + 4, left);
    if (fd_write(fd, scratch, 1, scratch + 8) != 0) proc_exit(98);
    const done = load<usize>(scratch + 8);
    at += done;
    left -= done;
  }
}

function print(line: string): void {
  write(1, line + "\n");
}

function check(what: string, errno: u32): void {
  if (errno == 0) return;
  write(2, `failed: ${what}: ${errno}\n`);
  proc_exit(99);
}

export function onAbort(message: string | null, file: string | null, line: u32, column: u32): void {
  write(2, `abort: ${message ? message : ""} at ${line}:${column}\n`);
  proc_exit(97);
}

function strings(count: u32, size: u32, environment: bool): string[] {
  const pointers = new ArrayBuffer(count * 4);
  const buffer = new ArrayBuffer(size);
  const p = changetype<usize>(pointers);
  const b = changetype<usize>(buffer);
  check("arguments", environment ? environ_get(p, b) : args_get(p, b));
  const result: string[] = [];
  for (let i: u32 = 0; i < count; i++) {
    result.push(String.UTF8.decodeUnsafe(load<usize>(p + i * 4), size, true));
  }
  return result;
}

function args(): string[] {
  check("args_sizes_get", args_sizes_get(scratch, scratch + 4));
  return strings(load<u32>(scratch), load<u32>(scratch + 4), false);
}

function environment(): string[] {
  check("environ_sizes_get", environ_sizes_get(scratch, scratch + 4));
  return strings(load<u32>(scratch), load<u32>(scratch + 4), true);
}

function variable(all: string[], name: string): string {
  for (let i = 0; i < all.length; i++) {
    if (all[i].startsWith(name + "=")) return all[i].substring(name.length + 1);
  }
  return "(not set)";
}

let root: u32 = 0;

/** Finds the granted directory of this name. */
function findDirectory(name: string): void {
  for (let fd: u32 = 3; fd_prestat_get(fd, scratch) == 0; fd++) {
    const length = load<u32>(scratch + 4);
    const buffer = new ArrayBuffer(length);
    check("prestat", fd_prestat_dir_name(fd, changetype<usize>(buffer), length));
    if (String.UTF8.decode(buffer) == name) {
      root = fd;
      return;
    }
  }
  check("no directory " + name, ENOENT);
}

function open(name: string, oflags: u32, rights: u64, fdflags: u32): u32 {
  const path = utf8(name);
  return path_open(root, 1, path.at, path.length, oflags, rights, 0, fdflags, scratch + 16);
}

function put(name: string, oflags: u32, fdflags: u32, text: string): void {
  check(name, open(name, oflags, RIGHT_WRITE, fdflags));
  const fd = load<u32>(scratch + 16);
  write(fd, text);
  check("close", fd_close(fd));
}

function readAll(fd: u32): Uint8Array {
  const bytes: u8[] = [];
  while (true) {
    store<usize>(scratch, block);
    store<usize>(scratch + 4, 4096);
    check("read", fd_read(fd, scratch, 1, scratch + 8));
    const got = load<usize>(scratch + 8);
    if (got == 0) break;
    for (let i: usize = 0; i < got; i++) bytes.push(load<u8>(block + i));
  }
  const result = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) result[i] = bytes[i];
  return result;
}

function show(name: string): void {
  const errno = open(name, 0, RIGHT_READ, 0);
  if (errno == ENOENT) {
    print(name + ": not found");
    return;
  }
  check(name, errno);
  const fd = load<u32>(scratch + 16);
  const text = readAll(fd);
  check("close", fd_close(fd));
  print(name + ": " + String.UTF8.decode(text.buffer).replaceAll("\n", "|"));
}

function list(): void {
  check("opendir", open(".", DIRECTORY, RIGHT_READDIR, 0));
  const fd = load<u32>(scratch + 16);
  const names: string[] = [];
  // A buffer that holds few entries, so that the cookie is put to use.
  const size: usize = 80;
  let cookie: u64 = 0;
  let used = size;
  while (used == size) {
    check("readdir", fd_readdir(fd, block, size, cookie, scratch + 8));
    used = load<usize>(scratch + 8);
    let at: usize = 0;
    while (at + 24 <= used) {
      const length = load<u32>(block + at + 16);
      if (at + 24 + length > used) break;
      cookie = load<u64>(block + at);
      const name = String.UTF8.decodeUnsafe(block + at + 24, length);
      if (name != "." && name != "..") names.push(name);
      at += 24 + length;
    }
  }
  check("close", fd_close(fd));
  names.sort();
  let line = "entries:";
  for (let i = 0; i < names.length; i++) line += " " + names[i];
  print(line);
}

function rename(from: string, to: string): void {
  const f = utf8(from);
  const t = utf8(to);
  check("rename", path_rename(root, f.at, f.length, root, t.at, t.length));
}

function unlink(name: string): void {
  const path = utf8(name);
  check("unlink", path_unlink_file(root, path.at, path.length));
}

function readInput(): void {
  const input = readAll(0);
  let lines = 0;
  let hash: u32 = 2166136261;
  for (let i = 0; i < input.length; i++) {
    if (input[i] == 10) lines++;
    hash = (hash ^ input[i]) * 16777619;
  }
  const hex = hash.toString(16).padStart(8, "0");
  print(`input: ${lines} lines, ${input.length} bytes, hash ${hex}`);
}

function primesBelow(limit: i32): i32 {
  const composite = new StaticArray<bool>(limit);
  let count = 0;
  for (let i = 2; i < limit; i++) {
    if (composite[i]) continue;
    count++;
    for (let j = <i64>i * i; j < limit; j += i) composite[<i32>j] = true;
  }
  return count;
}

export function _start(): void {
  const words = args();
  if (words.length < 3) {
    write(2, "usage: hello DIR CODE WORDS...\n");
    proc_exit(2);
  }
  const code = <u32>I32.parseInt(words[2]);
  findDirectory(words[1]);
  print("language: assemblyscript");
  print(`words: ${words.length - 3}`);
  for (let i = 3; i < words.length; i++) print(`  ${i - 2}: ${words[i]}`);
  const variables = environment();
  print("GREETING: " + variable(variables, "GREETING"));
  print("MISSING: " + variable(variables, "MISSING"));
  readInput();

  put("one.txt", CREATE | TRUNCATE, 0, "first file\n");
  put("two.txt", CREATE | TRUNCATE, 0, "second file\n");
  put("three.txt", CREATE | TRUNCATE, 0, "third file\n");
  list();
  put("one.txt", 0, APPEND, "appended\n");
  show("one.txt");
  rename("two.txt", "four.txt");
  show("two.txt");
  show("four.txt");
  list();
  unlink("one.txt");
  unlink("three.txt");
  unlink("four.txt");
  list();
  put("report.txt", CREATE | TRUNCATE, 0, "all went well\n");

  print(`primes below 100000: ${primesBelow(100000)}`);
  print(`exit: ${code}`);
  write(2, "done\n");
  proc_exit(code);
}
