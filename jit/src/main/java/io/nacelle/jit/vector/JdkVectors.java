// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit.vector;

import io.nacelle.runtime.code.VectorForm;

import jdk.incubator.vector.ByteVector;

/** Vectors of the JDK as those see them who move values of any kind. */
public final class JdkVectors extends VectorForm {
    @Override
    protected boolean isOne(Object value) {
        return value instanceof ByteVector;
    }

    @Override
    protected Object make(long low, long high) {
        return VectorOps.of(low, high);
    }

    @Override
    protected long lowOf(Object vector) {
        return VectorOps.low((ByteVector) vector);
    }

    @Override
    protected long highOf(Object vector) {
        return VectorOps.high((ByteVector) vector);
    }
}
