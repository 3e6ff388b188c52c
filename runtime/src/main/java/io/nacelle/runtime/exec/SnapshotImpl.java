// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.I31;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.ObjectRef;
import io.nacelle.runtime.Snapshot;
import io.nacelle.runtime.SnapshotException;
import io.nacelle.wasm.syntax.Export;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.TableType;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The state of an instance. References are kept as what they are to the instance: a function of its
 * own by its index, so that a reference never leads from one instance into another.
 */
public final class SnapshotImpl implements Snapshot {
    /** The largest array that a JVM makes for sure. */
    private static final long MOST_BYTES = Integer.MAX_VALUE - 8;

    private final ModuleImpl module;

    /** The memories that the module defines, in order. */
    final List<SavedMemory> memories = new ArrayList<>();

    final List<SavedGlobal> globals = new ArrayList<>();
    final List<SavedTable> tables = new ArrayList<>();

    /** By data segment. */
    final boolean[] droppedData;

    /** By element segment; null when it is dropped. */
    private final Object[][] elems;

    /** A memory: its size is in its type. */
    record SavedMemory(MemType type, MemoryImage image) {}

    /** A global, with a reference as {@link #save} has it. */
    record SavedGlobal(long bits, long high, Object ref) {}

    /** A table: its size is in its type; its elements as {@link #save} has them. */
    @SuppressWarnings("ArrayRecordComponent")
    record SavedTable(TableType type, Object[] elements) {}

    /** A function of the instance. */
    record SavedFunc(int index) {}

    private SnapshotImpl(InstanceImpl of) {
        this.module = of.module;
        var valid = module.valid;
        refuseImports();
        this.droppedData = of.droppedData.clone();
        this.elems = new Object[of.elems.length][];
        for (int i = 0; i < elems.length; i++) {
            if (!Instantiation.isDropped(of.elems[i])) {
                int at = i;
                elems[i] = save(of, of.elems[i], of.elems[i].length, () -> "element segment " + at);
            }
        }
        for (int i = valid.importedGlobals(); i < of.globals.length; i++) {
            var global = of.globals[i];
            int at = i;
            var ref = save(of, global.ref, () -> named(Export.Kind.GLOBAL, at));
            globals.add(new SavedGlobal(global.bits, global.high, ref));
        }
        for (int i = valid.importedTables(); i < of.tables.length; i++) {
            var table = of.tables[i];
            int at = i;
            tables.add(
                    new SavedTable(
                            table.type(),
                            save(
                                    of,
                                    table.elements,
                                    table.size,
                                    () -> named(Export.Kind.TABLE, at))));
        }
        // Last: what is refused is refused before anything large is copied.
        for (int i = valid.importedMemories(); i < of.memories.length; i++) {
            memories.add(save(of.memories[i], i));
        }
    }

    /** Saves the state of an instance that is not running. */
    static Snapshot of(InstanceImpl instance) {
        return save(instance);
    }

    /** Makes an instance that goes on from where one is that is not running. */
    static Instance fork(InstanceImpl instance, Linker linker) {
        var snapshot = save(instance);
        try {
            return linker.instantiate(snapshot, instance.mode(), instance.name());
        } finally {
            snapshot.discard();
        }
    }

    private static SnapshotImpl save(InstanceImpl instance) {
        var store = instance.store;
        if (store.isInside()) {
            throw new IllegalStateException("a guest is running in the store");
        }
        store.enter();
        try {
            return new SnapshotImpl(instance);
        } finally {
            store.exit();
        }
    }

    private void refuseImports() {
        var valid = module.valid;
        refuse(valid.importedMemories() > 0, Export.Kind.MEMORY);
        refuse(valid.importedTables() > 0, Export.Kind.TABLE);
        for (int i = 0; i < valid.importedGlobals(); i++) {
            if (valid.global(i).isMutable()) {
                throw new SnapshotException(
                        named(Export.Kind.GLOBAL, i) + " is imported and mutable");
            }
        }
    }

    private void refuse(boolean imported, Export.Kind kind) {
        if (imported) {
            throw new SnapshotException(named(kind, 0) + " is imported: its state is another's");
        }
    }

    /** What a message calls something: by its kind and index, and the name it is exported under. */
    private String named(Export.Kind kind, int index) {
        for (var export : module.valid.syntax().exports()) {
            if (export.kind() == kind && export.index() == index) {
                return kind.keyword() + " " + index + " (\"" + ShownName.of(export.name()) + "\")";
            }
        }
        return kind.keyword() + " " + index;
    }

    private SavedMemory save(LinearMemory memory, int index) {
        if (memory.isShared()) {
            throw new SnapshotException(
                    named(Export.Kind.MEMORY, index) + " is shared: threads may be changing it");
        }
        long end = memory.endOfContents();
        if (end > MOST_BYTES) {
            throw new SnapshotException(
                    named(Export.Kind.MEMORY, index) + " holds more than 2 GiB");
        }
        var bytes = new byte[(int) end];
        memory.copyOut(0, bytes, 0, bytes.length);
        return new SavedMemory(memory.type(), new MemoryImage(module.engine, bytes));
    }

    /** Where in an instance something is. */
    @FunctionalInterface
    private interface Where {
        String name();
    }

    private static Object[] save(InstanceImpl of, Object[] values, int count, Where where) {
        var saved = new Object[count];
        for (int i = 0; i < count; i++) {
            int at = i;
            saved[i] = save(of, values[i], () -> "element " + at + " of " + where.name());
        }
        return saved;
    }

    /** A reference in a form that belongs to no instance: null, a number, or an index. */
    private static Object save(InstanceImpl of, Object ref, Where where) {
        if (ref == null || ref instanceof I31) {
            return ref;
        }
        if (ref instanceof FuncImpl func) {
            int index = of.indexOf(func);
            if (index < 0) {
                throw new SnapshotException(
                        where.name() + " holds a function that is not of this instance");
            }
            return new SavedFunc(index);
        }
        throw new SnapshotException(
                where.name()
                        + " holds "
                        + switch (ref) {
                            case ObjectRef _ -> "a structure or an array, which cannot be saved";
                            case ThrownException _ -> "an exception, which cannot be saved";
                            default -> "an object of the host";
                        });
    }

    @Override
    public ModuleImpl module() {
        return module;
    }

    /** The types of the memories as they are made. */
    List<MemType> memoryTypes() {
        return memories.stream().map(SavedMemory::type).toList();
    }

    /** Gives an instance this state, which has its imports and nothing else. */
    void restore(InstanceImpl to) {
        var valid = module.valid;
        for (int i = valid.importedTags(); i < to.tags.length; i++) {
            to.tags[i] = new TagImpl(to.store, module, i);
        }
        for (int i = 0; i < memories.size(); i++) {
            var saved = memories.get(i);
            to.memories[valid.importedMemories() + i] =
                    to.store.add(saved.type, new MemoryStart(saved.image));
        }
        for (int i = 0; i < globals.size(); i++) {
            int index = valid.importedGlobals() + i;
            var saved = globals.get(i);
            var global = new GlobalImpl(to.store, valid.global(index));
            global.bits = saved.bits;
            global.high = saved.high;
            global.ref = restore(to, saved.ref);
            to.globals[index] = global;
        }
        for (int i = 0; i < tables.size(); i++) {
            var saved = tables.get(i);
            var table = to.store.add(saved.type, null);
            restore(to, saved.elements, table.elements);
            to.tables[valid.importedTables() + i] = table;
        }
        for (int i = 0; i < elems.length; i++) {
            if (elems[i] == null) {
                Instantiation.dropElem(to, i);
            } else {
                to.elems[i] = new Object[elems[i].length];
                restore(to, elems[i], to.elems[i]);
            }
        }
        System.arraycopy(droppedData, 0, to.droppedData, 0, droppedData.length);
    }

    private static void restore(InstanceImpl to, Object[] saved, Object[] elements) {
        for (int i = 0; i < saved.length; i++) {
            elements[i] = restore(to, saved[i]);
        }
    }

    private static Object restore(InstanceImpl to, Object saved) {
        return saved instanceof SavedFunc func ? to.func(func.index) : saved;
    }

    boolean isElemDropped(int segment) {
        return elems[segment] == null;
    }

    /** Has the memory of the images given back once what started from them is closed. */
    void discard() {
        memories.forEach(memory -> memory.image.discard());
    }

    @Override
    public byte[] encode(UnaryOperator<List<Export>> exports) {
        return new SnapshotWriter(this).encode(exports);
    }
}
