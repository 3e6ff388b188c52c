// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.valid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.binary.InstrReader;
import io.nacelle.wasm.syntax.Opcode;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.CodeAttribute;
import java.util.List;

/** What engines rely on without looking: the fuel table, and that the walk can be compiled. */
final class ContractsTest {
    @Test
    void fuel() {
        assertEquals(0, FuelSegments.cost(Opcode.BLOCK));
        assertEquals(0, FuelSegments.cost(Opcode.END));
        assertEquals(0, FuelSegments.cost(Opcode.DROP));
        assertEquals(1, FuelSegments.cost(Opcode.IF));
        assertEquals(1, FuelSegments.cost(Opcode.CALL));
        assertEquals(1, FuelSegments.cost(Opcode.I32_CONST));
        assertTrue(FuelSegments.startsSegment(Opcode.LOOP));
        assertTrue(FuelSegments.startsSegment(Opcode.BR_IF));
        assertTrue(FuelSegments.startsSegment(Opcode.RETURN_CALL));
        assertFalse(FuelSegments.startsSegment(Opcode.CALL));
        assertFalse(FuelSegments.startsSegment(Opcode.BLOCK));
    }

    /** Wherever control can arrive or leave, a segment begins; everything else is straight. */
    @Test
    void everyBranchEndsASegment() {
        for (var op : Opcode.values()) {
            boolean branches =
                    op.mnemonic().startsWith("br")
                            || op.mnemonic().startsWith("return")
                            || op.mnemonic().contains("throw");
            if (branches) {
                assertTrue(FuelSegments.startsSegment(op), op.mnemonic());
            }
            if (op.hasFixedType()) {
                assertFalse(FuelSegments.startsSegment(op), op.mnemonic());
            }
        }
    }

    /** HotSpot does not compile methods of more than 8,000 bytes. */
    @Test
    void methodsAreSmallEnoughToBeCompiled() throws IOException {
        int methods = 0;
        for (var type :
                List.of(
                        FuncValidator.class,
                        FrameStack.class,
                        ReferenceRules.class,
                        BulkRules.class,
                        TypeSpace.class,
                        InstrReader.class)) {
            var name = type.getName().substring(type.getPackageName().length() + 1) + ".class";
            byte[] bytes;
            try (var in = type.getResourceAsStream(name)) {
                bytes = in.readAllBytes();
            }
            for (var method : ClassFile.of().parse(bytes).methods()) {
                var code = method.code();
                if (code.isPresent()) {
                    methods++;
                    int size = ((CodeAttribute) code.get()).codeLength();
                    assertTrue(size < 2_000, () -> type + "." + method + ": " + size);
                }
            }
        }
        assertTrue(methods > 100, methods + " methods");
    }
}
