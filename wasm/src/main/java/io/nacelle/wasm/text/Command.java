// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.text;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A command of a script. Lines count from 1 in the whole script.
 *
 * @see ScriptReader
 */
public sealed interface Command {
    /** The line on which the command begins. */
    int line();

    /** Define a module and make an instance of it. */
    record DefineAndInstantiate(int line, Optional<String> name, ModuleSource source)
            implements Command {}

    /** Define a module without making an instance. */
    record Define(int line, Optional<String> name, ModuleSource source) implements Command {}

    /** Make an instance of a module: the one named, or the latest. */
    record Instantiate(int line, Optional<String> name, Optional<String> definition)
            implements Command {}

    /** Let an instance, the one named or the latest, be imported from under a name. */
    record Register(int line, String as, Optional<String> instance) implements Command {}

    /** Perform an action. */
    record Perform(int line, Action action) implements Command {}

    /** The action returns these results. */
    record AssertReturn(int line, Action action, List<ResultPattern> results) implements Command {
        public AssertReturn {
            results = List.copyOf(results);
        }
    }

    /** The action traps, with a message that begins so. */
    record AssertTrap(int line, Action action, String message) implements Command {}

    /** Instantiation traps, with a message that begins so. */
    record AssertInstantiationTrap(int line, ModuleSource source, String message)
            implements Command {}

    /** The action exhausts a resource. */
    record AssertExhaustion(int line, Action action, String message) implements Command {}

    /** The action throws an exception. */
    record AssertException(int line, Action action) implements Command {}

    /** The action suspends with an unhandled tag. */
    record AssertSuspension(int line, Action action, String message) implements Command {}

    /** What a module is rejected for. */
    enum Fault {
        MALFORMED("assert_malformed"),
        INVALID("assert_invalid"),
        UNLINKABLE("assert_unlinkable"),
        MALFORMED_CUSTOM("assert_malformed_custom"),
        INVALID_CUSTOM("assert_invalid_custom");

        private final String keyword;

        Fault(String keyword) {
            this.keyword = keyword;
        }

        /** The keyword of the assertion. */
        public String keyword() {
            return keyword;
        }
    }

    /** The module is rejected, with a message that begins so. */
    record AssertRejected(int line, Fault fault, ModuleSource source, String message)
            implements Command {}

    /**
     * Run commands in a thread of their own.
     *
     * @param shared the instances that the thread knows too
     */
    record StartThread(int line, String name, List<String> shared, List<Command> commands)
            implements Command {
        public StartThread {
            shared = List.copyOf(shared);
            commands = List.copyOf(commands);
        }
    }

    /** Wait for a thread to end. */
    record Wait(int line, String name) implements Command {}

    /** What cannot be read as any of these. */
    record Unreadable(int line, String reason) implements Command {
        public Unreadable {
            Objects.requireNonNull(reason);
        }
    }

    /** Something done with an instance: the one named, or the latest. */
    sealed interface Action {
        Optional<String> instance();

        /** The name of what is exported. */
        String name();
    }

    /** Call an exported function. */
    record Invoke(Optional<String> instance, String name, List<ScriptValue> arguments)
            implements Action {
        public Invoke {
            arguments = List.copyOf(arguments);
        }
    }

    /** Read an exported global. */
    record Get(Optional<String> instance, String name) implements Action {}
}
