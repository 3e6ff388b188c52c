// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.bench.compare;

import io.nacelle.bench.Kernel;

import java.nio.charset.StandardCharsets;

/**
 * SQLite at work on a database in memory: a recursive query of so many rows, sorted and summed up.
 * What drives it is the same for all runtimes on the JVM; each gives it a {@link Guest}.
 */
public final class Sqlite implements Kernel {
    private static final int ROWS = 20_000;
    private static final int ROW = 100;
    private static final int DONE = 101;

    private static final String QUERY =
            "WITH RECURSIVE t(n, x) AS (SELECT 1, 12345 UNION ALL"
                    + " SELECT n + 1, (x * 1103515245 + 12345) & 2147483647 FROM t WHERE n < %d)"
                    + " SELECT sum(length(s) * 31 + (x & 1023)) FROM"
                    + " (SELECT x, printf('%%x-%%d', x, n) AS s FROM t ORDER BY x)";

    /** An instance of the module. */
    public interface Guest {
        /** Calls an exported function of numbers. */
        long call(String export, long... arguments);

        /** Puts bytes into the memory. */
        void write(int address, byte[] bytes);

        /** Reads a number of four bytes from the memory. */
        int readI32(int address);
    }

    /** What a function of the host gives: 0 if not told otherwise. */
    public static long answer(String function) {
        return switch (function) {
            // There are no files.
            case "__syscall_openat" -> -44;
            case "emscripten_get_now", "emscripten_date_now" -> Double.doubleToRawLongBits(1e12);
            // The memory has been grown.
            case "emscripten_resize_heap" -> 1;
            default -> 0;
        };
    }

    /** Pages that a memory has to grow by for so many bytes. */
    public static long pages(long bytes, long size) {
        return (bytes - size + 0xffff) >> 16;
    }

    private final Guest guest;
    private final int database;
    private final int out;

    /** Opens the database. */
    public Sqlite(Guest guest) {
        this.guest = guest;
        guest.call("__wasm_call_ctors");
        this.out = (int) guest.call("malloc", 16);
        require(0, guest.call("sqlite3_open", text(":memory:"), out));
        this.database = guest.readI32(out);
    }

    @Override
    public int run(int rows) {
        int query = text(QUERY.formatted(rows));
        require(0, guest.call("sqlite3_prepare_v2", database, query, -1, out, 0));
        long statement = guest.readI32(out);
        require(ROW, guest.call("sqlite3_step", statement));
        int sum = (int) guest.call("sqlite3_column_int", statement, 0);
        require(DONE, guest.call("sqlite3_step", statement));
        guest.call("sqlite3_finalize", statement);
        guest.call("free", query);
        return sum;
    }

    @Override
    public int work(Size size) {
        return size == Size.FULL ? ROWS : ROWS / 15;
    }

    private int text(String text) {
        byte[] bytes = (text + '\0').getBytes(StandardCharsets.UTF_8);
        int at = (int) guest.call("malloc", bytes.length);
        guest.write(at, bytes);
        return at;
    }

    private static void require(int expected, long status) {
        if ((int) status != expected) {
            throw new IllegalStateException("SQLite said " + (int) status);
        }
    }
}
