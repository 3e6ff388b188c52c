// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Exceptions of the host that it makes once and throws again and again. */
final class SharedExceptionTest {
    private static final int THREADS = 4;
    private static final String GUEST =
            """
            (module $A (import "host" "fail" (func $fail))
              (func $f (export "f") (call $g)) (func $g (call $fail)))
            """;

    private static final class Quiet extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Quiet(boolean hasSuppressed, boolean hasTrace) {
            super("quiet", null, hasSuppressed, hasTrace);
        }
    }

    private static Func throwing(World world, RuntimeException exception) {
        world.linker.define(
                "host",
                "fail",
                World.NOTHING,
                frame -> {
                    throw exception;
                });
        return world.instance(GUEST).func("f");
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void oneIsThrownWithoutEnd(World.Setup setup) {
        var exception = new IllegalStateException("once");
        try (var world = setup.world()) {
            var func = throwing(world, exception);
            assertTimeoutPreemptively(
                    Duration.ofSeconds(30),
                    () -> {
                        for (int i = 0; i < 20_000; i++) {
                            assertSame(exception, caught(func));
                        }
                    });
        }
        assertEquals(1, exception.getSuppressed().length);
        assertTrue(GuestFrame.of(exception).size() <= 100);
        assertTrue(exception.getStackTrace().length < 1000);
    }

    private static RuntimeException caught(Func func) {
        return assertThrows(RuntimeException.class, func::call);
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void oneIsThrownOnManyThreads(World.Setup setup)
            throws ExecutionException, InterruptedException {
        var exception = new IllegalStateException("everywhere");
        Callable<Void> task =
                () -> {
                    try (var world = setup.world()) {
                        var func = throwing(world, exception);
                        for (int i = 0; i < 2_000; i++) {
                            assertSame(exception, caught(func));
                            assertFalse(GuestFrame.of(exception).isEmpty());
                        }
                    }
                    return null;
                };
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            var tasks = new ArrayList<Future<Void>>();
            for (int i = 0; i < THREADS; i++) {
                tasks.add(threads.submit(task));
            }
            for (var each : tasks) {
                each.get();
            }
        }
        assertTrue(GuestFrame.of(exception).size() <= 100);
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#single")
    void someCanCarryNothing(World.Setup setup) {
        for (var exception : Arrays.asList(new Quiet(false, false), new Quiet(true, false))) {
            try (var world = setup.world()) {
                assertSame(exception, caught(throwing(world, exception)));
            }
            assertEquals(0, exception.getStackTrace().length);
        }
    }

    @Test
    void framesStayReadableInAnotherProcess() throws IOException, ClassNotFoundException {
        var exception = new IllegalStateException("sent");
        try (var world = World.single().findFirst().orElseThrow().world()) {
            caught(throwing(world, exception));
        }
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(exception);
        }
        try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            var received = (IllegalStateException) in.readObject();
            assertEquals(
                    exception.getSuppressed()[0].toString(),
                    received.getSuppressed()[0].toString());
            assertTrue(received.getSuppressed()[0].toString().contains("A!g"));
        }
    }
}
