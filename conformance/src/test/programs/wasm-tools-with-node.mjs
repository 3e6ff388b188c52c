// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// Drives wasm-tools.core.wasm through the canonical ABI under Node and prints what it answers; the
// output is expected/wasm-tools.out. This is the recipe for driving it from anywhere:
//
// The module is a component's core: it imports 14 functions of wasi_snapshot_preview1, has neither
// _start nor _initialize, and exports its memory, cabi_realloc and local:wasm-tools/tools#….
// - An argument list<u8> or string is (pointer, length), in memory had from
//   cabi_realloc(0, 0, alignment, size); the callee takes it over.
// - Each function returns a pointer to a result<list<u8> or string, string>: a byte 0 (ok) or 1
//   (error), at +4 the pointer and at +8 the length of either. cabi_post_NAME(that pointer) frees
//   it after copying.
// - print(binary) gives text; parse(text) gives the binary; component-new(binary, adapters) wraps a
//   module as a component and validates the whole. Its adapters, option<list<tuple<string,
//   list<u8>>>>, are three more arguments: 1, pointer to (pointer, length, pointer, length)…,
//   count; or 0, 0, 0 for none.
//
// usage: node --no-warnings wasm-tools-with-node.mjs PROGRAMS

import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { WASI } from 'node:wasi';

const programs = process.argv[2];
const load = (name) => fs.readFileSync(path.join(programs, name));
const self = load('wasm-tools.core.wasm');
const wasi = new WASI({ version: 'preview1', args: [], env: {}, preopens: {}, returnOnExit: true });
const { instance } = await WebAssembly.instantiate(self, wasi.getImportObject());
wasi.initialize(instance);
const { memory, cabi_realloc: realloc } = instance.exports;

function lower(bytes, alignment = 1) {
    const at = realloc(0, 0, alignment, bytes.length);
    new Uint8Array(memory.buffer).set(bytes, at);
    return [at, bytes.length];
}

function call(name, ...args) {
    const full = 'local:wasm-tools/tools#' + name;
    const result = instance.exports[full](...args);
    const view = new DataView(memory.buffer);
    const at = view.getUint32(result + 4, true);
    const length = view.getUint32(result + 8, true);
    const bytes = Buffer.from(memory.buffer.slice(at, at + length));
    const failed = view.getUint8(result) !== 0;
    instance.exports['cabi_post_' + full](result);
    return { failed, bytes };
}

function report(what, { failed, bytes }) {
    if (failed) console.log(`${what}: error: ${bytes.toString().trim()}`);
    else console.log(`${what}: ${bytes.length} ${createHash('sha256').update(bytes).digest('hex')}`);
    return bytes;
}

function componentNew(binary, adapter) {
    const parts = [...lower(Buffer.from('wasi_snapshot_preview1')), ...lower(load(adapter))];
    const [list] = lower(Buffer.from(new Uint32Array(parts).buffer), 4);
    return call('component-new', ...lower(binary), 1, list, 1);
}

const parse = (text) => call('parse', ...lower(Buffer.from(text)));

const text = report('print self', call('print', ...lower(self)));
const again = report('parse that', call('parse', ...lower(text)));
report('print that', call('print', ...lower(again)));
report('validate self', componentNew(self, 'wasi-adapter.reactor.wasm'));
report('validate python', componentNew(load('python.wasm'), 'wasi-adapter.command.wasm'));
report('parse valid', parse('(module (func (export "f") (result i32) i32.const 1))'));
report('parse malformed', parse('(module (func'));
report('print truncated', call('print', ...lower(Buffer.from('0061736d010000000105', 'hex'))));
const invalid = parse('(module (func (result i32)))').bytes;
report('validate invalid', call('component-new', ...lower(invalid), 0, 0, 0));
