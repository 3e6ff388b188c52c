// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.jit.vector;

import io.nacelle.runtime.V128;
import io.nacelle.runtime.code.ScalarOps;
import io.nacelle.wasm.syntax.Opcode;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.stream.Stream;

/** A class of vector instructions, its methods found by name. */
enum Ops {
    SCALAR(ScalarOps.class),
    VECTOR(VectorOps.class),
    IN_PLACE(InPlace.generate(false)),
    IN_PLACE_OF_OTHER_LANES(InPlace.generate(true));

    private final Class<?> owner;
    private final Method of;
    private final Method low;
    private final Method high;

    Ops(Class<?> owner) {
        this.owner = owner;
        of = method("of");
        low = method("low");
        high = method("high");
    }

    /** The only public method of this name. */
    Method method(String name) {
        var found = Stream.of(owner.getMethods()).filter(m -> m.getName().equals(name)).toList();
        if (found.size() != 1) {
            throw new AssertionError(owner + " has " + found.size() + " methods " + name);
        }
        return found.getFirst();
    }

    /** The method of an instruction. */
    Method method(Opcode op) {
        return method(op.mnemonic().replace('.', '_'));
    }

    Object of(long low, long high) {
        return call(of, low, high);
    }

    V128 halves(Object vector) {
        return new V128((long) call(low, vector), (long) call(high, vector));
    }

    static Object call(Method method, Object... arguments) {
        try {
            return method.invoke(null, arguments);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new AssertionError(method.toString(), e);
        }
    }
}
