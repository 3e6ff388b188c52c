// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// Runs a WASI program as "nacelle run" does: with arguments, and neither files nor variables.

import fs from 'node:fs';
import process from 'node:process';
import { WASI } from 'node:wasi';

const [file, ...args] = process.argv.slice(2);
const wasi = new WASI({ version: 'preview1', args: [file, ...args], returnOnExit: true });
const module = await WebAssembly.compile(fs.readFileSync(file));
const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
process.exitCode = wasi.start(instance);
