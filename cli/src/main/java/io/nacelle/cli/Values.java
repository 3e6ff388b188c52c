// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import io.nacelle.runtime.Func;
import io.nacelle.runtime.V128;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.syntax.VecType;

import java.math.BigInteger;
import java.util.List;
import java.util.regex.Pattern;

/** Values of the command line: read by the type of a parameter, printed by that of a result. */
final class Values {
    private static final int HEX = 16;

    /** Digits are those of ASCII: Java's own reading takes those of every script. */
    private static final Pattern INTEGER =
            Pattern.compile(
                    "(?<sign>[+-]?)(?:0[xX](?<hex>[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*)"
                            + "|(?<decimal>[0-9]+(?:_[0-9]+)*))");

    private Values() {}

    /**
     * Reads the arguments of a function.
     *
     * @throws Failure when they are too few, too many, or do not fit
     */
    static Object[] parse(String function, FuncType type, List<String> arguments) {
        var params = type.params();
        if (arguments.size() != params.size()) {
            throw new Failure(
                    ExitCode.USAGE,
                    "'"
                            + function
                            + "' takes "
                            + params.size()
                            + " arguments "
                            + type
                            + ", not "
                            + arguments.size());
        }
        var values = new Object[params.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = parse(params.get(i), arguments.get(i));
        }
        return values;
    }

    static Object parse(ValType type, String text) {
        try {
            return switch (type) {
                case NumType.I32 -> integer(text, Integer.SIZE).intValue();
                case NumType.I64 -> integer(text, Long.SIZE).longValue();
                case NumType.F32 -> FloatText.parseFloat(text);
                case NumType.F64 -> FloatText.parseDouble(text);
                case VecType _ -> vector(text);
                default ->
                        throw new Failure(
                                ExitCode.USAGE,
                                "a value of type " + type + " cannot be given as an argument");
            };
        } catch (NumberFormatException _) {
            throw new Failure(ExitCode.USAGE, "'" + text + "' is not a value of type " + type);
        }
    }

    private static V128 vector(String text) {
        var bits = integer(text, 2 * Long.SIZE);
        return new V128(bits.longValue(), bits.shiftRight(Long.SIZE).longValue());
    }

    /** An integer of the text format that fits the width, as a signed or as an unsigned number. */
    private static BigInteger integer(String text, int bits) {
        var parts = INTEGER.matcher(text);
        if (!parts.matches()) {
            throw new NumberFormatException(text);
        }
        boolean hex = parts.group("hex") != null;
        var digits = parts.group(hex ? "hex" : "decimal").replace("_", "");
        if (digits.length() > bits) {
            throw new NumberFormatException(text);
        }
        var magnitude = hex ? new BigInteger(digits, HEX) : new BigInteger(digits);
        boolean negative = parts.group("sign").equals("-");
        var value = negative ? magnitude.negate() : magnitude;
        if (value.bitLength() > (negative ? bits - 1 : bits)) {
            throw new NumberFormatException(text);
        }
        return value;
    }

    /** A result as text: what the text format writes after {@code const}. */
    static String format(Object value) {
        return switch (value) {
            case null -> "null";
            case Float number -> FloatText.of(number);
            case Double number -> FloatText.of(number);
            case Func func -> "func " + func.funcType();
            case Number number -> number.toString();
            case V128 vector -> vector.toString();
            default -> "extern";
        };
    }
}
