// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Parts of memories, and strings in them. */
final class ViewTest {
    private static final int PAGE = 1 << 16;

    private static final String TEXT =
            """
            (module (memory (export "memory") 1)
              (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
              (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))
            """;

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#every")
    void viewsSeeTheMemoryAsItIs(World.Setup setup) {
        try (var world = setup.world()) {
            var it = world.instance(TEXT);
            var memory = it.memory("memory");
            var view = memory.view(PAGE - 16, 16);
            for (int i = 0; i < 20; i++) {
                view.writeI32(12, i);
                assertEquals(i, it.func("load").call(PAGE - 4)[0]);
                assertEquals(i + 1, it.func("grow").call(1)[0]);
                assertEquals(i, view.readI32(12));
                memory.writeI64(PAGE - 8, 7L << 32 | i);
                assertEquals(7, view.readI32(12));
                assertEquals(7L << 32 | i, view.readI64(8));
            }
            view.writeF32(0, -0.5f);
            view.writeF64(4, 0.25);
            view.writeI16(12, (short) -2);
            view.writeI8(14, (byte) -1);
            assertEquals(-0.5f, view.readF32(0));
            assertEquals(0.25, view.readF64(4));
            assertEquals(-2, view.readI16(12));
            assertEquals(-1, view.readI8(14));
            var bytes = new byte[] {1, 2, 3, 4};
            view.write(4, bytes, 1, 2);
            var back = new byte[4];
            view.read(3, back, 0, 4);
            assertArrayEquals(new byte[] {back[0], 2, 3, back[3]}, back);
            view.slice(2, 3).fill((byte) 'x');
            assertEquals("xxx", view.slice(2, 3).asReadOnly().toUtf8());
            assertEquals(PAGE - 14, view.slice(2, 3).address());
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#every")
    void viewsHaveEnds(World.Setup setup) {
        try (var world = setup.world()) {
            var memory = world.instance(TEXT).memory("memory");
            long[][] ranges = {
                {PAGE, 1},
                {PAGE + 1, 0},
                {0, PAGE + 1},
                {-1, 1},
                {-1, 2},
                {0, -1},
                {1, Long.MAX_VALUE},
                {Long.MAX_VALUE, Long.MAX_VALUE},
                {Long.MIN_VALUE, 0},
                {Long.MIN_VALUE, Long.MIN_VALUE}
            };
            for (long[] range : ranges) {
                assertThrows(Trap.class, () -> memory.view(range[0], range[1]));
                assertThrows(Trap.class, () -> memory.readBytes(range[0], range[1]));
                assertThrows(Trap.class, () -> memory.readUtf8(range[0], range[1]));
            }
            var view = memory.view(8, 8);
            long[] offsets = {-1, 5, 8, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE - 7};
            for (long offset : offsets) {
                assertThrows(IndexOutOfBoundsException.class, () -> view.readI32(offset));
                assertThrows(IndexOutOfBoundsException.class, () -> view.writeI32(offset, 1));
                assertThrows(IndexOutOfBoundsException.class, () -> view.slice(offset, 4));
                assertThrows(
                        IndexOutOfBoundsException.class,
                        () -> view.read(offset, new byte[4], 0, 4));
            }
            assertThrows(IndexOutOfBoundsException.class, () -> view.slice(0, -1));
            assertThrows(IndexOutOfBoundsException.class, () -> view.slice(4, Long.MAX_VALUE));
            assertThrows(IndexOutOfBoundsException.class, () -> view.slice(2, 2).readI32(0));
            var readOnly = view.asReadOnly();
            assertThrows(UnsupportedOperationException.class, () -> readOnly.writeI8(0, (byte) 1));
            assertThrows(
                    UnsupportedOperationException.class, () -> readOnly.slice(0, 1).fill((byte) 1));
            assertEquals(0, memory.view(PAGE, 0).toByteArray().length);
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#every")
    void aClosedStoreHasNoViews(World.Setup setup) {
        try (var world = setup.world()) {
            var memory = world.instance(TEXT).memory("memory");
            var view = memory.view(0, 8);
            var empty = memory.view(0, 0);
            world.store.close();
            assertThrows(ClosedException.class, () -> view.readI8(0));
            assertThrows(ClosedException.class, () -> view.writeI64(0, 1));
            assertThrows(ClosedException.class, view::toByteArray);
            assertThrows(ClosedException.class, empty::toByteArray);
            assertThrows(ClosedException.class, () -> view.fill((byte) 0));
            assertThrows(ClosedException.class, () -> memory.view(0, 0));
            assertThrows(ClosedException.class, () -> memory.readUtf8(0, 0));
            assertThrows(ClosedException.class, () -> memory.readCString(0, 8));
            assertThrows(ClosedException.class, () -> memory.writeCString(0, ""));
        }
    }

    @ParameterizedTest
    @MethodSource("io.nacelle.runtime.World#every")
    void stringsGoBothWays(World.Setup setup) {
        try (var world = setup.world()) {
            var memory = world.instance(TEXT).memory("memory");
            var text = "Größe \uD83D\uDE00".repeat(60);
            int length = memory.writeUtf8(100, text);
            assertEquals(text, memory.readUtf8(100, length));
            assertEquals(text, memory.readCString(100, length));
            assertThrows(IllegalArgumentException.class, () -> memory.readCString(100, length - 1));
            assertEquals(length + 1, memory.writeCString(PAGE - length - 1, text));
            assertEquals(text, memory.readCString(PAGE - length - 1, Integer.MAX_VALUE));
            assertEquals("", memory.readCString(PAGE - 1, 0));
            assertThrows(Trap.class, () -> memory.writeCString(PAGE - length, text));
            memory.writeI8(PAGE - 1, (byte) 'x');
            assertThrows(Trap.class, () -> memory.readCString(PAGE - 9, 100));
            assertThrows(Trap.class, () -> memory.readCString(PAGE, 100));
            assertThrows(Trap.class, () -> memory.readCString(-1, 100));
            assertThrows(Trap.class, () -> memory.readCString(Long.MIN_VALUE, 100));
            assertThrows(IllegalArgumentException.class, () -> memory.readCString(0, -1));
            memory.writeI8(0, (byte) 0xFF);
            assertEquals("\uFFFD", memory.readUtf8(0, 1));
        }
    }
}
