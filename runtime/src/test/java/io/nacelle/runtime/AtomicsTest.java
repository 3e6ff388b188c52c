// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Atomic instructions, by one thread against a model and by several against each other. */
class AtomicsTest {
    private static final int THREADS = 4;
    private static final int ROUNDS = 20_000;

    /** The forms of a read-modify-write: type, infix, suffix, bits. */
    private record Form(String type, String infix, String suffix, int bits) {
        String op(String name) {
            return type + ".atomic.rmw" + infix + "." + name + suffix;
        }

        boolean isI64() {
            return type.equals("i64");
        }

        long mask() {
            return bits == 64 ? -1 : (1L << bits) - 1;
        }
    }

    private static final List<Form> FORMS =
            List.of(
                    new Form("i32", "", "", 32),
                    new Form("i64", "", "", 64),
                    new Form("i32", "8", "_u", 8),
                    new Form("i32", "16", "_u", 16),
                    new Form("i64", "8", "_u", 8),
                    new Form("i64", "16", "_u", 16),
                    new Form("i64", "32", "_u", 32));

    private static final List<String> UPDATES = List.of("add", "sub", "and", "or", "xor", "xchg");

    static Stream<World.Setup> setups() {
        return World.single();
    }

    private static long model(String update, long old, long operand) {
        return switch (update) {
            case "add" -> old + operand;
            case "sub" -> old - operand;
            case "and" -> old & operand;
            case "or" -> old | operand;
            case "xor" -> old ^ operand;
            default -> operand;
        };
    }

    /** A function for each form and update, and one for each exchange. */
    private static String functions(String memory, String address) {
        var text = new StringBuilder();
        for (var form : FORMS) {
            for (var update : UPDATES) {
                text.append(
                        "(func (export \"%s\") (param %s i64) (result i64) %s)\n"
                                .formatted(
                                        form.op(update),
                                        address,
                                        widened(
                                                form,
                                                "(%s %s (local.get 0) %s)"
                                                        .formatted(
                                                                form.op(update),
                                                                memory,
                                                                operand(form, 1)))));
            }
            text.append(
                    "(func (export \"%s\") (param %s i64 i64) (result i64) %s)\n"
                            .formatted(
                                    form.op("cmpxchg"),
                                    address,
                                    widened(
                                            form,
                                            "(%s %s (local.get 0) %s %s)"
                                                    .formatted(
                                                            form.op("cmpxchg"),
                                                            memory,
                                                            operand(form, 1),
                                                            operand(form, 2)))));
        }
        return text.toString();
    }

    private static String operand(Form form, int local) {
        return form.isI64()
                ? "(local.get " + local + ")"
                : "(i32.wrap_i64 (local.get " + local + "))";
    }

    private static String widened(Form form, String value) {
        return form.isI64() ? value : "(i64.extend_i32_u " + value + ")";
    }

    static Stream<String> memories() {
        return Stream.of(
                "(memory 1)",
                "(memory 1 1 shared)",
                "(memory i64 1)",
                "(memory i64 1 1 shared)",
                "(memory 0) (memory $m 1)",
                "(memory 0 0 shared) (memory $m 1)",
                "(memory 0) (memory $m 1 1 shared)");
    }

    @ParameterizedTest
    @MethodSource("setups")
    void updatesAndExchangesAreThoseOfTheModel(World.Setup setup) {
        memories().forEach(memory -> check(setup, memory));
    }

    private static void check(World.Setup setup, String memory) {
        boolean wide = memory.startsWith("(memory i64");
        String name = memory.contains("$m") ? "$m" : "0";
        var text =
                "(module "
                        + memory
                        + " (export \"memory\" (memory "
                        + name
                        + "))"
                        + functions(name, wide ? "i64" : "i32")
                        + ")";
        try (var world = setup.world()) {
            var instance = world.instance(text);
            var bytes = instance.memory("memory");
            long[] values = {0, 1, 0x7F, 0x80, 0xFFFF, 0x8000_0000L, -1, 0x0123_4567_89AB_CDEFL};
            for (var form : FORMS) {
                for (int at = 0; at < 8; at += form.bits / 8) {
                    for (long old : values) {
                        for (long operand : values) {
                            Object address = wide ? (Object) (long) at : (Object) at;
                            for (var update : UPDATES) {
                                bytes.writeI64(0, old);
                                long was = old >>> 8 * at & form.mask();
                                long now = model(update, was, operand) & form.mask();
                                var op = form.op(update);
                                assertEquals(was, World.one(instance, op, address, operand), op);
                                assertEquals(put(form, old, at, now), bytes.readI64(0), op);
                            }
                            bytes.writeI64(0, old);
                            long was = old >>> 8 * at & form.mask();
                            long expected = form.isI64() ? operand : operand & 0xFFFF_FFFFL;
                            long now = was == expected ? ~old & form.mask() : was;
                            var op = form.op("cmpxchg");
                            assertEquals(was, World.one(instance, op, address, operand, ~old), op);
                            assertEquals(put(form, old, at, now), bytes.readI64(0), op);
                        }
                    }
                    Object off = wide ? (Object) 65536L : (Object) 65536;
                    traps(instance, form.op("add"), off, "out of bounds memory access");
                }
                if (form.bits > 8) {
                    Object odd = wide ? (Object) 1L : (Object) 1;
                    traps(instance, form.op("add"), odd, "unaligned atomic");
                }
            }
        }
    }

    private static void traps(Instance instance, String op, Object address, String message) {
        var trap = assertThrows(Trap.class, () -> instance.func(op).call(address, 1L));
        assertEquals(message, trap.getMessage());
    }

    private static long put(Form form, long old, int at, long field) {
        int shift = 8 * at;
        return old & ~(form.mask() << shift) | field << shift;
    }

    /**
     * Threads add, subtract and flip bits of neighbours in the same word, and count with a loop
     * around cmpxchg: nothing may get lost.
     */
    @ParameterizedTest
    @MethodSource("setups")
    void nothingGetsLostUnderContention(World.Setup setup) throws Exception {
        var engine = setup.engine();
        for (var form : FORMS) {
            var text = contention(form);
            var module = Module.of(engine, TextParser.parse(text));
            try (var shared = engine.newSharedMemory(SharedMemoryTest.type(1, 1))) {
                var tasks = new ArrayList<FutureTask<Object>>();
                for (int t = 0; t < THREADS; t++) {
                    tasks.add(
                            SharedMemoryTest.thread(
                                    () -> {
                                        try (var store = Store.create(engine, setup.kind())) {
                                            var linker =
                                                    Linker.create(store)
                                                            .define(
                                                                    "env",
                                                                    "memory",
                                                                    shared.memory());
                                            var instance = linker.instantiate(module, setup.mode());
                                            return World.one(instance, "run", ROUNDS);
                                        }
                                    }));
                }
                for (var task : tasks) {
                    task.get(60, TimeUnit.SECONDS);
                }
                int size = form.bits / 8;
                var memory = shared.memory();
                long total = (long) THREADS * ROUNDS & form.mask();
                assertEquals(total, field(memory, form, 0), form.op("add"));
                assertEquals(-total & form.mask(), field(memory, form, size), form.op("sub"));
                assertEquals(total, field(memory, form, 2 * size), form.op("cmpxchg"));
                assertEquals(0, field(memory, form, 3 * size), form.op("xor"));
            }
        }
    }

    private static long field(Memory memory, Form form, int at) {
        return memory.readI64(at) & form.mask();
    }

    private static String contention(Form form) {
        int size = form.bits / 8;
        return """
               (module (import "env" "memory" (memory 1 1 shared))
                 (func (export "run") (param $n i32) (result i32) (local $old T)
                   (loop $l
                     (drop (ADD (i32.const 0) (T.const 1)))
                     (drop (SUB (i32.const A1) (T.const 1)))
                     (loop $try
                       (local.set $old (LOAD (i32.const A2)))
                       (br_if $try
                         (T.ne (local.get $old)
                           (CMPXCHG (i32.const A2) (local.get $old)
                             (T.add (local.get $old) (T.const 1))))))
                     (drop (XOR (i32.const A3) (T.const 1)))
                     (local.set $n (i32.sub (local.get $n) (i32.const 1)))
                     (br_if $l (local.get $n)))
                   (i32.const 0)))
               """
                .replace("ADD", form.op("add"))
                .replace("SUB", form.op("sub"))
                .replace("CMPXCHG", form.op("cmpxchg"))
                .replace("XOR", form.op("xor"))
                .replace("LOAD", form.type + ".atomic.load" + form.infix + form.suffix)
                .replace("A1", Integer.toString(size))
                .replace("A2", Integer.toString(2 * size))
                .replace("A3", Integer.toString(3 * size))
                .replace("T", form.type);
    }
}
