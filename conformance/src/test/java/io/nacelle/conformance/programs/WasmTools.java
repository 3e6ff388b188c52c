// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.conformance.programs;

import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Memory;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.StoreKind;
import io.nacelle.wasi.Wasi;
import io.nacelle.wasi.WasiConfig;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The core module of wasm-tools, driven through the canonical ABI by hand. How is told in {@code
 * wasm-tools-with-node.mjs}, which does the same.
 */
final class WasmTools implements AutoCloseable {
    private static final String PREFIX = "local:wasm-tools/tools#";
    private static final Duration LIMIT = Duration.ofMinutes(5);

    /** What a function answers: a result, or the text of an error. */
    record Answer(boolean failed, byte[] bytes) {}

    private record Lowered(int address, int length) {}

    private final Wasi wasi;
    private final Store store;
    private final Deadline deadline;
    private final Instance instance;
    private final Memory memory;

    WasmTools(Module module, StoreKind kind) throws IOException {
        wasi = Wasi.create(WasiConfig.empty());
        store = Store.create(module.engine(), kind);
        deadline = new Deadline(LIMIT, store, wasi);
        var linker = Linker.create(store);
        wasi.define(linker);
        instance = linker.instantiate(module);
        wasi.initialize(instance);
        memory = instance.memory("memory");
    }

    Answer print(byte[] binary) {
        var in = lower(binary, 1);
        return call("print", in.address, in.length);
    }

    Answer parse(byte[] text) {
        var in = lower(text, 1);
        return call("parse", in.address, in.length);
    }

    Answer parse(String text) {
        return parse(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Wraps a module as a component and validates the whole; without an adapter. */
    Answer componentNew(byte[] binary) {
        var in = lower(binary, 1);
        return call("component-new", in.address, in.length, 0, 0, 0);
    }

    /** Wraps a module as a component, its imports of WASI adapted, and validates the whole. */
    Answer componentNew(byte[] binary, byte[] adapter) {
        var name = lower("wasi_snapshot_preview1".getBytes(StandardCharsets.UTF_8), 1);
        var code = lower(adapter, 1);
        var pair =
                ByteBuffer.allocate(4 * Integer.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(name.address)
                        .putInt(name.length)
                        .putInt(code.address)
                        .putInt(code.length);
        var list = lower(pair.array(), Integer.BYTES);
        var in = lower(binary, 1);
        return call("component-new", in.address, in.length, 1, list.address, 1);
    }

    private Lowered lower(byte[] bytes, int alignment) {
        int address = (int) instance.func("cabi_realloc").call(0, 0, alignment, bytes.length)[0];
        memory.write(Integer.toUnsignedLong(address), bytes, 0, bytes.length);
        return new Lowered(address, bytes.length);
    }

    private Answer call(String name, Object... arguments) {
        int result = (int) instance.func(PREFIX + name).call(arguments)[0];
        long at = Integer.toUnsignedLong(result);
        boolean failed = memory.readI8(at) != 0;
        var bytes = new byte[memory.readI32(at + 8)];
        memory.read(Integer.toUnsignedLong(memory.readI32(at + 4)), bytes, 0, bytes.length);
        instance.func("cabi_post_" + PREFIX + name).call(result);
        return new Answer(failed, bytes);
    }

    @Override
    public void close() {
        deadline.close();
        store.close();
        wasi.close();
    }
}
