// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.interp;

import io.nacelle.runtime.Module;
import io.nacelle.runtime.exec.FuncBody;
import io.nacelle.runtime.exec.ModuleImpl;

import java.util.stream.IntStream;

/**
 * Has functions prepared that nobody calls. In the package of the interpreters, which do this for
 * themselves, one function at a time, and offer it to nobody.
 */
public final class Preparation {
    private Preparation() {}

    /**
     * Prepares all functions of a module for one of the interpreters.
     *
     * @return how many have code then; the fast interpreter leaves some to the classic one
     */
    public static int fast(Module module) {
        int prepared = 0;
        for (var function : bodies(module)) {
            var translated = FastInterpreter.translate(function);
            translated.handlers();
            prepared += translated.code().length > 0 ? 1 : 0;
        }
        return prepared;
    }

    /** As {@link #fast}, for the classic interpreter. */
    public static int classic(Module module) {
        int prepared = 0;
        for (var function : bodies(module)) {
            prepared += ClassicCode.of(function).code.length > 0 ? 1 : 0;
        }
        return prepared;
    }

    private static Iterable<FuncBody> bodies(Module module) {
        var valid = module.valid();
        int imported = valid.importedFuncs();
        return () ->
                IntStream.range(0, valid.syntax().funcs().size())
                        .mapToObj(i -> ((ModuleImpl) module).body(imported + i))
                        .iterator();
    }
}
