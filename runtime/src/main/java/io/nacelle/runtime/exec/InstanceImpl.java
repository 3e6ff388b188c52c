// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.ContextKey;
import io.nacelle.runtime.Extern;
import io.nacelle.runtime.Func;
import io.nacelle.runtime.Global;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Memory;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.Snapshot;
import io.nacelle.runtime.Store;
import io.nacelle.runtime.Table;
import io.nacelle.runtime.code.CodeInstance;
import io.nacelle.runtime.exec.gc.ObjectKind;
import io.nacelle.wasm.syntax.Export;

import java.lang.invoke.MethodHandles;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/** A module instance. Its index spaces are arrays, imports first. */
public final class InstanceImpl implements Instance {
    public final ModuleImpl module;
    public final StoreImpl store;
    public final Executor executor;
    private final MemoryForm memoryForm;
    final Optional<Instance> self = Optional.of(this);

    /** Functions; a defined one is null until it is first needed: see {@link #func(int)}. */
    private final FuncImpl[] funcs;

    public final TableImpl[] tables;
    public final LinearMemory[] memories;
    public final GlobalImpl[] globals;
    public final TagImpl[] tags;

    /** Element segments; a dropped one is empty. */
    public final Object[][] elems;

    /** Whether data segments are dropped. */
    public final boolean[] droppedData;

    /** What the store knows of the object types, by type index; null until it is asked. */
    private final ObjectKind[] objectKinds;

    /** What compiled code knows of the instance, or null. */
    public Object compiled;

    private final Mode mode;
    private final Optional<String> name;
    private Map<String, Extern> exports;

    /** What the host keeps here. */
    private Map<ContextKey<?>, Object> contexts = Map.of();

    InstanceImpl(ModuleImpl module, StoreImpl store, Mode mode, Optional<String> name) {
        this.module = module;
        this.store = store;
        this.mode = mode;
        this.name = name;
        this.memoryForm = MemoryForm.of(module, store);
        this.executor = Executors.of(mode, memoryForm, module);
        var syntax = module.valid.syntax();
        this.funcs = new FuncImpl[module.valid.funcCount()];
        this.tables = new TableImpl[module.valid.importedTables() + syntax.tables().size()];
        this.memories =
                new LinearMemory[module.valid.importedMemories() + syntax.memories().size()];
        this.globals = new GlobalImpl[module.valid.importedGlobals() + syntax.globals().size()];
        this.tags = new TagImpl[module.valid.importedTags() + syntax.tags().size()];
        this.objectKinds = new ObjectKind[module.types.length];
        this.elems = new Object[syntax.elems().size()][];
        this.droppedData = new boolean[syntax.datas().size()];
    }

    /** Where memory 0 lives: a shared one is off the heap in every store. */
    public MemoryForm memoryForm() {
        return memoryForm;
    }

    /** A function by its index in the module. */
    public FuncImpl func(int index) {
        var known = funcs[index];
        if (known == null) {
            known = new WasmFunc(this, module.body(index), module.valid.funcType(index));
            funcs[index] = known;
        }
        return known;
    }

    /** What the objects of a structure or array type have in their headers. */
    public ObjectKind objectKind(int typeIndex) {
        var known = objectKinds[typeIndex];
        if (known == null) {
            known = store.objectKind(module.types[typeIndex]);
            objectKinds[typeIndex] = known;
        }
        return known;
    }

    void bindFunc(int index, FuncImpl func) {
        funcs[index] = func;
    }

    /**
     * Puts another function of the same type in the place of an imported one. Calls go there from
     * now on; references that were taken before stay what they are.
     */
    void rebindFunc(int index, FuncImpl func) {
        funcs[index] = func;
        if (compiled instanceof CodeInstance code) {
            code.rebind(index, func);
        }
    }

    @Override
    public Optional<String> name() {
        return name;
    }

    @Override
    public Module module() {
        return module;
    }

    @Override
    public Store store() {
        return store;
    }

    @Override
    public Mode mode() {
        return mode;
    }

    @Override
    public Map<String, Extern> exports() {
        if (exports == null) {
            var map = new LinkedHashMap<String, Extern>();
            for (var export : module.valid.syntax().exports()) {
                map.put(export.name(), extern(export.kind(), export.index()));
            }
            exports = Collections.unmodifiableMap(map);
        }
        return exports;
    }

    private Extern extern(Export.Kind kind, int index) {
        return switch (kind) {
            case FUNC -> func(index);
            case TABLE -> tables[index];
            case MEMORY -> memories[index];
            case GLOBAL -> globals[index];
            case TAG -> tags[index];
        };
    }

    @Override
    public Optional<Extern> export(String name) {
        return Optional.ofNullable(find(name));
    }

    /** The names are the module's: an instance that is asked for one or two needs no map. */
    private Extern find(String name) {
        var export = module.export(Objects.requireNonNull(name));
        return export == null ? null : extern(export.kind(), export.index());
    }

    private <T extends Extern> T export(String name, Class<T> type, String kind) {
        var found = find(name);
        if (type.isInstance(found)) {
            return type.cast(found);
        }
        throw new IllegalArgumentException(
                found == null
                        ? "no export named \"" + name + "\""
                        : "the export \"" + name + "\" is no " + kind);
    }

    @Override
    public Func func(String name) {
        return export(name, Func.class, "function");
    }

    @Override
    public Memory memory(String name) {
        return export(name, Memory.class, "memory");
    }

    @Override
    public Table table(String name) {
        return export(name, Table.class, "table");
    }

    @Override
    public Global global(String name) {
        return export(name, Global.class, "global");
    }

    @Override
    public Snapshot snapshot() {
        return SnapshotImpl.of(this);
    }

    @Override
    public Instance fork(Linker linker) {
        return SnapshotImpl.fork(this, linker);
    }

    /**
     * The index of a function in the module, imported or not; -1 when it is not of this instance.
     */
    int indexOf(FuncImpl func) {
        if (func instanceof WasmFunc wasm && wasm.instance == this) {
            return wasm.body.index;
        }
        for (int i = 0; i < module.valid.importedFuncs(); i++) {
            if (funcs[i] == func) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public <T> T as(MethodHandles.Lookup lookup, Class<T> type) {
        return Faces.of(this, lookup, type);
    }

    @Override
    @SuppressWarnings("unchecked") // What is kept under a key is of its type.
    public <T> Optional<T> context(ContextKey<T> key) {
        return Optional.ofNullable((T) contexts.get(key));
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> T context(ContextKey<T> key, Supplier<T> made) {
        var known = (T) contexts.get(key);
        if (known == null) {
            known = made.get();
            setContext(key, known);
        }
        return known;
    }

    @Override
    public <T> void setContext(ContextKey<T> key, T value) {
        Objects.requireNonNull(key);
        Objects.requireNonNull(value);
        if (contexts.isEmpty()) {
            contexts = new IdentityHashMap<>();
        }
        contexts.put(key, value);
    }
}
