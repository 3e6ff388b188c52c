// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.math.BigDecimal;

/** Numbers with units, as limits are written: {@code 64MiB}, {@code 500ms}. */
final class Quantity {
    private Quantity() {}

    /**
     * Reads a number of bytes: a whole number alone, or a number with B, kB, MB, GB, TB (powers of
     * 1000) or KiB, MiB, GiB, TiB (powers of 1024).
     *
     * @throws IllegalArgumentException when it is none
     */
    static long bytes(String text) {
        int at = unitAt(text);
        var unit = text.substring(at);
        if (unit.isEmpty()) {
            try {
                return Long.parseLong(text);
            } catch (NumberFormatException _) {
                throw noBytes(text);
            }
        }
        long factor =
                switch (unit) {
                    case "B" -> 1;
                    case "kB", "KB" -> 1_000;
                    case "MB" -> 1_000_000;
                    case "GB" -> 1_000_000_000;
                    case "TB" -> 1_000_000_000_000L;
                    case "KiB" -> 1L << 10;
                    case "MiB" -> 1L << 20;
                    case "GiB" -> 1L << 30;
                    case "TiB" -> 1L << 40;
                    default -> throw noBytes(text);
                };
        try {
            return new BigDecimal(text.substring(0, at))
                    .multiply(BigDecimal.valueOf(factor))
                    .longValueExact();
        } catch (ArithmeticException | NumberFormatException _) {
            throw noBytes(text);
        }
    }

    /** As {@link #bytes}, of at most 2 GiB - 1. */
    static int smallBytes(String text) {
        long bytes = bytes(text);
        if (bytes != (int) bytes) {
            throw new IllegalArgumentException("'" + text + "' is more than 2147483647 bytes");
        }
        return (int) bytes;
    }

    /**
     * Reads a time in seconds: a number alone, or with ms, s, m or h.
     *
     * @throws IllegalArgumentException when it is none
     */
    static double seconds(String text) {
        int at = unitAt(text);
        double factor =
                switch (text.substring(at)) {
                    case "ms" -> 1e-3;
                    case "", "s" -> 1;
                    case "m" -> 60;
                    case "h" -> 3600;
                    default -> throw noTime(text);
                };
        try {
            return Double.parseDouble(text.substring(0, at)) * factor;
        } catch (NumberFormatException _) {
            throw noTime(text);
        }
    }

    private static IllegalArgumentException noTime(String text) {
        return new IllegalArgumentException(
                "'" + text + "' is no time: seconds, or a number with ms, s, m or h");
    }

    private static IllegalArgumentException noBytes(String text) {
        return new IllegalArgumentException(
                "'"
                        + text
                        + "' is no number of bytes: a whole number, or one with B, kB, KiB, MB,"
                        + " MiB, GB, GiB, TB or TiB");
    }

    /** Where the letters at the end begin. */
    private static int unitAt(String text) {
        int at = text.length();
        while (at > 0 && Character.isLetter(text.charAt(at - 1))) {
            at--;
        }
        return at;
    }

    private interface Reader<T> {
        T read(String text);
    }

    private static <T> T converted(String text, Reader<T> reader) {
        try {
            return reader.read(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    static final class Bytes implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            return converted(text, Quantity::bytes);
        }
    }

    static final class SmallBytes implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return converted(text, Quantity::smallBytes);
        }
    }

    static final class Seconds implements ITypeConverter<Double> {
        @Override
        public Double convert(String text) {
            return converted(text, Quantity::seconds);
        }
    }
}
