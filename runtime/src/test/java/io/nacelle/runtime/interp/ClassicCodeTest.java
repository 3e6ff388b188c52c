// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.exec.WasmFunc;
import io.nacelle.wasm.syntax.Opcode;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.ConstantValueAttribute;

/** What the classic interpreter prepares, and the shape of its own code. */
final class ClassicCodeTest {
    private static ClassicCode code(EngineConfig config, String function) {
        var engine = Engine.create(config.withMode(Mode.CLASSIC));
        var module = Module.of(engine, TextParser.parse("(module " + function + ")"));
        var instance = Linker.create(Store.create(engine)).instantiate(module);
        return ClassicCode.of(((WasmFunc) instance.func("f")).body);
    }

    private static ClassicCode code(String function) {
        return code(EngineConfig.defaults(), function);
    }

    /** The instruction at a place. */
    private static Opcode at(ClassicCode form, int place) {
        return Opcode.ofByte(form.code[place] & 0xFF);
    }

    @Test
    void straightCodeHasNoTable() {
        var form =
                code(
                        """
                        (func (export "f") (param i32) (result i64) (local i64 f32)
                          (block (result i64) (loop (result i64)
                            (i64.extend_i32_s (i32.add (local.get 0) (i32.const 1))))))
                        """);
        assertEquals(0, form.table.length);
        assertEquals(1, form.params);
        assertEquals(3, form.locals);
        assertEquals(3 + 1 + 2, form.slots);
        assertEquals(64 + 8 * (3 + 2), form.cost);
        assertEquals(0, form.traits);
        assertEquals(Opcode.BLOCK, at(form, form.start));
        assertEquals(Opcode.END, at(form, form.end - 1));
    }

    @Test
    void entriesLeadToPlacesAndPositions() {
        var form =
                code(
                        """
                        (func (export "f") (param i32) (result i32)
                          (i32.const 1)
                          (block $b (result i32)
                            (i32.const 2) (i32.const 3)
                            (br_if $b (local.get 0))
                            (drop)
                            (loop $l (br_if $l (local.get 0)))
                            (drop)
                            (if (result i32) (local.get 0)
                              (then (i32.const 4))
                              (else (br 2 (i32.const 5)))))
                          (drop))
                        """);
        var table = form.table;
        assertEquals(3 + 3 + 2 + 2 + 3, table.length);
        // br_if $b: keeps 3, drops 2.
        assertEquals(Opcode.DROP, at(form, table[0]));
        assertEquals(13, table[1]);
        assertEquals(1 << ClassicCode.DROP_BITS | 1, table[2]);
        // br_if $l: back to the place behind the loop's beginning.
        assertEquals(Opcode.LOCAL_GET, at(form, table[3]));
        assertEquals(3, table[4]);
        assertEquals(0, table[5]);
        // if: to the else part.
        assertEquals(Opcode.I32_CONST, at(form, table[6]));
        assertEquals(5, form.code[table[6] + 1]);
        assertEquals(10, table[7]);
        // else: behind the end.
        assertEquals(Opcode.END, at(form, table[8]));
        assertEquals(13, table[9]);
        // br 2: to the function's own end; keeps 5, drops 1.
        assertEquals(form.end - 1, table[10]);
        assertEquals(13, table[11]);
        assertEquals(1 << ClassicCode.DROP_BITS | 1, table[12]);
    }

    @Test
    void deadCodeHasNoEntries() {
        var form =
                code(
                        """
                        (func (export "f") (param i32)
                          (return)
                          (block (br_if 0 (local.get 0)) (if (local.get 0) (then) (else (br 1))))
                          (br_table 0 0 (local.get 0)))
                        """);
        assertArrayEquals(new int[0], form.table);
    }

    @Test
    void costsAreInTheTableWhenFuelIsCounted() {
        var form =
                code(
                        EngineConfig.defaults().withFuel(),
                        """
                        (func (export "f") (param i32)
                          (nop)
                          (loop $l (br_if $l (local.get 0)))
                          (drop (local.get 0)))
                        """);
        // Before the loop nothing costs; the loop's two; what follows br_if; what follows end: one;
        // the last end.
        assertEquals(5 + ClassicCode.ENTRY, form.table.length);
        assertEquals(0, form.table[0]);
        assertEquals(2, form.table[1]);
        assertEquals(1, form.table[3]);
        assertEquals(0, form.table[5]);
        assertEquals(1, form.table[6]);
        assertEquals(0, form.table[7]);
        assertEquals(ClassicCode.METERED, form.traits);
    }

    @Test
    void traitsTellWhatAFunctionHandles() {
        assertEquals(ClassicCode.REFS, code("(func (export \"f\") (drop (ref.null func)))").traits);
        assertEquals(ClassicCode.VECTORS, code("(func (export \"f\") (param v128))").traits);
        assertEquals(
                ClassicCode.WIDE_ADDRESSES, code("(memory i64 0) (func (export \"f\"))").traits);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HeapClassicLoop",
                "NativeClassicLoop",
                "SharedFastLoop",
                "ClassicRare",
                "ClassicFrames",
                "ClassicLeb",
                "ClassicFloat"
            })
    void everyMethodCanBeCompiled(String name) throws IOException {
        try (var in = ClassicCode.class.getResourceAsStream(name + ".class")) {
            assertNotNull(in);
            var methods = 0;
            for (var method : ClassFile.of().parse(in.readAllBytes()).methods()) {
                var code = method.findAttribute(Attributes.code());
                if (code.isPresent()) {
                    methods++;
                    int length = code.get().codeLength();
                    // HotSpot's limit is 8,000, callees that it inlines included.
                    int limit = method.methodName().equalsString("run") ? 5_500 : 1_000;
                    assertTrue(length <= limit, () -> method.methodName() + ": " + length);
                }
            }
            assertTrue(methods > 0);
        }
    }

    @Test
    void constantsAreTheOpcodes() throws IOException {
        try (var in = ClassicOp.class.getResourceAsStream("ClassicOp.class")) {
            assertNotNull(in);
            int constants = 0;
            for (var field : ClassFile.of().parse(in.readAllBytes()).fields()) {
                var name = field.fieldName().stringValue();
                Object value =
                        field.findAttribute(Attributes.constantValue())
                                .map(ConstantValueAttribute::constant)
                                .orElseThrow()
                                .constantValue();
                switch (name) {
                    case "GC" -> assertEquals(Opcode.STRUCT_NEW.prefix(), value);
                    case "MISC" -> assertEquals(Opcode.MEMORY_COPY.prefix(), value);
                    case "VECTOR" -> assertEquals(Opcode.V128_LOAD.prefix(), value);
                    default -> {
                        assertEquals(Opcode.valueOf(name).code(), value, name);
                        constants++;
                    }
                }
            }
            assertTrue(constants > 180);
        }
    }
}
