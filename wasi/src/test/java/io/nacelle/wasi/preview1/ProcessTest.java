// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import static io.nacelle.wasi.preview1.Machine.MEMORY_SIZE;
import static io.nacelle.wasi.preview1.Machine.RESULT;
import static io.nacelle.wasi.preview1.Machine.assertFails;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.wasi.Clocks;
import io.nacelle.wasi.ProcExit;
import io.nacelle.wasi.fs.Errno;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;

/** Arguments, environment, clocks, random bytes, exits. */
class ProcessTest {
    private static final Clocks FIXED =
            new Clocks() {
                @Override
                public long realtime() {
                    return 1_000;
                }

                @Override
                public long monotonic() {
                    return 2_000;
                }

                @Override
                public long processCpu() {
                    return 3_000;
                }

                @Override
                public long threadCpu() {
                    return 4_000;
                }

                @Override
                public long resolution() {
                    return 10;
                }
            };

    private static Machine machine(List<String> arguments, List<String> environment) {
        Preview1.Setup s = Machine.setup();
        return new Machine(
                new Preview1.Setup(
                        arguments,
                        environment,
                        s.stdin(),
                        s.stdout(),
                        s.stderr(),
                        s.mounts(),
                        s.sockets(),
                        FIXED,
                        bytes -> Arrays.fill(bytes, (byte) 7),
                        s.descriptorLimit(),
                        s.budget()));
    }

    @Test
    void argumentsAndEnvironment() throws Exception {
        try (var m = machine(List.of("prog", "", "\u00e9"), List.of("A=1"))) {
            m.wasi.process().argsSizesGet(m.memory, RESULT, RESULT + 4);
            assertEquals(3, m.memory.readI32(RESULT));
            assertEquals(5 + 1 + 3, m.memory.readI32(RESULT + 4));
            m.wasi.process().argsGet(m.memory, 512, 600);
            assertEquals("prog\0\0\u00e9\0", m.string(600, 9));
            assertEquals(600, m.memory.readI32(512));
            assertEquals(605, m.memory.readI32(516));
            assertEquals(606, m.memory.readI32(520));
            m.wasi.process().environSizesGet(m.memory, RESULT, RESULT + 4);
            assertEquals(1, m.memory.readI32(RESULT));
            m.wasi.process().environGet(m.memory, 512, 600);
            assertEquals("A=1\0", m.string(600, 4));
            assertFails(
                    Errno.FAULT, () -> m.wasi.process().argsGet(m.memory, 512, MEMORY_SIZE - 8));
            assertFails(Errno.FAULT, () -> m.wasi.process().argsGet(m.memory, -4, 600));
        }
        try (var m = machine(List.of(), List.of())) {
            m.wasi.process().argsSizesGet(m.memory, RESULT, RESULT + 4);
            assertEquals(0, m.memory.readI64(RESULT));
            m.wasi.process().argsGet(m.memory, 512, 600);
        }
    }

    @Test
    void clocks() throws Exception {
        try (var m = machine(List.of(), List.of())) {
            for (int clock = 0; clock < 4; clock++) {
                m.wasi.process().clockTimeGet(m.memory, clock, RESULT);
                assertEquals(1_000L * (clock + 1), m.result64());
                m.wasi.process().clockResGet(m.memory, clock, RESULT);
                assertEquals(clock < 2 ? 10 : 1, m.result64());
            }
            assertFails(Errno.INVAL, () -> m.wasi.process().clockTimeGet(m.memory, 4, RESULT));
            assertFails(Errno.INVAL, () -> m.wasi.process().clockResGet(m.memory, -1, RESULT));
        }
    }

    @Test
    void systemClocks() {
        Clocks clocks = Clocks.system();
        long before = System.currentTimeMillis() - 1;
        assertTrue(clocks.realtime() / 1_000_000 >= before);
        long first = clocks.monotonic();
        long cpu = clocks.threadCpu();
        long sum = 0;
        for (int i = 0; i < 50_000_000; i++) {
            sum += i ^ sum;
        }
        assertTrue(sum != 1);
        assertTrue(clocks.monotonic() > first && first >= 0);
        assertTrue(clocks.threadCpu() > cpu && cpu > 0);
        assertTrue(clocks.processCpu() > 0);
    }

    @Test
    void randomBytes() throws Exception {
        try (var m = machine(List.of(), List.of())) {
            m.memory.fill(1000, (byte) 1, 200_000);
            m.wasi.process().randomGet(m.memory, 1001, 150_000);
            byte[] bytes = new byte[150_002];
            m.memory.read(1000, bytes, 0, bytes.length);
            byte[] expected = new byte[150_002];
            Arrays.fill(expected, (byte) 7);
            expected[0] = 1;
            expected[150_001] = 1;
            assertArrayEquals(expected, bytes);
            assertFails(Errno.FAULT, () -> m.wasi.process().randomGet(m.memory, 8, -1));
        }
        try (var m = new Machine(Machine.setup())) {
            m.wasi.process().randomGet(m.memory, 1000, 64);
            assertTrue(new java.math.BigInteger(1, read(m, 1000, 64)).bitCount() > 100);
        }
    }

    private static byte[] read(Machine m, int at, int length) {
        byte[] bytes = new byte[length];
        m.memory.read(at, bytes, 0, length);
        return bytes;
    }

    @Test
    void exitsAndSignals() throws Exception {
        try (var m = machine(List.of(), List.of())) {
            var exit = assertThrows(ProcExit.class, () -> m.wasi.process().exit(33));
            assertEquals(33, exit.exitCode());
            assertEquals(0, exit.getStackTrace().length);
            m.wasi.process().raise(0);
            m.wasi.process().raise(16);
            assertEquals(
                    134, assertThrows(ProcExit.class, () -> m.wasi.process().raise(6)).exitCode());
            assertFails(Errno.NOTSUP, () -> m.wasi.process().raise(18));
            assertFails(Errno.INVAL, () -> m.wasi.process().raise(31));
            assertFails(Errno.INVAL, () -> m.wasi.process().raise(-1));
        }
    }
}
