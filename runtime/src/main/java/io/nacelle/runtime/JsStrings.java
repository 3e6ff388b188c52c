// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static io.nacelle.wasm.syntax.NumType.I32;
import static io.nacelle.wasm.syntax.RefType.EXTERNREF;

import io.nacelle.runtime.exec.gc.ShortArray;
import io.nacelle.wasm.syntax.AbsHeapType;
import io.nacelle.wasm.syntax.ArrayType;
import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.FieldType;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.GlobalType;
import io.nacelle.wasm.syntax.Mut;
import io.nacelle.wasm.syntax.PackedType;
import io.nacelle.wasm.syntax.RecType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.ValType;

import java.util.List;
import java.util.function.Supplier;

/**
 * The string functions that compilers to garbage-collected WebAssembly import from their host
 * (proposal <a href="https://github.com/WebAssembly/js-string-builtins">JS String Builtins</a>),
 * for strings of Java: an {@code externref} that is a {@link String} is a string, any other a
 * reference that is not one. Strings of both languages are sequences of UTF-16 code units, so that
 * nothing is converted.
 *
 * <p>Indices and lengths count code units and are unsigned. Null, or a reference that is not a
 * string, where a string must be is a {@link Trap}, and so is an index outside of a string or array
 * where the proposal does not cut it off. A string that would be larger than {@link
 * StoreLimits#objectBytes}, two bytes for each code unit, ends the guest with {@link
 * ExhaustedException}.
 *
 * <p>The methods are used as the linker they are given is.
 */
public final class JsStrings {
    /** The module that the functions are imported from. */
    public static final String MODULE = "wasm:js-string";

    private static final int MAX_CODE_POINT = Character.MAX_CODE_POINT;
    private static final RefType STRING = RefType.nonNull(AbsHeapType.EXTERN);

    private final long maxLength;

    private JsStrings(StoreLimits limits) {
        this.maxLength = limits.objectBytes() / Character.BYTES;
    }

    /**
     * Defines the functions {@code cast}, {@code test}, {@code fromCharCodeArray}, {@code
     * intoCharCodeArray}, {@code fromCharCode}, {@code fromCodePoint}, {@code charCodeAt}, {@code
     * codePointAt}, {@code length}, {@code concat}, {@code substring}, {@code equals} and {@code
     * compare} of the module {@value #MODULE}.
     *
     * @return the linker
     */
    public static Linker define(Linker linker) {
        var array = codeUnits();
        var strings = new JsStrings(linker.store().limits());
        define(linker, "cast", List.of(EXTERNREF), STRING, f -> f.setRef(0, string(f, 0)));
        define(linker, "test", List.of(EXTERNREF), I32, f -> f.setI32(0, test(f.ref(0))));
        define(
                linker,
                "fromCharCodeArray",
                List.of(array, I32, I32),
                STRING,
                strings::fromCharCodeArray);
        define(
                linker,
                "intoCharCodeArray",
                List.of(EXTERNREF, array, I32),
                I32,
                JsStrings::intoCharCodeArray);
        define(
                linker,
                "fromCharCode",
                List.of(I32),
                STRING,
                f -> f.setRef(0, String.valueOf((char) f.i32(0))));
        define(linker, "fromCodePoint", List.of(I32), STRING, JsStrings::fromCodePoint);
        define(
                linker,
                "charCodeAt",
                List.of(EXTERNREF, I32),
                I32,
                f -> f.setI32(0, string(f, 0).charAt(index(f))));
        define(
                linker,
                "codePointAt",
                List.of(EXTERNREF, I32),
                I32,
                f -> f.setI32(0, string(f, 0).codePointAt(index(f))));
        define(linker, "length", List.of(EXTERNREF), I32, f -> f.setI32(0, string(f, 0).length()));
        define(linker, "concat", List.of(EXTERNREF, EXTERNREF), STRING, strings::concat);
        define(linker, "substring", List.of(EXTERNREF, I32, I32), STRING, JsStrings::substring);
        define(linker, "equals", List.of(EXTERNREF, EXTERNREF), I32, JsStrings::equalStrings);
        define(
                linker,
                "compare",
                List.of(EXTERNREF, EXTERNREF),
                I32,
                f -> f.setI32(0, Integer.signum(string(f, 0).compareTo(string(f, 1)))));
        return linker;
    }

    /**
     * Defines the string constants that a module imports: every import from one module name is an
     * immutable global that holds its own name as a string. Compilers let that module name be
     * chosen; {@code '} is common.
     *
     * @param moduleName the module name that stands for constants; what else the linker defines
     *     under it is replaced where the module imports it
     * @return the linker
     */
    public static Linker defineConstants(Linker linker, Module module, String moduleName) {
        var type = new GlobalType(Mut.CONST, STRING);
        for (var wanted : module.valid().syntax().imports()) {
            if (wanted.module().equals(moduleName)) {
                var constant = linker.store().newGlobal(type, wanted.name());
                linker.define(moduleName, wanted.name(), constant);
            }
        }
        return linker;
    }

    private static void define(
            Linker linker,
            String name,
            List<ValType> params,
            ValType result,
            HostFunction function) {
        linker.define(MODULE, name, new FuncType(params, List.of(result)), function);
    }

    /** The type of arrays of code units: {@code (ref null (array (mut i16)))}, and no other. */
    private static RefType codeUnits() {
        var field = new FieldType(Mut.VAR, PackedType.I16);
        return RefType.nullable(DefType.of(RecType.of(new ArrayType(field))).getFirst());
    }

    private static int test(Object value) {
        return value instanceof String ? 1 : 0;
    }

    private static String string(HostFrame frame, int param) {
        return switch (frame.ref(param)) {
            case String string -> string;
            case null -> throw new Trap(TrapKind.NULL_REFERENCE);
            default -> throw new Trap(TrapKind.CAST_FAILURE);
        };
    }

    private static short[] array(HostFrame frame, int param) {
        return switch (frame.ref(param)) {
            case ShortArray array -> array.elements;
            case null -> throw new Trap(TrapKind.NULL_ARRAY_REFERENCE);
            default -> throw new Trap(TrapKind.CAST_FAILURE);
        };
    }

    /** The second argument, as an index that the string has. */
    private static int index(HostFrame frame) {
        int index = frame.i32(1);
        if (Integer.compareUnsigned(index, string(frame, 0).length()) >= 0) {
            throw new Trap(TrapKind.OUT_OF_BOUNDS_STRING);
        }
        return index;
    }

    private void checkLength(long length) {
        if (length > Math.min(maxLength, Integer.MAX_VALUE - 8)) {
            throw new ExhaustedException(
                    ExhaustedException.Resource.OBJECTS, "a string of " + length + " code units");
        }
    }

    private void fromCharCodeArray(HostFrame frame) {
        var array = array(frame, 0);
        int start = frame.i32(1);
        int end = frame.i32(2);
        if (Integer.compareUnsigned(start, end) > 0
                || Integer.compareUnsigned(end, array.length) > 0) {
            throw new Trap(TrapKind.OUT_OF_BOUNDS_ARRAY);
        }
        checkLength(end - start);
        frame.setRef(0, allocate(() -> copy(array, start, end)));
    }

    private static String copy(short[] array, int start, int end) {
        var units = new char[end - start];
        for (int i = 0; i < units.length; i++) {
            units[i] = (char) array[start + i];
        }
        return new String(units);
    }

    private static void intoCharCodeArray(HostFrame frame) {
        var string = string(frame, 0);
        var array = array(frame, 1);
        int start = frame.i32(2);
        if (Integer.toUnsignedLong(start) + string.length() > array.length) {
            throw new Trap(TrapKind.OUT_OF_BOUNDS_ARRAY);
        }
        for (int i = 0; i < string.length(); i++) {
            array[start + i] = (short) string.charAt(i);
        }
        frame.setI32(0, string.length());
    }

    private static void fromCodePoint(HostFrame frame) {
        int codePoint = frame.i32(0);
        if (Integer.compareUnsigned(codePoint, MAX_CODE_POINT) > 0) {
            throw new Trap(TrapKind.INVALID_CODE_POINT);
        }
        frame.setRef(0, Character.toString(codePoint));
    }

    private void concat(HostFrame frame) {
        var first = string(frame, 0);
        var second = string(frame, 1);
        checkLength((long) first.length() + second.length());
        frame.setRef(0, allocate(() -> first.concat(second)));
    }

    private static void substring(HostFrame frame) {
        var string = string(frame, 0);
        int start = frame.i32(1);
        int end = frame.i32(2);
        int length = string.length();
        if (Integer.compareUnsigned(start, length) > 0 || Integer.compareUnsigned(start, end) > 0) {
            frame.setRef(0, "");
            return;
        }
        int to = Integer.compareUnsigned(end, length) > 0 ? length : end;
        frame.setRef(0, allocate(() -> string.substring(start, to)));
    }

    /** Null is equal to itself here, and only here no trap. */
    private static void equalStrings(HostFrame frame) {
        var first = frame.ref(0) == null ? null : string(frame, 0);
        var second = frame.ref(1) == null ? null : string(frame, 1);
        frame.setI32(0, first == null ? second == null ? 1 : 0 : first.equals(second) ? 1 : 0);
    }

    private static String allocate(Supplier<String> string) {
        try {
            return string.get();
        } catch (OutOfMemoryError e) {
            throw new ExhaustedException(
                    ExhaustedException.Resource.OBJECTS, "no memory left for a string");
        }
    }
}
