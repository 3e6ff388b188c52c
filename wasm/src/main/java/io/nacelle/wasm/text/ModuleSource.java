// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import io.nacelle.wasm.binary.BinaryDecoder;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.syntax.WasmModule;

import java.util.Arrays;
import java.util.Objects;

/** A module as a script gives it. It is read only when asked for, and every time anew. */
public sealed interface ModuleSource {
    /**
     * Reads the module.
     *
     * @throws io.nacelle.wasm.syntax.MalformedException when it is none
     */
    WasmModule read();

    /** A module written in the script itself. */
    final class Text implements ModuleSource {
        private final byte[] script;
        private final int start;
        private final int end;

        Text(byte[] script, int start, int end) {
            this.script = script;
            this.start = start;
            this.end = end;
        }

        /** The module's text, in UTF-8. */
        public byte[] text() {
            return Arrays.copyOfRange(script, start, end);
        }

        @Override
        public WasmModule read() {
            return TextParser.parse(script, start, end);
        }
    }

    /** A module in the binary format; the array is not copied and not to be changed. */
    @SuppressWarnings("ArrayRecordComponent")
    record Binary(byte[] bytes) implements ModuleSource {
        public Binary {
            Objects.requireNonNull(bytes);
        }

        @Override
        public WasmModule read() {
            return BinaryDecoder.decodeFully(ByteSource.of(bytes));
        }
    }

    /** A module's text in a string, UTF-8 or not; the array is not copied and not to be changed. */
    @SuppressWarnings("ArrayRecordComponent")
    record Quote(byte[] text) implements ModuleSource {
        public Quote {
            Objects.requireNonNull(text);
        }

        @Override
        public WasmModule read() {
            return TextParser.parse(text);
        }
    }
}
