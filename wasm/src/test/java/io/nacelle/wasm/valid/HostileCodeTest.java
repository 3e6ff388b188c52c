// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.valid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasm.binary.BinaryDecoder;
import io.nacelle.wasm.binary.BinaryEncoder;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.binary.ByteWriter;
import io.nacelle.wasm.binary.CodeWriter;
import io.nacelle.wasm.binary.ImplementationLimits;
import io.nacelle.wasm.syntax.BlockType;
import io.nacelle.wasm.syntax.InvalidException;
import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.syntax.Opcode;
import io.nacelle.wasm.syntax.WasmException;
import io.nacelle.wasm.syntax.WasmModule;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.api.Test;

import java.util.Random;

/** Code that is no code, and code that is made to hurt. */
final class HostileCodeTest {
    private static final byte[] HEADER = {0, 'a', 's', 'm', 1, 0, 0, 0};

    /** A module with one function of type [] -> [], whose body (with its locals) is given. */
    private static WasmModule module(byte[] body) {
        return module(new byte[] {1, 0x60, 0, 0}, body);
    }

    private static WasmModule module(byte[] types, byte[] body) {
        var w = new ByteWriter();
        w.writeBytes(HEADER);
        section(w, 1, types);
        section(w, 3, new byte[] {1, 0});
        var code = new ByteWriter();
        code.writeU32(1);
        code.writeU32(body.length);
        code.writeBytes(body);
        section(w, 10, code.toByteArray());
        return BinaryDecoder.decode(ByteSource.of(w.toByteArray()));
    }

    private static void section(ByteWriter w, int id, byte[] bytes) {
        w.writeByte(id);
        w.writeU32(bytes.length);
        w.writeBytes(bytes);
    }

    private static void malformed(String reason, int... body) {
        var bytes = new byte[body.length];
        for (int i = 0; i < body.length; i++) {
            bytes[i] = (byte) body[i];
        }
        var module = module(bytes);
        var e = assertThrows(MalformedException.class, () -> Validator.validate(module));
        assertTrue(e.reason().startsWith(reason), e::getMessage);
        assertTrue(e.where().endsWith("in function 0"), e::getMessage);
    }

    @Test
    void malformedBodies() {
        Validator.validate(module(new byte[] {0, 0x0B}));
        malformed("END opcode expected", 0, 0x01);
        malformed("END opcode expected", 0, 0x02, 0x40, 0x0B);
        malformed("unexpected end", 0, 0x41);
        malformed("section size mismatch", 0, 0x0B, 0x01);
        malformed("illegal opcode", 0, 0xFF, 0x0B);
        malformed("illegal opcode", 0, 0xFC, 0x7F, 0x0B);
        malformed("misplaced ELSE opcode", 0, 0x05, 0x0B);
        malformed("misplaced ELSE opcode", 0, 0x02, 0x40, 0x05, 0x0B, 0x0B);
        malformed("misplaced CATCH opcode", 0, 0x07, 0x00, 0x0B);
        malformed("misplaced CATCH_ALL opcode", 0, 0x02, 0x40, 0x19, 0x0B, 0x0B);
        malformed("misplaced DELEGATE opcode", 0, 0x02, 0x40, 0x18, 0x00, 0x0B);
        malformed("too many locals", 1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0x7F, 0x0B);
        malformed("malformed value type", 1, 1, 0x10, 0x0B);
    }

    @Test
    void afterElseThereIsNoOther() {
        malformed("misplaced ELSE opcode", 0, 0x41, 0, 0x04, 0x40, 0x05, 0x05, 0x0B, 0x0B);
        malformed("misplaced CATCH opcode", 0, 0x06, 0x40, 0x19, 0x07, 0x00, 0x0B, 0x0B);
        malformed("misplaced DELEGATE opcode", 0, 0x06, 0x40, 0x19, 0x18, 0x00, 0x0B);
    }

    @Test
    void dataCountIsRequiredBeforeCode() {
        var types = new byte[] {1, 0x60, 0, 0};
        var w = new ByteWriter();
        w.writeBytes(HEADER);
        section(w, 1, types);
        section(w, 3, new byte[] {1, 0});
        section(w, 10, new byte[] {1, 5, 0, (byte) 0xFC, 9, 0, 0x0B});
        section(w, 11, new byte[] {1, 1, 0});
        var module = BinaryDecoder.decode(ByteSource.of(w.toByteArray()));
        var e = assertThrows(MalformedException.class, () -> Validator.validate(module));
        assertEquals("data count section required", e.reason());
    }

    @Test
    void operandStackIsBounded() {
        // A function with a thousand results that calls itself again and again.
        var types = new ByteWriter();
        types.writeBytes(new byte[] {1, 0x60, 0});
        types.writeU32(ImplementationLimits.MAX_RESULTS);
        for (int i = 0; i < ImplementationLimits.MAX_RESULTS; i++) {
            types.writeByte(0x7F);
        }
        var body = new CodeWriter();
        body.writeU32(0);
        for (int i = 0; i < 100_000; i++) {
            body.index(Opcode.CALL, 0);
        }
        body.op(Opcode.END);
        var module = module(types.toByteArray(), body.toByteArray());
        var e = assertThrows(InvalidException.class, () -> Validator.validate(module));
        assertTrue(e.reason().startsWith("too many operands"), e::getMessage);
        assertTrue(e.getMessage().length() < 1_000);
    }

    @Test
    void nestingIsBounded() {
        Validator.validate(nested(ImplementationLimits.MAX_NESTING - 1));
        var module = nested(ImplementationLimits.MAX_NESTING);
        var e = assertThrows(InvalidException.class, () -> Validator.validate(module));
        assertTrue(e.reason().startsWith("blocks nested too deeply"), e::getMessage);
    }

    private static WasmModule nested(int blocks) {
        var body = new CodeWriter();
        body.writeU32(0);
        for (int i = 0; i < blocks; i++) {
            body.block(Opcode.BLOCK, BlockType.Empty.EMPTY);
        }
        for (int i = 0; i <= blocks; i++) {
            body.op(Opcode.END);
        }
        return module(body.toByteArray());
    }

    /** Whatever is done to a module, only the documented exceptions come out. */
    @Test
    void mutatedModules() {
        var seed = BinaryEncoder.encode(TextParser.parse(SEED));
        Validator.validate(BinaryDecoder.decode(ByteSource.of(seed)));
        var random = new Random(20_240_601);
        int accepted = 0;
        for (int round = 0; round < 20_000; round++) {
            var bytes = seed.clone();
            int changes = 1 + random.nextInt(3);
            for (int i = 0; i < changes; i++) {
                bytes[8 + random.nextInt(bytes.length - 8)] = (byte) random.nextInt(256);
            }
            try {
                var valid = Validator.validate(BinaryDecoder.decode(ByteSource.of(bytes)));
                accepted++;
                walk(valid);
            } catch (WasmException e) {
                assertTrue(e.getMessage().length() < 10_000);
            }
        }
        assertTrue(accepted > 100, accepted + " accepted");
    }

    /** A visitor that asks for everything that it may ask for, of a valid module. */
    private static void walk(ValidModule module) {
        var validator = new FuncValidator(module);
        var asker = new AskingVisitor();
        for (int i = module.importedFuncs(); i < module.funcCount(); i++) {
            validator.validate(i, asker);
        }
        for (var export : module.syntax().exports()) {
            assertTrue(module.exportType(export).kind().length() > 2);
        }
    }

    private static final String SEED =
            """
            (module
              (rec (type $node (sub (struct (field (mut i32)) (field (ref null $node))))))
              (type $leaf (sub $node (struct (field (mut i32)) (field (ref null $node)) (field i8))))
              (type $arr (array (mut i16)))
              (type $f (func (param i32) (result i32)))
              (import "m" "f" (func $imp (type $f)))
              (import "m" "g" (global $ig i32))
              (table $t 4 funcref)
              (table $t64 i64 1 externref)
              (memory $m 1 2)
              (memory $m64 i64 1)
              (tag $e (param i32 i64))
              (global $g (mut i64) (i64.const 7))
              (global $c i32 (i32.add (global.get $ig) (i32.const 3)))
              (global $s (ref $leaf)
                (struct.new $leaf (i32.const 1) (ref.null $node) (i32.const 2)))
              (elem $el (table $t) (i32.const 0) func $imp $a $b)
              (data $d (memory $m) (i32.const 8) "hello")
              (export "a" (func $a))
              (start $init)
              (func $init (memory.init $m $d (i32.const 0) (i32.const 0) (i32.const 1)))
              (func $a (type $f) (local $x i64) (local $v v128) (local $r (ref $arr))
                (local.set $x (i64.extend_i32_u (local.get 0)))
                (local.set $r (array.new_default $arr (local.get 0)))
                (block $out (result i32)
                  (loop $l
                    (br_if $l (i32.load8_u offset=4 (local.get 0)))
                    (br_table $l $l $l (i32.const 1)))
                  (drop (br_if $out (i32.const 1) (local.get 0)))
                  (if (result i32) (local.get 0)
                    (then (call $b (local.get 0)))
                    (else (call_indirect $t (type $f) (i32.const 4) (local.get 0))))))
              (func $b (type $f) (local $v v128)
                (local.set $v (i32x4.add (v128.load (local.get 0)) (v128.const i64x2 1 2)))
                (block $h (result i32 i64)
                  (try_table (catch $e $h) (throw $e (i32.const 1) (global.get $g)))
                  unreachable)
                drop
                (select (i32x4.extract_lane 3 (local.get $v)) (i32.const 2) (i32.const 1))
                drop
                (return_call $a (struct.get_u $leaf 2 (global.get $s)))
                )
              (func $c (param anyref) (result (ref $node))
                (block $n (result (ref $leaf))
                  (br_on_cast $n anyref (ref $leaf) (local.get 0))
                  (return (ref.cast (ref $node))))
                )
              (func $d (param i64 i64) (result i64 i64)
                (i64.add128 (local.get 0) (local.get 1) (i64.const 1) (i64.const 2))
                (drop (i64.atomic.rmw.add $m64 (i64.const 0) (i64.const 1))))
            )
            """;
}
