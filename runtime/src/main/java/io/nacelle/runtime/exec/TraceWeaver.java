// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.GuestFrame;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Weaves the guest's frames into a Java stack trace: each run of an interpreter's loop is one Java
 * frame there, whose place the frames that it ran take. The other Java frames of the runtime
 * between guest and host are left out.
 */
final class TraceWeaver {
    /** The marker of the guest's elements, where Java has the name of a module. */
    private static final String MARK = "wasm";

    private static final Set<String> LOOPS =
            Set.of(
                    "io.nacelle.runtime.interp.HeapFastLoop",
                    "io.nacelle.runtime.interp.NativeFastLoop",
                    "io.nacelle.runtime.interp.SharedFastLoop",
                    "io.nacelle.runtime.interp.HeapClassicLoop",
                    "io.nacelle.runtime.interp.NativeClassicLoop",
                    "io.nacelle.runtime.code.CodeExecutor",
                    "io.nacelle.runtime.code.LoopRunner");

    private final StackTraceElement[] java;
    private final Set<Backtrace.Finder> finders;
    private final List<StackTraceElement> woven = new ArrayList<>();
    private int next;
    private int run = -1;

    /** Whether there is another frame of a loop, as far as is known. */
    private boolean hasLoops = true;

    /** Whether frames of the runtime are kept: until the first of the host's. */
    private boolean keepsInternal;

    private TraceWeaver(
            StackTraceElement[] java, Set<Backtrace.Finder> finders, boolean keepsInternal) {
        this.java = java;
        this.finders = finders;
        this.keepsInternal = keepsInternal;
    }

    /** For an exception by which the runtime says what a guest did: how it did that is no news. */
    static TraceWeaver ofGuest(StackTraceElement[] java, Set<Backtrace.Finder> finders) {
        return new TraceWeaver(java, finders, false);
    }

    /** For any other: when it comes from the runtime itself, it is to tell from where. */
    static TraceWeaver ofForeign(StackTraceElement[] java, Set<Backtrace.Finder> finders) {
        return new TraceWeaver(java, finders, true);
    }

    /** Whether an executor runs guests in a frame of Java, or who has found functions says so. */
    static boolean isLoop(StackTraceElement element, Set<Backtrace.Finder> finders) {
        if (element.getMethodName().equals("run") && LOOPS.contains(element.getClassName())) {
            return true;
        }
        for (var finder : finders) {
            if (finder.isRun(element)) {
                return true;
            }
        }
        return false;
    }

    private boolean isInternal(StackTraceElement element) {
        var owner = element.getClassName();
        if (owner.startsWith("io.nacelle.runtime.exec.")
                || owner.startsWith("io.nacelle.runtime.interp.")
                || owner.startsWith("io.nacelle.runtime.code.")
                || owner.startsWith("wasm.")) {
            return true;
        }
        for (var finder : finders) {
            if (finder.owns(element)) {
                return true;
            }
        }
        return false;
    }

    void add(GuestFrame frame, int ofRun) {
        while (run < ofRun && skipToLoop()) {
            run++;
        }
        run = ofRun;
        var module = ShownName.of(frame.module().orElse("module"));
        var offset = "0x" + Integer.toHexString(frame.offset());
        if (frame.lines().isEmpty()) {
            woven.add(element(offset, module, ShownName.of(frame.displayName()), null, -1));
        }
        for (int i = 0; i < frame.lines().size(); i++) {
            var line = frame.lines().get(i);
            boolean inlined = i < frame.lines().size() - 1;
            var name = inlined ? line.function().orElse("(inlined)") : frame.displayName();
            var file = ShownName.of(line.fileName());
            woven.add(element(offset, module, ShownName.of(name), file, line.line()));
        }
    }

    /** Says that frames have been left out. */
    void omit(int count) {
        woven.add(element(null, "(omitted)", "frames", count + " more", -1));
    }

    private static StackTraceElement element(
            String offset, String module, String name, String file, int line) {
        return new StackTraceElement(null, MARK, offset, module, name, file, line);
    }

    /**
     * Moves behind the next frame of a loop, and keeps what is the host's on the way there; false
     * when there is none any more.
     */
    private boolean skipToLoop() {
        if (!hasLoops) {
            return false;
        }
        int loop = next;
        while (loop < java.length && !isLoop(java[loop], finders)) {
            loop++;
        }
        if (loop == java.length) {
            // The trace is not that of this way out: the exception was made elsewhere.
            hasLoops = false;
            return false;
        }
        keep(loop);
        if (keepsInternal) {
            woven.add(java[loop]);
        }
        keepsInternal = false;
        next = loop + 1;
        return true;
    }

    private void keep(int end) {
        for (int i = next; i < end; i++) {
            boolean internal = isInternal(java[i]);
            keepsInternal &= internal || java[i].getClassName().startsWith("java.");
            if (!internal || keepsInternal) {
                woven.add(java[i]);
            }
        }
    }

    StackTraceElement[] finish() {
        keep(java.length);
        return woven.toArray(StackTraceElement[]::new);
    }
}
