// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.EngineConfig;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.code.PrecompiledCode;
import io.nacelle.runtime.exec.gc.StructLayout;
import io.nacelle.wasm.binary.NameSection;
import io.nacelle.wasm.debug.DebugInfo;
import io.nacelle.wasm.debug.Effort;
import io.nacelle.wasm.debug.SourceLine;
import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.Export;
import io.nacelle.wasm.syntax.Names;
import io.nacelle.wasm.valid.ValidModule;

import java.lang.ref.SoftReference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;

/** A module of an engine, with the code that executors have prepared of it. */
public final class ModuleImpl implements Module {
    public final EngineImpl engine;
    public final ValidModule valid;

    /** The canonical types by type index. */
    public final DefType[] types;

    /**
     * About how many instructions have been interpreted before the first was compiled: counted by
     * the interpreter of mode {@code auto}, whose threads need not agree.
     */
    public long interpreted;

    /** What has been compiled, by the form of memory 0: owned by the compiler. */
    public final AtomicReferenceArray<Object> compiled =
            new AtomicReferenceArray<>(2 * MemoryForm.values().length);

    /** Code that was made beforehand, or null. */
    public final PrecompiledCode precompiled;

    private final AtomicReferenceArray<FuncBody> bodies;
    private volatile Names names;
    private volatile Map<Integer, String> exported;

    /** Layouts by type index, made when they are first needed; two threads may make the same. */
    private final StructLayout[] layouts;

    /** Whether it has been instantiated; which thread was first need not be known. */
    private boolean instantiated;

    private volatile InstantiationPlan plan;

    /** The exports by name, collected when they are first asked for by name. */
    private volatile Map<String, Export> exports;

    /** The debugging information, which can be read again: it is wanted when something failed. */
    private SoftReference<Debugging> debug = new SoftReference<>(null);

    /** What was found when it was looked for, with an identity of its own to refer to. */
    private record Debugging(Optional<DebugInfo> info) {}

    public ModuleImpl(EngineImpl engine, ValidModule valid) {
        this(engine, valid, _ -> null);
    }

    /** A module with code that was made beforehand. */
    public ModuleImpl(
            EngineImpl engine,
            ValidModule valid,
            Function<ModuleImpl, PrecompiledCode> precompiled) {
        this.engine = Objects.requireNonNull(engine);
        this.valid = Objects.requireNonNull(valid);
        int typeCount = 0;
        for (var group : valid.syntax().types()) {
            typeCount += group.types().size();
        }
        this.types = new DefType[typeCount];
        for (int i = 0; i < typeCount; i++) {
            types[i] = valid.type(i);
        }
        this.layouts = new StructLayout[typeCount];
        this.bodies = new AtomicReferenceArray<>(valid.syntax().funcs().size());
        this.precompiled = precompiled.apply(this);
    }

    @Override
    public Engine engine() {
        return engine;
    }

    public boolean countsFuel() {
        return engine.countsFuel();
    }

    public boolean countsCalls() {
        return engine.countsCalls();
    }

    /** Whether every NaN that an instruction generates is to be the canonical one. */
    public boolean isDeterministic() {
        return engine.config().profile() == EngineConfig.Profile.DETERMINISTIC;
    }

    @Override
    public ValidModule valid() {
        return valid;
    }

    /** The body of a defined function, by its index in the whole index space. */
    public FuncBody body(int funcIndex) {
        int i = funcIndex - valid.importedFuncs();
        var known = bodies.get(i);
        if (known == null) {
            var made = new FuncBody(this, funcIndex);
            known = bodies.compareAndSet(i, null, made) ? made : bodies.get(i);
        }
        return known;
    }

    /** What helps to instantiate it again; null for the first time, which it would not help. */
    InstantiationPlan plan() {
        var known = plan;
        if (known == null) {
            if (!instantiated) {
                instantiated = true;
                return null;
            }
            synchronized (this) {
                known = plan;
                if (known == null) {
                    known = InstantiationPlan.of(this);
                    plan = known;
                }
            }
        }
        return known;
    }

    /** An export by its name, or null. */
    Export export(String name) {
        var known = exports;
        if (known == null) {
            known = new HashMap<>();
            for (var export : valid.syntax().exports()) {
                known.put(export.name(), export);
            }
            exports = known;
        }
        return known.get(name);
    }

    /** Whether the interpreter of mode {@code auto} has made code of a function. */
    public boolean isInterpreted(int funcIndex) {
        var known = bodies.get(funcIndex - valid.importedFuncs());
        return known != null && known.tiering != null;
    }

    /** Has the interpreter look at once whether there is compiled code of a function. */
    public void hurry(int funcIndex) {
        var known = bodies.get(funcIndex - valid.importedFuncs());
        if (known != null && known.tiering != null) {
            known.tiering.hurry();
        }
    }

    /** Where the fields of a structure type are. */
    public StructLayout layout(int typeIndex) {
        var known = layouts[typeIndex];
        if (known == null) {
            known = StructLayout.of(types[typeIndex]);
            layouts[typeIndex] = known;
        }
        return known;
    }

    /** The module's names, read when they are first asked for. */
    public Names names() {
        var known = names;
        if (known == null) {
            known = NameSection.read(valid.syntax());
            names = known;
        }
        return known;
    }

    String describe(int funcIndex) {
        return funcName(funcIndex).orElse("func[" + funcIndex + "]");
    }

    /** A function's name: what the name section says, or else the first export of it. */
    public Optional<String> funcName(int funcIndex) {
        var name = names().funcs().get(funcIndex);
        if (name != null) {
            return Optional.of(name);
        }
        return Optional.ofNullable(exported().get(funcIndex));
    }

    /** The first names that functions are exported under, collected when they are first needed. */
    private Map<Integer, String> exported() {
        var known = exported;
        if (known == null) {
            known = new HashMap<>();
            for (var export : valid.syntax().exports()) {
                if (export.kind() == Export.Kind.FUNC) {
                    known.putIfAbsent(export.index(), export.name());
                }
            }
            exported = known;
        }
        return known;
    }

    /** Where a defined function's body is in the module. */
    public int codeOffset(int funcIndex) {
        return valid.syntax().funcs().get(funcIndex - valid.importedFuncs()).code().offset();
    }

    /** The lines of source that the instruction at an offset comes from. */
    List<SourceLine> lines(int offset, Effort effort) {
        return debug().map(info -> info.at(offset, effort)).orElse(List.of());
    }

    private synchronized Optional<DebugInfo> debug() {
        var known = debug.get();
        if (known == null) {
            known = new Debugging(DebugInfo.of(valid.syntax()));
            debug = new SoftReference<>(known);
        }
        return known.info;
    }
}
