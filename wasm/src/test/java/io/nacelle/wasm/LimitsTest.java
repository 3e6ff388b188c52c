// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm;

import static io.nacelle.wasm.binary.ImplementationLimits.*;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.binary.BinaryDecoder;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.syntax.WasmException;
import io.nacelle.wasm.valid.Validator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.ByteArrayOutputStream;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * Every implementation limit: what is as large as it allows is accepted, what is larger by one is
 * refused by name.
 *
 * <p>Left out at the limit: {@code MAX_MODULE_SIZE}, since the module would be a gigabyte, and
 * {@code MAX_ELEMENT_SEGMENTS}, whose ten million segments take more memory than a test may.
 */
final class LimitsTest {
    /** A part of a module that is made up of bytes. */
    private static final class Part {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Part add(int... bytes) {
            for (int b : bytes) {
                out.write(b);
            }
            return this;
        }

        Part number(int value) {
            int rest = value;
            while (rest >>> 7 != 0) {
                out.write(rest & 0x7F | 0x80);
                rest >>>= 7;
            }
            out.write(rest);
            return this;
        }

        Part bytes(Part part) {
            out.writeBytes(part.out.toByteArray());
            return this;
        }

        Part sized(Part part) {
            number(part.out.size());
            return bytes(part);
        }

        Part repeat(int count, int... bytes) {
            for (int i = 0; i < count; i++) {
                add(bytes);
            }
            return this;
        }

        Part each(int count, IntConsumer element) {
            for (int i = 0; i < count; i++) {
                element.accept(i);
            }
            return this;
        }

        Part section(int id, Part content) {
            return add(id).sized(content);
        }
    }

    /**
     * A limit.
     *
     * @param most what it allows
     * @param names what the refusal speaks of
     * @param sections makes a module that has so many
     */
    private record Case(String limit, int most, String names, IntFunction<Part> sections) {
        @Override
        public String toString() {
            return limit;
        }
    }

    private static Part part() {
        return new Part();
    }

    /** A section of elements that are all alike. */
    private static Part section(int id, int count, int... element) {
        return part().section(id, part().number(count).repeat(count, element));
    }

    private static Part types(Part... types) {
        var content = part().number(types.length);
        for (var type : types) {
            content.bytes(type);
        }
        return part().section(1, content);
    }

    /** A module with one function of type [] -> [] and the given body. */
    private static Part body(Part code) {
        return function(part().add(0x60, 0, 0), part().add(0), code);
    }

    private static Part function(Part type, Part locals, Part code) {
        var whole = part();
        whole.bytes(locals);
        whole.bytes(code);
        whole.add(0x0B);
        return join(
                types(type), section(3, 1, 0), part().section(10, part().number(1).sized(whole)));
    }

    private static Part join(Part... parts) {
        var all = part();
        for (var part : parts) {
            all.bytes(part);
        }
        return all;
    }

    private static Part subtypes(int depth) {
        var content = part().number(depth + 1).add(0x50, 0, 0x60, 0, 0);
        content.each(depth, i -> content.add(0x50, 1).number(i).add(0x60, 0, 0));
        return part().section(1, content);
    }

    private static Part functions(int count) {
        return join(
                types(part().add(0x60, 0, 0)),
                section(3, count, 0),
                section(10, count, 2, 0, 0x0B));
    }

    private static Part exports(int count) {
        var content = part().number(count);
        content.each(
                count,
                i -> {
                    content.add(4);
                    content.add('@' + i % 32, '@' + i / 32 % 32);
                    content.add('@' + i / 1024 % 32, '@' + i / 32768);
                    content.add(3, 0);
                });
        return join(section(6, 1, 0x7F, 0, 0x41, 0, 0x0B), part().section(7, content));
    }

    private static Part catches(int count) {
        var code = part().add(0x02, 0x40, 0x1F, 0x40).number(count).repeat(count, 2, 0);
        return body(code.add(0x0B, 0x0B));
    }

    private static Part functionOfSize(int size) {
        // No locals, nops and the end.
        return body(part().repeat(size - 2, 0x01));
    }

    private static Part tags(int count) {
        return join(types(part().add(0x60, 0, 0)), section(13, count, 0, 0));
    }

    private static Part arrayNewFixed(int count) {
        var code = part().repeat(count, 0x41, 0).add(0xFB, 8, 1).number(count).add(0x1A);
        return join(
                types(part().add(0x60, 0, 0), part().add(0x5E, 0x7F, 0)),
                section(3, 1, 0),
                part().section(
                                10,
                                part().number(1)
                                        .sized(join(part().add(0), code, part().add(0x0B)))));
    }

    private static Part elements(int count) {
        return join(
                types(part().add(0x60, 0, 0)),
                section(3, 1, 0),
                part().section(9, part().add(1, 1, 0).number(count).repeat(count, 0)),
                section(10, 1, 2, 0, 0x0B));
    }

    private static Part longName(int length) {
        return join(
                section(6, 1, 0x7F, 0, 0x41, 0, 0x0B),
                part().section(7, part().number(1).number(length).repeat(length, 'x').add(3, 0)));
    }

    static Stream<Case> limits() {
        return Stream.of(
                new Case("types", MAX_TYPES, "types", n -> section(1, n, 0x60, 0, 0)),
                new Case(
                        "recursive group",
                        MAX_TYPES,
                        "types",
                        n -> types(part().add(0x4E).number(n).repeat(n, 0x60, 0, 0))),
                new Case(
                        "subtyping",
                        MAX_SUBTYPING_DEPTH,
                        "hierarchy too deep",
                        LimitsTest::subtypes),
                new Case("functions", MAX_FUNCTIONS, "functions", LimitsTest::functions),
                new Case("imports", MAX_IMPORTS, "imports", n -> section(2, n, 0, 0, 3, 0x7F, 0)),
                new Case("exports", MAX_EXPORTS, "exports", LimitsTest::exports),
                new Case(
                        "globals",
                        MAX_GLOBALS,
                        "globals",
                        n -> section(6, n, 0x7F, 0, 0x41, 0, 0x0B)),
                new Case("tags", MAX_TAGS, "tags", LimitsTest::tags),
                new Case("tables", MAX_TABLES, "tables", n -> section(4, n, 0x70, 0, 0)),
                new Case("memories", MAX_MEMORIES, "memories", n -> section(5, n, 0, 0)),
                new Case("data", MAX_DATA_SEGMENTS, "data segments", n -> section(11, n, 1, 0)),
                new Case("elements", MAX_ELEMENTS_PER_SEGMENT, "elements", LimitsTest::elements),
                new Case(
                        "function size", MAX_FUNCTION_SIZE, "function", LimitsTest::functionOfSize),
                new Case(
                        "locals",
                        MAX_LOCALS,
                        "locals",
                        n ->
                                function(
                                        part().add(0x60, 0, 0),
                                        part().add(1).number(n).add(0x7F),
                                        part())),
                new Case(
                        "parameters",
                        MAX_PARAMS,
                        "parameters",
                        n -> types(part().add(0x60).number(n).repeat(n, 0x7F).add(0))),
                new Case(
                        "results",
                        MAX_RESULTS,
                        "results",
                        n -> types(part().add(0x60, 0).number(n).repeat(n, 0x7F))),
                new Case(
                        "fields",
                        MAX_STRUCT_FIELDS,
                        "fields",
                        n -> types(part().add(0x5F).number(n).repeat(n, 0x7F, 0))),
                new Case(
                        "array.new_fixed",
                        MAX_ARRAY_NEW_FIXED,
                        "array.new_fixed",
                        LimitsTest::arrayNewFixed),
                new Case(
                        "labels",
                        MAX_BR_TABLE_LABELS,
                        "labels",
                        n -> body(part().add(0x41, 0, 0x0E).number(n).repeat(n + 1, 0))),
                new Case("catches", MAX_CATCH_CLAUSES, "catch clauses", LimitsTest::catches),
                new Case("name", MAX_NAME_LENGTH, "name too long", LimitsTest::longName),
                new Case(
                        "nesting",
                        // The function's own frame is one of them.
                        MAX_NESTING - 1,
                        "nested",
                        n -> body(part().repeat(n, 0x02, 0x40).repeat(n, 0x0B))),
                new Case(
                        "operands",
                        MAX_OPERANDS,
                        "operands",
                        n -> body(part().repeat(n, 0x41, 0).add(0x0F))));
    }

    private static byte[] module(Part sections) {
        return join(part().add(0, 'a', 's', 'm', 1, 0, 0, 0), sections).out.toByteArray();
    }

    private static void load(Part sections) {
        Validator.validate(BinaryDecoder.decode(ByteSource.of(module(sections))));
    }

    @ParameterizedTest
    @MethodSource("limits")
    void theLimitIsAcceptedAndNoMore(Case limit) {
        load(limit.sections.apply(limit.most));
        var beyond = limit.sections.apply(limit.most + 1);
        var refused = assertThrows(WasmException.class, () -> load(beyond));
        var message = refused.getMessage();
        assertTrue(message.contains(limit.names), message);
        assertTrue(
                message.contains("limit is ")
                        && (message.contains("limit is " + limit.most)
                                || message.contains("limit is " + (limit.most + 1))),
                message);
    }

    /** Ten million and one, as the count alone: at the limit they would take too much memory. */
    @Test
    void tooManyElementSegmentsAreRefusedByTheirCount() {
        int count = MAX_ELEMENT_SEGMENTS + 1;
        var sections = part().section(9, part().number(count).repeat(count, 0));
        var refused = assertThrows(WasmException.class, () -> load(sections));
        assertTrue(refused.getMessage().contains("too many element segments"));
        assertTrue(refused.getMessage().contains("limit is " + MAX_ELEMENT_SEGMENTS));
        assertEquals(10_000_000, MAX_ELEMENT_SEGMENTS);
    }
}
