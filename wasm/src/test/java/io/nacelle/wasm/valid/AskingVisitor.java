// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.valid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.binary.InstrReader;
import io.nacelle.wasm.syntax.Opcode;
import io.nacelle.wasm.syntax.RefType;

import org.junit.jupiter.api.function.Executable;

/**
 * Asks at every instruction for all that a visitor may ask for, and checks what must hold of the
 * answers whatever the code is.
 */
final class AskingVisitor implements CodeVisitor {
    private int mostOperands;

    @Override
    public void begin(FuncValidator v) {
        mostOperands = 0;
        assertEquals(1, v.depth());
        assertEquals(0, v.height());
        assertEquals(v.module().funcType(v.funcIndex()).func().params().size(), v.paramCount());
        assertTrue(v.reachable());
        for (int i = 0; i < v.localCount(); i++) {
            boolean ref = v.localType(i) instanceof RefType;
            assertEquals(ref, v.localKind(i) == ValueKind.REF);
        }
    }

    @Override
    public void before(InstrReader in, FuncValidator v) {
        ask(v);
        switch (in.op()) {
            case BR, BR_IF -> assertTrue(v.labelArity(in.x()) >= 0);
            case BR_TABLE -> {
                int arity = v.labelArity(in.label(in.labelCount() - 1));
                for (int i = 0; i < in.labelCount(); i++) {
                    assertEquals(arity, v.labelArity(in.label(i)));
                }
            }
            default -> {}
        }
    }

    @Override
    public void after(InstrReader in, FuncValidator v) {
        ask(v);
        if (in.op() == Opcode.UNREACHABLE || in.op() == Opcode.BR) {
            assertEquals(v.frameHeight(0), v.height());
            assertTrue(!v.reachable());
        }
    }

    private void ask(FuncValidator v) {
        mostOperands = Math.max(mostOperands, v.height());
        assertTrue(v.maxHeight() >= mostOperands);
        for (int i = 0; i < v.height(); i++) {
            if (v.kind(i) != ValueKind.BOTTOM) {
                boolean ref = v.type(i) instanceof RefType;
                assertEquals(ref, v.kind(i) == ValueKind.REF);
            } else {
                assertThrows(IllegalStateException.class, position(v, i));
            }
        }
        for (int i = 0; i < v.depth(); i++) {
            assertTrue(v.frameHeight(i) <= v.height());
            int arity = v.frameOp(i) == Opcode.LOOP ? v.frameParamCount(i) : v.frameResultCount(i);
            assertEquals(arity, v.labelArity(i));
            assertTrue(v.frameReachableAtEntry(i) || !v.reachable());
        }
    }

    private static Executable position(FuncValidator v, int i) {
        return () -> v.type(i);
    }

    @Override
    public void end(FuncValidator v) {
        assertEquals(0, v.depth());
        assertEquals(v.resultCount(), v.height());
    }
}
