// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.exec.gc.StructLayout;
import io.nacelle.wasm.binary.NameSection;
import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.Names;
import io.nacelle.wasm.valid.ValidModule;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** A module of an engine, with the code that executors have prepared of it. */
public final class ModuleImpl implements Module {
    final EngineImpl engine;
    public final ValidModule valid;

    /** The canonical types by type index. */
    public final DefType[] types;

    private final AtomicReferenceArray<FuncBody> bodies;
    private volatile Names names;

    /** Layouts by type index, made when they are first needed; two threads may make the same. */
    private final StructLayout[] layouts;

    public ModuleImpl(EngineImpl engine, ValidModule valid) {
        this.engine = Objects.requireNonNull(engine);
        this.valid = Objects.requireNonNull(valid);
        int typeCount = valid.syntax().types().stream().mapToInt(r -> r.types().size()).sum();
        this.types = new DefType[typeCount];
        for (int i = 0; i < typeCount; i++) {
            types[i] = valid.type(i);
        }
        this.layouts = new StructLayout[typeCount];
        this.bodies = new AtomicReferenceArray<>(valid.syntax().funcs().size());
    }

    @Override
    public Engine engine() {
        return engine;
    }

    public boolean countsFuel() {
        return engine.countsFuel();
    }

    @Override
    public ValidModule valid() {
        return valid;
    }

    /** The body of a defined function, by its index in the whole index space. */
    FuncBody body(int funcIndex) {
        int i = funcIndex - valid.importedFuncs();
        var known = bodies.get(i);
        if (known == null) {
            var made = new FuncBody(this, funcIndex);
            known = bodies.compareAndSet(i, null, made) ? made : bodies.get(i);
        }
        return known;
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
        return names().funcs().getOrDefault(funcIndex, "func[" + funcIndex + "]");
    }
}
