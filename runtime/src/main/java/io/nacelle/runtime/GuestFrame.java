// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.runtime.exec.Backtrace;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * An activation of a WebAssembly function, as found in the guest's call stack.
 *
 * @param module the module's name, from its name section or from how it was registered
 * @param funcIndex the function's index in its module
 * @param funcName its name, from the name section
 * @param offset the byte offset in the module of the instruction that was being executed
 */
public record GuestFrame(
        Optional<String> module, int funcIndex, Optional<String> funcName, int offset) {
    public GuestFrame {
        Objects.requireNonNull(module);
        Objects.requireNonNull(funcName);
    }

    /**
     * The guest's call stack when an exception left it, innermost first; empty when it had none.
     */
    public static List<GuestFrame> of(Throwable exception) {
        return Backtrace.of(exception).map(Backtrace::frames).orElse(List.of());
    }

    @Override
    public String toString() {
        return module.orElse("module")
                + "!"
                + funcName.orElse("func[" + funcIndex + "]")
                + " @ 0x"
                + Integer.toHexString(offset);
    }
}
