// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import java.util.List;

/** Lets compiled code reach what it is compiled against. */
public final class CodeAccess {
    private static final List<String> PACKAGES =
            List.of(
                    "io.nacelle.runtime",
                    "io.nacelle.runtime.code",
                    "io.nacelle.runtime.exec",
                    "io.nacelle.runtime.exec.gc",
                    "io.nacelle.runtime.interp");

    private CodeAccess() {}

    /** Opens the packages that compiled code names to the module that its classes are in. */
    public static void grant(java.lang.Module target) {
        var own = CodeAccess.class.getModule();
        if (own.isNamed()) {
            for (var name : PACKAGES) {
                own.addExports(name, target);
            }
        }
    }
}
