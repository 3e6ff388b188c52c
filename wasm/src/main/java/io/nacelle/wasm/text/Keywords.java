// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import io.nacelle.wasm.syntax.AbsHeapType;
import io.nacelle.wasm.syntax.HeapType;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.Opcode;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.syntax.VecType;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The words of the text format and of scripts; every other word is an unknown operator. */
final class Keywords {
    private static final Map<String, Opcode> OPCODES = opcodes();
    private static final Map<String, ValType> VALUE_TYPES = valueTypes();
    private static final Map<String, HeapType> HEAP_TYPES = heapTypes();
    private static final Set<String> OTHERS =
            Set.copyOf(
                    List.of(
                            ("""
                            module definition instance binary quote component
                            type rec sub final func struct array field mut param result local ref
                            null exact describes descriptor i8 i16 shared pagesize
                            import export table memory global tag start elem data declare offset
                            item then do
                            i8x16 i16x8 i32x4 i64x2 f32x4 f64x2
                            nan:canonical nan:arithmetic either ref.extern ref.host ref.struct
                            ref.array ref.any ref.exn ref.null
                            register invoke get assert_return assert_trap assert_exhaustion
                            assert_malformed assert_invalid assert_unlinkable assert_exception
                            assert_malformed_custom assert_invalid_custom assert_suspension
                            thread wait script input output before after first last code
                            """)
                                    .strip()
                                    .split("\\s+")));

    private Keywords() {}

    /** The instruction of this name; where two encodings share it, the one that comes first. */
    static Optional<Opcode> opcode(String word) {
        return Optional.ofNullable(OPCODES.get(word));
    }

    static Optional<ValType> valueType(String word) {
        return Optional.ofNullable(VALUE_TYPES.get(word));
    }

    static Optional<HeapType> heapType(String word) {
        return Optional.ofNullable(HEAP_TYPES.get(word));
    }

    static boolean isKnown(String word) {
        return OPCODES.containsKey(word)
                || VALUE_TYPES.containsKey(word)
                || HEAP_TYPES.containsKey(word)
                || OTHERS.contains(word)
                || word.startsWith("offset=")
                || word.startsWith("align=");
    }

    private static Map<String, Opcode> opcodes() {
        var map = new HashMap<String, Opcode>();
        for (var op : Opcode.values()) {
            map.putIfAbsent(op.mnemonic(), op);
        }
        return Map.copyOf(map);
    }

    private static Map<String, ValType> valueTypes() {
        var map = new HashMap<String, ValType>();
        for (var type : NumType.values()) {
            map.put(type.toString(), type);
        }
        map.put(VecType.V128.toString(), VecType.V128);
        for (var heap : AbsHeapType.values()) {
            map.put(heap.nullableName(), RefType.nullable(heap));
        }
        return Map.copyOf(map);
    }

    private static Map<String, HeapType> heapTypes() {
        var map = new HashMap<String, HeapType>();
        for (var heap : AbsHeapType.values()) {
            map.put(heap.toString(), heap);
        }
        return Map.copyOf(map);
    }
}
