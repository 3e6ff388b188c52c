// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi;

import java.security.SecureRandom;

/** Where a guest's random bytes come from. */
@FunctionalInterface
public interface RandomSource {
    /** Fills the whole array. */
    void fill(byte[] target);

    /** Bytes fit for cryptography. The generator is made when the first are asked for. */
    static RandomSource secure() {
        return new RandomSource() {
            private SecureRandom random;

            @Override
            public synchronized void fill(byte[] target) {
                if (random == null) {
                    random = new SecureRandom();
                }
                random.nextBytes(target);
            }
        };
    }
}
