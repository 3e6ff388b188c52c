// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.EngineConfig.Tiering;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.StoreKind;
import io.nacelle.wasm.text.TextParser;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.lang.invoke.MethodHandles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Heap stores, in every mode, in a JVM that allows nobody to reach native code. */
final class WithoutNativeAccessTest {
    private static final int LIMIT_SECONDS = 120;

    @TempDir private Path directory;

    /** The program that is run. */
    static final class Program {
        interface Guest {
            int sum(int count);
        }

        private Program() {}

        public static void main(String[] arguments) {
            for (var mode : Mode.values()) {
                var config = EngineConfig.defaults().withMode(mode).withTiering(new Tiering(10, 0));
                var engine = Engine.create(config);
                var module =
                        Module.of(
                                engine,
                                TextParser.parse(
                                        """
                                        (module (memory 1)
                                          (func (export "sum") (param $n i32) (result i32)
                                            (loop $l
                                              (drop (i32.atomic.rmw.add
                                                (i32.const 8) (local.get $n)))
                                              (br_if $l (local.tee $n
                                                (i32.sub (local.get $n) (i32.const 1)))))
                                            (drop (memory.grow (i32.const 1)))
                                            (i32.load (i32.const 8))))
                                        """));
                try (var store = Store.create(engine, StoreKind.AUTO)) {
                    var guest =
                            Linker.create(store)
                                    .instantiate(module)
                                    .as(MethodHandles.lookup(), Guest.class);
                    System.out.println(mode + " " + guest.sum(100) + " " + guest.sum(1));
                }
            }
        }
    }

    private static String place(Class<?> type) {
        return Path.of(
                        java.net.URI.create(
                                type.getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .toString()))
                .toString();
    }

    @Test
    void heapStoresNeedNone() throws Exception {
        var path =
                Stream.of(Engine.class, TextParser.class, Jit.class, Program.class)
                        .map(WithoutNativeAccessTest::place)
                        .distinct()
                        .collect(Collectors.joining(File.pathSeparator));
        // On the module path the tests are in the module, in a directory of their own.
        var tests = Path.of("target", "test-classes").toAbsolutePath();
        var out = directory.resolve("out");
        var process =
                new ProcessBuilder(
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "--illegal-native-access=deny",
                                        "-cp",
                                        path + File.pathSeparator + tests,
                                        Program.class.getName()))
                        .redirectErrorStream(true)
                        .redirectOutput(out.toFile())
                        .start();
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
        var expected =
                Stream.of(Mode.values())
                        .map(mode -> mode + " 5050 5051\n")
                        .collect(Collectors.joining());
        assertEquals(expected, Files.readString(out));
    }
}
