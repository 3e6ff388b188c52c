// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import io.nacelle.wasm.binary.CodeWriter;
import io.nacelle.wasm.syntax.Names;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What is known of a module while it is parsed: its index spaces, and the bytes written so far. */
final class Scope {
    final IndexSpace types = new IndexSpace("type");
    final IndexSpace funcs = new IndexSpace("function");
    final IndexSpace tables = new IndexSpace("table");
    final IndexSpace memories = new IndexSpace("memory");
    final IndexSpace globals = new IndexSpace("global");
    final IndexSpace tags = new IndexSpace("tag");
    final IndexSpace elems = new IndexSpace("elem segment");
    final IndexSpace datas = new IndexSpace("data segment");

    /** The fields of each structure type that has named ones. */
    final Map<Integer, IndexSpace> fields = new TreeMap<>();

    final Map<Integer, Map<Integer, String>> locals = new TreeMap<>();
    final Map<Integer, Map<Integer, String>> labels = new TreeMap<>();

    /** Branch hints by function and by offset from the start of the function's code. */
    final Map<Integer, Map<Integer, Integer>> hints = new TreeMap<>();

    /** Code, constant expressions and data, in the binary format. */
    final CodeWriter out = new CodeWriter(1 << 12);

    /** Where code and constant expressions are written in the text. */
    final Places places = new Places();

    Optional<String> moduleName = Optional.empty();
    boolean needsDataCount;

    Names names() {
        var fieldNames = new TreeMap<Integer, Map<Integer, String>>();
        fields.forEach(
                (type, space) -> {
                    if (!space.names().isEmpty()) {
                        fieldNames.put(type, space.names());
                    }
                });
        return new Names(
                moduleName,
                funcs.names(),
                locals,
                labels,
                types.names(),
                tables.names(),
                memories.names(),
                globals.names(),
                elems.names(),
                datas.names(),
                fieldNames,
                tags.names());
    }
}
