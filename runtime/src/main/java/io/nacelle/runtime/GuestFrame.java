// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.runtime.exec.Backtrace;
import io.nacelle.runtime.exec.ShownName;
import io.nacelle.wasm.debug.SourceLine;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * An activation of a WebAssembly function, as found in the guest's call stack.
 *
 * @param module the module's name, from its name section or from how it was registered
 * @param funcIndex the function's index in its module
 * @param funcName its name, from the name section, or else the first it is exported under
 * @param funcOffset the byte offset in the function's body, from its declarations of locals on, of
 *     the instruction that was being executed
 * @param offset its byte offset in the module
 * @param lines where that instruction comes from in the source, when the module has debugging
 *     information (DWARF): the innermost of inlined functions first, the function itself last
 */
public record GuestFrame(
        Optional<String> module,
        int funcIndex,
        Optional<String> funcName,
        int funcOffset,
        int offset,
        List<SourceLine> lines) {
    public GuestFrame {
        Objects.requireNonNull(module);
        Objects.requireNonNull(funcName);
        lines = List.copyOf(lines);
    }

    /**
     * The guest's call stack when an exception left it, innermost first; empty when it had none. Of
     * a deep stack it has the innermost and the outermost fifty.
     */
    public static List<GuestFrame> of(Throwable exception) {
        return Backtrace.of(exception).map(Backtrace::frames).orElse(List.of());
    }

    /** How many frames {@link #of} has left out, behind the fifty innermost ones. */
    public static int omitted(Throwable exception) {
        return Backtrace.of(exception).map(Backtrace::omitted).orElse(0);
    }

    /** The function's name, or {@code func[3]} when it has none. */
    public String displayName() {
        return funcName.orElse("func[" + funcIndex + "]");
    }

    /**
     * The frame in words, {@code shop!price + 0x1c @ 0x3f (shop.c:12)}: module and function, the
     * place in the function and that in the module, the line of the source. There is one line, and
     * one before it for each function that was inlined there. Names are escaped where they do not
     * print, and very long ones are cut.
     */
    public List<String> describe() {
        var place =
                " + 0x" + Integer.toHexString(funcOffset) + " @ 0x" + Integer.toHexString(offset);
        var prefix = ShownName.of(module.orElse("module")) + "!";
        var text = new ArrayList<String>();
        for (int i = 0; i < lines.size() - 1; i++) {
            var line = lines.get(i);
            var name = line.function().orElse("(inlined)");
            text.add(prefix + ShownName.of(name) + place + " (" + shown(line) + ", inlined)");
        }
        var source = lines.isEmpty() ? "" : " (" + shown(lines.getLast()) + ")";
        text.add(prefix + ShownName.of(displayName()) + place + source);
        return text;
    }

    private static String shown(SourceLine line) {
        return ShownName.of(line.file()) + ":" + line.line();
    }

    /** The function, its place, and the line of its source if that is known. */
    @Override
    public String toString() {
        return describe().getLast();
    }
}
