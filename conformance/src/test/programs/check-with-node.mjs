// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// Runs the cases of cases.txt on Node's own WASI, an implementation that shares nothing with ours,
// to see that what the cases expect is not merely what we happen to do.
//
// usage: node --no-warnings check-with-node.mjs PROGRAMS [CASE…]

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import url from 'node:url';

const here = path.dirname(url.fileURLToPath(import.meta.url));

if (process.argv[2] === '--child') {
    const { WASI } = await import('node:wasi');
    const { file, args, env, dirs, calls } = JSON.parse(process.argv[3]);
    const wasi = new WASI({ version: 'preview1', args, env, preopens: dirs, returnOnExit: true });
    const module = await WebAssembly.compile(fs.readFileSync(file));
    const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
    try {
        if (calls.length === 0) process.exit(wasi.start(instance));
        wasi.initialize(instance);
        for (const call of calls) {
            const [name, ...numbers] = call.split(' ');
            instance.exports[name](...numbers.map(Number));
        }
        process.exit(0);
    } catch (error) {
        if (!(error instanceof WebAssembly.RuntimeError)) throw error;
        process.exit(134);
    }
}

function readCases() {
    const cases = [];
    for (const line of fs.readFileSync(path.join(here, 'cases.txt'), 'utf8').split('\n')) {
        if (line === '' || line.startsWith('#')) continue;
        const section = line.match(/^\[(.*)\]$/);
        if (section) {
            cases.push({ name: section[1], arg: [], env: [], dir: [], file: [], call: [] });
            continue;
        }
        const [, key, value] = line.match(/^(\w+) =(?: (.*))?$/);
        const current = cases.at(-1);
        if (Array.isArray(current[key])) current[key].push(value ?? '');
        else current[key] = value ?? '';
    }
    return cases;
}

function run(programs, test) {
    const fresh = fs.mkdtempSync(path.join(os.tmpdir(), 'nacelle-case-'));
    try {
        const dirs = {};
        for (const dir of test.dir) {
            const [host, guest] = dir.split('::');
            dirs[guest] = host === 'fresh' ? fresh
                : host.startsWith('programs/') ? path.join(programs, host.slice(9))
                : path.join(here, host.slice(8));
        }
        const request = {
            file: path.join(programs, test.program),
            args: [test.program, ...test.arg],
            env: Object.fromEntries(test.env.map((e) => e.split(/=(.*)/s).slice(0, 2))),
            dirs,
            calls: test.call,
        };
        const input = test.stdin ? fs.readFileSync(path.join(here, test.stdin)) : '';
        const got = spawnSync(process.execPath,
            ['--no-warnings', url.fileURLToPath(import.meta.url), '--child', JSON.stringify(request)],
            { input, timeout: 60_000, maxBuffer: 1 << 28 });
        const wrong = [];
        const same = (what, actual, file) => {
            const wanted = file === 'none' ? Buffer.alloc(0) : fs.readFileSync(path.join(here, file));
            if (!wanted.equals(actual)) wrong.push(`${what} differs from ${file}:\n${actual}`);
        };
        if (got.status !== Number(test.exit)) wrong.push(`exit ${got.status}, not ${test.exit}`);
        for (const stream of ['stdout', 'stderr']) {
            if (test[stream] !== undefined) same(stream, got[stream], test[stream]);
        }
        if (test.left !== undefined) {
            const left = fs.readdirSync(fresh).sort().join(' ');
            if (left !== test.left) wrong.push(`left behind: ${left}`);
        }
        for (const file of test.file) {
            const [name, expected] = file.split('::');
            same(name, fs.readFileSync(path.join(fresh, name)), expected);
        }
        return wrong;
    } finally {
        fs.rmSync(fresh, { recursive: true, force: true });
    }
}

const [programs, ...only] = process.argv.slice(2);
if (programs === undefined) {
    console.error('usage: check-with-node.mjs PROGRAMS [CASE…]');
    process.exit(2);
}
let failed = 0;
for (const test of readCases()) {
    if (only.length > 0 && !only.includes(test.name)) continue;
    if (test.node !== undefined && only.length === 0) {
        console.log(`left out  ${test.name}: ${test.node}`);
        continue;
    }
    const wrong = run(path.resolve(programs), test);
    failed += wrong.length > 0;
    console.log(`${wrong.length > 0 ? 'FAILED  ' : 'passed  '}  ${test.name}`);
    for (const line of wrong) console.log(`    ${line}`);
}
process.exit(failed > 0 ? 1 : 0);
