// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nacelle.runtime.Memory;
import io.nacelle.runtime.StoppedException;
import io.nacelle.wasi.ProcExit;
import io.nacelle.wasi.fs.FsException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;
import java.util.Random;

/** Random arguments to every function: it returns, fails with a code, or ends the guest. */
class HostileCallsTest {
    private static final int CALLS = 60_000;

    private final Random random = new Random(20_250_914);

    private int any() {
        return switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> random.nextInt(12);
            case 4, 5, 6 -> random.nextInt(Machine.MEMORY_SIZE / 8) * 8;
            case 7 -> Machine.MEMORY_SIZE - random.nextInt(32);
            case 8 -> random.nextInt();
            default -> 1 << random.nextInt(32);
        };
    }

    private long wide() {
        return switch (random.nextInt(4)) {
            case 0 -> any();
            case 1 -> random.nextLong();
            case 2 -> Rights.ALL & random.nextLong();
            default -> 1L << random.nextInt(64);
        };
    }

    @ParameterizedTest
    @EnumSource
    void nothingElseComesOut(FileSystems kind) throws Exception {
        kind.run(
                64,
                m -> {
                    Memory mem = m.memory;
                    FdCalls fd = m.wasi.fd();
                    PathCalls path = m.wasi.path();
                    SocketCalls socket = m.wasi.socket();
                    ProcessCalls process = m.wasi.process();
                    List<Machine.Call> calls =
                            List.of(
                                    () -> process.argsGet(mem, any(), any()),
                                    () -> process.argsSizesGet(mem, any(), any()),
                                    () -> process.environGet(mem, any(), any()),
                                    () -> process.environSizesGet(mem, any(), any()),
                                    () -> process.clockResGet(mem, any(), any()),
                                    () -> process.clockTimeGet(mem, any(), any()),
                                    () -> process.randomGet(mem, any(), any() & 0xfff),
                                    () -> process.raise(any()),
                                    () -> process.exit(any()),
                                    () -> fd.advise(any(), wide(), wide(), any()),
                                    () -> fd.allocate(any(), wide() & 0xfffff, wide() & 0xfffff),
                                    () -> fd.close(4 + random.nextInt(70)),
                                    () -> fd.dataSync(random.nextInt(4)),
                                    () -> fd.fdstatGet(mem, any(), any()),
                                    () -> fd.fdstatSetFlags(any(), any()),
                                    () -> fd.fdstatSetRights(4 + any(), wide(), wide()),
                                    () -> fd.filestatGet(mem, any(), any()),
                                    () -> fd.filestatSetSize(any(), wide() & 0xfffff),
                                    () -> fd.filestatSetTimes(any(), wide(), wide(), any()),
                                    () -> fd.pread(mem, any(), any(), any(), wide(), any()),
                                    () -> fd.prestatGet(mem, any(), any()),
                                    () -> fd.prestatDirName(mem, any(), any(), any()),
                                    () -> fd.pwrite(mem, any(), any(), 1, any() & 0xfffff, any()),
                                    () -> fd.read(mem, any(), any(), any(), any()),
                                    () -> fd.readdir(mem, any(), any(), any(), wide(), any()),
                                    () -> fd.renumber(4 + any(), 4 + any()),
                                    () -> fd.seek(mem, any(), wide() & 0xfffff, any(), any()),
                                    () -> fd.tell(mem, any(), any()),
                                    () -> fd.write(mem, any(), any(), any(), any()),
                                    () -> path.createDirectory(mem, any(), any(), any()),
                                    () -> path.filestatGet(mem, any(), 1, any(), any(), any()),
                                    () ->
                                            path.filestatSetTimes(
                                                    mem, 3, any(), any(), any(), wide(), wide(), 5),
                                    () -> path.link(mem, 3, any(), any(), 2, any(), any(), 3),
                                    () ->
                                            path.open(
                                                    mem, 3, any() & 1, any(), any() & 7, any(),
                                                    wide(), wide(), any(), any()),
                                    () -> path.readlink(mem, any(), any(), 2, any(), any(), any()),
                                    () -> path.removeDirectory(mem, 3, any(), any()),
                                    () -> path.rename(mem, 3, any(), any(), any(), any(), any()),
                                    () -> path.symlink(mem, any(), 3, 3, any(), 2),
                                    () -> path.unlinkFile(mem, 3, any(), any() & 7),
                                    () -> socket.accept(mem, any(), any(), any()),
                                    () -> socket.receive(mem, any(), any(), any(), 0, any(), 64),
                                    () -> socket.send(mem, any(), any(), any(), any(), any()),
                                    () -> socket.shutdown(any(), any()),
                                    () -> m.wasi.poll().poll(mem, any(), any(), any(), any()));
                    int succeeded = 0;
                    for (int i = 0; i < CALLS; i++) {
                        // Names of a few characters, so that paths meet each other.
                        mem.writeI32(any() & 0x3fff8, 0x2e2e2f61 >>> (8 * random.nextInt(4)));
                        m.wasi.stop();
                        try {
                            calls.get(random.nextInt(calls.size())).run();
                            succeeded++;
                        } catch (FsException | ProcExit | StoppedException expected) {
                            // Anything else fails the test.
                        }
                    }
                    assertTrue(succeeded > CALLS / 20, succeeded + " calls succeeded");
                });
    }
}
