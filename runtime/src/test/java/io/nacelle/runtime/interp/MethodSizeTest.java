// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.runtime.interp;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.util.stream.Stream;

/** HotSpot never compiles a method of more than 8,000 bytes; these are too hot to be left so. */
final class MethodSizeTest {
    private static final int LIMIT = 8000;

    static Stream<Class<?>> evaluators() {
        return Stream.of(
                Numeric.class,
                NumericCompare.class,
                NumericConvert.class,
                NumericFloat.class,
                NumericInt.class,
                Simd.class,
                SimdCompare.class,
                SimdF32.class,
                SimdF64.class,
                SimdFloat.class,
                SimdI16.class,
                SimdI32.class,
                SimdI64.class,
                SimdI8.class,
                SimdRelaxed.class,
                SimdSwar.class);
    }

    @ParameterizedTest
    @MethodSource("evaluators")
    void everyMethodCanBeCompiled(Class<?> evaluator) throws IOException {
        try (var in = evaluator.getResourceAsStream(evaluator.getSimpleName() + ".class")) {
            assertNotNull(in);
            var model = ClassFile.of().parse(in.readAllBytes());
            var methods = 0;
            for (var method : model.methods()) {
                var code = method.findAttribute(Attributes.code());
                if (code.isPresent()) {
                    methods++;
                    var length = code.get().codeLength();
                    assertTrue(
                            length <= LIMIT,
                            () -> method.methodName().stringValue() + " has " + length + " bytes");
                }
            }
            assertTrue(methods > 0);
        }
    }
}
