// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
// Node's side in a comparison: answers what Worker.java describes.

import fs from 'node:fs';
import process from 'node:process';
import readline from 'node:readline';

const kernels = new Map();
const nothing = new Int32Array(new SharedArrayBuffer(4));

// Nanoseconds of CPU of this thread. The system brings its figure up to date when the thread stops
// running, so it stops for a moment; before Node 24 there is no other way to tell it from V8's
// compiling threads.
function thread() {
    if (process.threadCpuUsage) {
        const { user, system } = process.threadCpuUsage();
        return BigInt(user + system) * 1000n;
    }
    Atomics.wait(nothing, 0, 0, 0.2);
    return BigInt(fs.readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[0]);
}

function whole() {
    const { user, system } = process.cpuUsage();
    return BigInt(user + system) * 1000n;
}

async function answer([what, name, argument]) {
    switch (what) {
        case 'load': {
            const { instance } = await WebAssembly.instantiate(fs.readFileSync(argument));
            kernels.set(name, instance.exports);
            return `${instance.exports.work(0)} ${instance.exports.work(1)}`;
        }
        case 'run': {
            const kernel = kernels.get(name);
            const before = thread();
            const result = kernel.run(Number(argument));
            return `${result} ${thread() - before}`;
        }
        case 'spent':
            return `${thread()} ${whole()}`;
        default:
            throw new Error(what);
    }
}

for await (const line of readline.createInterface({ input: process.stdin })) {
    try {
        console.log(await answer(line.split(' ')));
    } catch (e) {
        console.log(`error ${String(e).replaceAll('\n', ' ')}`);
    }
}
