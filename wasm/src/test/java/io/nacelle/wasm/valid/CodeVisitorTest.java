// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.valid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.binary.InstrReader;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.Opcode;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** What a visitor sees of the walk. */
final class CodeVisitorTest {
    /** Writes one line for each instruction: what it is and what the stack holds around it. */
    private static final class Recorder implements CodeVisitor {
        final List<String> lines = new ArrayList<>();
        int maxHeight;
        boolean refs;
        boolean vectors;
        private String before;

        @Override
        public void begin(FuncValidator v) {
            lines.add(v.paramCount() + " of " + v.localCount());
        }

        @Override
        public void before(InstrReader in, FuncValidator v) {
            before = operands(v);
        }

        @Override
        public void after(InstrReader in, FuncValidator v) {
            lines.add(
                    in.op().mnemonic()
                            + " "
                            + before
                            + "->"
                            + operands(v)
                            + (v.reachable() ? "" : " dead")
                            + " depth "
                            + v.depth());
        }

        private static String operands(FuncValidator v) {
            var text = new StringBuilder();
            for (int i = 0; i < v.height(); i++) {
                text.append("ilfdvr?".charAt(v.kind(i)));
            }
            return text.toString();
        }

        @Override
        public void end(FuncValidator v) {
            maxHeight = v.maxHeight();
            refs = v.usesRefs();
            vectors = v.usesVectors();
        }
    }

    private static Recorder record(String text) {
        var module = Validator.validate(TextParser.parse(text));
        var recorder = new Recorder();
        new FuncValidator(module).validate(module.importedFuncs(), recorder);
        return recorder;
    }

    @Test
    void straightCode() {
        var r =
                record(
                        "(func (param i32) (result i32) (local f64)"
                                + " (i32.wrap_i64 (i64.add (i64.const 1) (i64.extend_i32_s (local.get 0)))))");
        assertEquals(
                List.of(
                        "1 of 2",
                        "i64.const ->l depth 1",
                        "local.get l->li depth 1",
                        "i64.extend_i32_s li->ll depth 1",
                        "i64.add ll->l depth 1",
                        "i32.wrap_i64 l->i depth 1",
                        "end i->i depth 0"),
                r.lines);
        assertEquals(2, r.maxHeight);
        assertFalse(r.refs);
        assertFalse(r.vectors);
    }

    @Test
    void deadCodeIsDeadUntilABlockThatWasLiveEnds() {
        var r =
                record(
                        "(func (result i32) (block (result i32)"
                                + " (br 0 (i32.const 1)) (block (drop (f32.const 0)))) )");
        assertEquals(
                List.of(
                        "0 of 0",
                        "block -> depth 2",
                        "i32.const ->i depth 2",
                        "br i-> dead depth 2",
                        "block -> dead depth 3",
                        "f32.const ->f dead depth 3",
                        "drop f-> dead depth 3",
                        "end -> dead depth 2",
                        "end ->i depth 1",
                        "end i->i depth 0"),
                r.lines);
    }

    @Test
    void frames() {
        var module =
                Validator.validate(
                        TextParser.parse(
                                "(func (param i32) (result i64) i64.const 0 f32.const 1"
                                        + " (loop (param f32) (result i64) drop"
                                        + " (if (result i64) (local.get 0)"
                                        + " (then nop i64.const 1) (else nop i64.const 2)))"
                                        + " i64.add)"));
        var seen = new ArrayList<String>();
        new FuncValidator(module)
                .validate(
                        0,
                        new CodeVisitor() {
                            @Override
                            public void begin(FuncValidator v) {}

                            @Override
                            public void before(InstrReader in, FuncValidator v) {
                                if (in.op() == Opcode.NOP) {
                                    for (int i = 0; i < v.depth(); i++) {
                                        seen.add(
                                                v.frameOp(i)
                                                        + " at "
                                                        + v.frameHeight(i)
                                                        + " takes "
                                                        + v.frameParamCount(i)
                                                        + " leaves "
                                                        + v.frameResultCount(i)
                                                        + " branch "
                                                        + v.labelArity(i));
                                    }
                                }
                            }

                            @Override
                            public void after(InstrReader in, FuncValidator v) {}

                            @Override
                            public void end(FuncValidator v) {}
                        });
        assertEquals(
                List.of(
                        "IF at 1 takes 0 leaves 1 branch 1",
                        "LOOP at 1 takes 1 leaves 1 branch 1",
                        "BLOCK at 0 takes 0 leaves 1 branch 1",
                        "ELSE at 1 takes 0 leaves 1 branch 1",
                        "LOOP at 1 takes 1 leaves 1 branch 1",
                        "BLOCK at 0 takes 0 leaves 1 branch 1"),
                seen);
    }

    @Test
    void kindsUsed() {
        assertTrue(record("(func (param funcref))").refs);
        assertTrue(record("(func (local anyref))").refs);
        assertTrue(record("(func (drop (ref.null extern)))").refs);
        assertTrue(record("(func (drop (ref.i31 (i32.const 1))))").refs);
        assertTrue(record("(func (drop (v128.const i64x2 0 0)))").vectors);
        assertFalse(record("(func (drop (i32.const 1)))").refs);
    }

    @Test
    void closedTypes() {
        var module =
                Validator.validate(
                        TextParser.parse(
                                "(type $s (struct)) (type $f (func (param (ref $s))))"
                                        + "(import \"m\" \"g\" (global (ref null $s)))"
                                        + "(import \"m\" \"t\" (table 1 (ref null $f)))"
                                        + "(tag (param i32)) (memory 1)"
                                        + "(func (type $f) (local (ref null $s)))"));
        var type = module.type(0);
        assertEquals(RefType.nullable(type), module.global(0).type());
        assertEquals(RefType.nullable(module.type(1)), module.table(0).element());
        assertEquals(List.of(RefType.nonNull(type)), module.funcType(0).func().params());
        assertEquals(List.of(NumType.I32), module.tag(0).func().params());
        assertEquals(1, module.importedGlobals());
        assertEquals(1, module.importedTables());
        assertEquals(0, module.importedMemories());
        assertEquals(1, module.typeIndexOfFunc(0));
        new FuncValidator(module)
                .validate(
                        0,
                        new CodeVisitor() {
                            @Override
                            public void begin(FuncValidator v) {
                                assertEquals(RefType.nonNull(type), v.localType(0));
                                assertEquals(RefType.nullable(type), v.localType(1));
                            }

                            @Override
                            public void before(InstrReader in, FuncValidator v) {}

                            @Override
                            public void after(InstrReader in, FuncValidator v) {}

                            @Override
                            public void end(FuncValidator v) {
                                assertEquals(0, v.resultCount());
                            }
                        });
    }

    @Test
    void sameTypeInTwoModules() {
        var text = "(rec (type $a (struct (field (ref null $b)))) (type $b (array (ref $a))))";
        var one = Validator.validate(TextParser.parse(text));
        var two = Validator.validate(TextParser.parse("(type (func))" + text));
        assertTrue(one.type(0) == two.type(1));
        assertTrue(one.type(1) == two.type(2));
    }
}
