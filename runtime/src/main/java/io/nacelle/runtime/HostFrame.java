// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import java.util.Optional;

/**
 * The arguments and results of one call of a host function. Results are zero until set. The frame
 * is only good for the duration of the call.
 *
 * <p>Indices are the positions of parameters or results. They and the types are not checked against
 * the function's type beyond what keeps the runtime whole: a host function is trusted to know its
 * own type.
 */
public interface HostFrame {
    /** The instance whose code made the call; empty when the host itself called. */
    Optional<Instance> caller();

    int i32(int param);

    long i64(int param);

    float f32(int param);

    double f64(int param);

    V128 v128(int param);

    Object ref(int param);

    void setI32(int result, int value);

    void setI64(int result, long value);

    void setF32(int result, float value);

    void setF64(int result, double value);

    void setV128(int result, V128 value);

    void setRef(int result, Object value);
}
