// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli.wast;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.EngineConfig.Metering;
import io.nacelle.runtime.ExhaustedException;
import io.nacelle.runtime.Extern;
import io.nacelle.runtime.Func;
import io.nacelle.runtime.Global;
import io.nacelle.runtime.GuestException;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.LinkException;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.Trap;
import io.nacelle.wasm.binary.BinaryDecoder;
import io.nacelle.wasm.binary.BinaryEncoder;
import io.nacelle.wasm.binary.BranchHints;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.syntax.InvalidException;
import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.syntax.WasmException;
import io.nacelle.wasm.syntax.WasmModule;
import io.nacelle.wasm.text.Command;
import io.nacelle.wasm.text.ModuleSource;
import io.nacelle.wasm.text.ScriptReader;
import io.nacelle.wasm.valid.Parallelism;
import io.nacelle.wasm.valid.ValidModule;
import io.nacelle.wasm.valid.Validator;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs the commands of one script in one store. Modules go the way that an engine's user takes:
 * those in the text format are parsed, encoded and decoded again.
 *
 * <p>What the engine does not execute is skipped, and so is whatever depends on it; everything else
 * passes or fails. A failure never ends a script.
 */
public final class ScriptRunner {
    private static final Outcome PASSED = new Outcome.Passed();

    /** What a name in the script stands for. */
    private sealed interface Entry<T> {}

    private record Made<T>(T value) implements Entry<T> {}

    /** Nothing, for the reason that the command came to. */
    private record Missing<T>(Outcome outcome) implements Entry<T> {}

    /** Ends a command early. */
    private static final class EndedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        final transient Outcome outcome;

        EndedException(Outcome outcome) {
            super(outcome.toString(), null, false, false);
            this.outcome = outcome;
        }
    }

    private final ScriptConfig config;
    private final Engine engine;
    private final Store store;
    private final Spectest spectest;
    private final Map<String, Entry<Module>> definitions = new HashMap<>();
    private final Map<String, Entry<Instance>> instances = new HashMap<>();
    private final Map<String, Entry<Instance>> registered = new HashMap<>();
    private Entry<Module> latestDefinition = new Missing<>(failed("there is no module yet"));
    private Entry<Instance> latest = new Missing<>(failed("there is no instance yet"));
    private final Map<String, ScriptThread> threads = new HashMap<>();
    private int instantiated;

    private ScriptRunner(ScriptConfig config, Engine engine, Store store) {
        this.config = config;
        this.engine = engine;
        this.store = store;
        this.spectest = new Spectest(store);
    }

    /**
     * Runs a script.
     *
     * @param script its text, in UTF-8; not to be changed meanwhile
     */
    public static ScriptReport run(byte[] script, ScriptConfig config) {
        List<Command> commands;
        try {
            commands = ScriptReader.read(script);
        } catch (MalformedException e) {
            return ScriptReport.unreadable(e.getMessage());
        }
        var engineConfig = EngineConfig.defaults().withTiering(config.tiering());
        var engine =
                Engine.create(
                        config.metering() == Metering.FUEL
                                ? engineConfig.withFuel()
                                : engineConfig);
        try (var store = Store.create(engine, config.store())) {
            var runner = new ScriptRunner(config, engine, store);
            return new ScriptReport(runner.runAll(commands));
        }
    }

    /** Runs commands one after the other; threads that they start end at the latest then. */
    List<ScriptReport.Result> runAll(List<Command> commands) {
        try {
            return commands.stream().map(this::measure).toList();
        } finally {
            threads.values().forEach(ScriptThread::close);
        }
    }

    private static Outcome failed(String reason) {
        return new Outcome.Failed(reason);
    }

    private ScriptReport.Result measure(Command command) {
        if (config.metering() == Metering.OFF) {
            return new ScriptReport.Result(command.line(), run(command), 0);
        }
        store.setFuel(Long.MAX_VALUE);
        var outcome = run(command);
        return new ScriptReport.Result(command.line(), outcome, Long.MAX_VALUE - store.fuel());
    }

    // Errors are caught too: whatever a module makes the engine throw is its failure, not the
    // script's end.
    private Outcome run(Command command) {
        try {
            return execute(command);
        } catch (EndedException e) {
            return e.outcome;
        } catch (RuntimeException | AssertionError | StackOverflowError e) {
            return failed(describe(e));
        }
    }

    private static String describe(Throwable e) {
        return switch (e) {
            case Trap trap -> "trap: " + trap.getMessage();
            case WasmException _, LinkException _, ExhaustedException _ -> e.getMessage();
            default ->
                    e.getStackTrace().length == 0
                            ? e.toString()
                            : e + " at " + e.getStackTrace()[0];
        };
    }

    private Outcome execute(Command command) {
        return switch (command) {
            case Command.DefineAndInstantiate define -> {
                var module = define(define.name(), define.source());
                yield instantiate(define.name(), module);
            }
            case Command.Define define -> outcome(define(define.name(), define.source()));
            case Command.Instantiate instantiate ->
                    instantiate(instantiate.name(), definition(instantiate.definition()));
            case Command.Register register -> {
                var entry = entry(register.instance());
                registered.put(register.as(), entry);
                yield outcome(entry);
            }
            case Command.Perform perform -> {
                perform(perform.action());
                yield PASSED;
            }
            case Command.AssertReturn wanted -> assertReturn(wanted);
            case Command.AssertTrap wanted -> {
                try {
                    yield unexpected(perform(wanted.action()), wanted.message());
                } catch (Trap e) {
                    yield compare(e.getMessage(), wanted.message());
                }
            }
            case Command.AssertInstantiationTrap wanted -> {
                var module = Module.of(engine, validate(load(wanted.source())));
                try {
                    link(module);
                    yield failed("instantiated, instead of trap: " + wanted.message());
                } catch (Trap e) {
                    yield compare(e.getMessage(), wanted.message());
                }
            }
            case Command.AssertExhaustion wanted -> {
                try {
                    yield unexpected(perform(wanted.action()), wanted.message());
                } catch (ExhaustedException e) {
                    yield compare(e.getMessage(), wanted.message());
                }
            }
            case Command.AssertException wanted -> {
                try {
                    yield unexpected(perform(wanted.action()), "an exception");
                } catch (GuestException _) {
                    yield PASSED;
                }
            }
            case Command.AssertSuspension _ ->
                    new Outcome.Skipped("stack switching is not supported");
            case Command.AssertRejected wanted -> assertRejected(wanted);
            case Command.StartThread thread -> start(thread);
            case Command.Wait wait -> {
                var thread = threads.remove(wait.name());
                if (thread == null) {
                    yield failed("unknown thread " + wait.name());
                }
                try (thread) {
                    yield thread.await().orElse(PASSED);
                }
            }
            case Command.Unreadable unreadable -> failed(unreadable.reason());
        };
    }

    private Outcome start(Command.StartThread command) {
        if (threads.containsKey(command.name())) {
            return failed("the thread " + command.name() + " runs already");
        }
        var own = Store.create(engine, config.store());
        var runner = new ScriptRunner(config, engine, own);
        for (var name : command.shared()) {
            runner.instances.put(name, entry(Optional.of(name)));
        }
        threads.put(
                command.name(), new ScriptThread(command.name(), own, runner, command.commands()));
        return PASSED;
    }

    // Modules and instances

    private Entry<Module> define(Optional<String> name, ModuleSource source) {
        var entry = attempt(() -> Module.of(engine, validate(load(source))));
        name.ifPresent(n -> definitions.put(n, entry));
        latestDefinition = entry;
        return entry;
    }

    private Entry<Module> definition(Optional<String> name) {
        return name.map(n -> definitions.getOrDefault(n, unknown("module", n)))
                .orElse(latestDefinition);
    }

    private Outcome instantiate(Optional<String> name, Entry<Module> module) {
        var entry =
                switch (module) {
                    case Made<Module> made -> attempt(() -> link(made.value()));
                    case Missing<Module> missing -> new Missing<Instance>(missing.outcome());
                };
        name.ifPresent(n -> instances.put(n, entry));
        latest = entry;
        return outcome(entry);
    }

    private Entry<Instance> entry(Optional<String> name) {
        return name.map(n -> instances.getOrDefault(n, unknown("instance", n))).orElse(latest);
    }

    private static <T> Entry<T> unknown(String kind, String name) {
        return new Missing<>(failed("unknown " + kind + " " + name));
    }

    private interface Attempt<T> {
        T make();
    }

    private static <T> Entry<T> attempt(Attempt<T> attempt) {
        try {
            return new Made<>(attempt.make());
        } catch (EndedException e) {
            return new Missing<>(e.outcome);
        } catch (RuntimeException | AssertionError | StackOverflowError e) {
            return new Missing<>(failed(describe(e)));
        }
    }

    private static Outcome outcome(Entry<?> entry) {
        return switch (entry) {
            case Made<?> _ -> PASSED;
            case Missing<?> missing -> missing.outcome();
        };
    }

    private static <T> T get(Entry<T> entry) {
        return switch (entry) {
            case Made<T> made -> made.value();
            case Missing<T> missing -> throw new EndedException(missing.outcome());
        };
    }

    private static WasmModule load(ModuleSource source) {
        var bytes =
                source instanceof ModuleSource.Binary binary
                        ? binary.bytes()
                        : BinaryEncoder.encode(source.read());
        return BinaryDecoder.decode(ByteSource.of(bytes));
    }

    private ValidModule validate(WasmModule module) {
        return Validator.validate(module, config.features(), Parallelism.NONE);
    }

    /** Instantiates a module with what is registered now. */
    private Instance link(Module module) {
        var linker = Linker.create(store);
        for (var wanted : module.valid().syntax().imports()) {
            find(wanted.module(), wanted.name())
                    .ifPresent(found -> linker.define(wanted.module(), wanted.name(), found));
        }
        var modes = config.modes();
        return linker.instantiate(module, modes.get(instantiated++ % modes.size()));
    }

    private Optional<Extern> find(String module, String name) {
        if (registered.containsKey(module)) {
            return get(registered.get(module)).export(name);
        }
        return module.equals(Spectest.NAME) ? spectest.export(name) : Optional.empty();
    }

    // Actions

    private Results perform(Command.Action action) {
        var instance = get(entry(action.instance()));
        var extern = instance.export(action.name());
        return switch (action) {
            case Command.Invoke invoke -> {
                if (!(extern.orElse(null) instanceof Func func)) {
                    throw new EndedException(failed("no function \"" + invoke.name() + "\""));
                }
                var values = func.call(Matching.arguments(invoke.arguments()));
                yield new Results(func.funcType().results(), values);
            }
            case Command.Get get -> {
                if (!(extern.orElse(null) instanceof Global global)) {
                    throw new EndedException(failed("no global \"" + get.name() + "\""));
                }
                yield new Results(List.of(global.type().type()), new Object[] {global.get()});
            }
        };
    }

    // Assertions

    private Outcome assertReturn(Command.AssertReturn wanted) {
        var results = perform(wanted.action());
        return Matching.matches(results, wanted.results())
                ? PASSED
                : failed("got " + Matching.describe(results) + ", wanted " + wanted.results());
    }

    private static Outcome unexpected(Results results, String wanted) {
        return failed("got " + Matching.describe(results) + ", wanted " + wanted);
    }

    private static Outcome compare(String message, String wanted) {
        return message.startsWith(wanted)
                ? PASSED
                : failed("\"" + message + "\" instead of \"" + wanted + "\"");
    }

    private Outcome assertRejected(Command.AssertRejected wanted) {
        return switch (wanted.fault()) {
            case MALFORMED, MALFORMED_CUSTOM -> assertMalformed(wanted);
            case INVALID -> {
                var module = load(wanted.source());
                try {
                    validate(module);
                    yield failed("accepted, instead of: " + wanted.message());
                } catch (InvalidException e) {
                    yield compare(e.reason(), wanted.message());
                }
            }
            case INVALID_CUSTOM -> {
                var module = validate(load(wanted.source()));
                try {
                    BranchHints.check(module.syntax());
                    yield failed("accepted, instead of: " + wanted.message());
                } catch (InvalidException e) {
                    yield compare(e.reason(), wanted.message());
                }
            }
            case UNLINKABLE -> {
                var module = Module.of(engine, validate(load(wanted.source())));
                try {
                    link(module);
                    yield failed("linked, instead of: " + wanted.message());
                } catch (LinkException e) {
                    yield e.problems().stream()
                                    .anyMatch(p -> p.reason().startsWith(wanted.message()))
                            ? PASSED
                            : compare(e.getMessage(), wanted.message());
                }
            }
        };
    }

    private Outcome assertMalformed(Command.AssertRejected wanted) {
        try {
            wanted.source().read();
        } catch (MalformedException e) {
            return isAccepted(wanted.source())
                    ? failed("accepted, instead of: " + wanted.message())
                    : compare(e.reason(), wanted.message());
        }
        try {
            validate(load(wanted.source()));
            return failed("accepted, instead of: " + wanted.message());
        } catch (MalformedException e) {
            // Text without the features that are off has no such words or numbers.
            return compare(e.reason(), wanted.message());
        } catch (WasmException e) {
            return failed("well-formed, but: " + e.getMessage());
        }
    }

    /** Whether an engine would run what cannot be decoded: bodies are decoded twice. */
    private boolean isAccepted(ModuleSource source) {
        try {
            validate(load(source));
            return true;
        } catch (WasmException e) {
            return false;
        }
    }
}
