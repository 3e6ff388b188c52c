// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.Extern;
import io.nacelle.runtime.Func;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Mode;
import io.nacelle.runtime.Trap;
import io.nacelle.runtime.TrapKind;
import io.nacelle.wasm.syntax.Data;
import io.nacelle.wasm.syntax.Elem;
import io.nacelle.wasm.syntax.Span;

import java.util.List;
import java.util.Optional;

/** Makes an instance of a module from externals that fit its imports (spec 4.7.5). */
public final class Instantiation {
    private static final Object[] DROPPED = {};

    private final ModuleImpl module;
    private final InstanceImpl instance;

    /** What is known from the times before, or null. */
    private InstantiationPlan plan;

    private Instantiation(ModuleImpl module, InstanceImpl instance) {
        this.module = module;
        this.instance = instance;
    }

    /** Whether others may reach the instance, so that what it has must stay. */
    private boolean kept;

    /**
     * Instantiates a module and runs its start function.
     *
     * @param imports one for each import, in order, each of the right type and store
     * @param name what to call the module in backtraces when it has no name of its own
     */
    public static InstanceImpl instantiate(
            ModuleImpl module,
            StoreImpl store,
            Mode mode,
            Optional<String> name,
            List<Extern> imports) {
        return instantiate(module, null, store, mode, name, imports);
    }

    /** As the other, for an instance that begins with the state of another. */
    public static InstanceImpl instantiate(
            SnapshotImpl from,
            StoreImpl store,
            Mode mode,
            Optional<String> name,
            List<Extern> imports) {
        return instantiate(from.module(), from, store, mode, name, imports);
    }

    private static InstanceImpl instantiate(
            ModuleImpl module,
            SnapshotImpl from,
            StoreImpl store,
            Mode mode,
            Optional<String> name,
            List<Extern> imports) {
        store.enter();
        try {
            store.settleKind(from == null ? module.valid.syntax().memories() : from.memoryTypes());
            store.chargeInstance();
            var mark = store.mark();
            Instantiation work = null;
            try {
                work = new Instantiation(module, new InstanceImpl(module, store, mode, name));
                work.bindImports(imports);
                if (from == null) {
                    work.begin();
                } else {
                    from.restore(work.instance);
                    work.kept = true;
                }
                return work.instance;
            } catch (OutOfMemoryError e) {
                throw store.outOfMemory();
            } finally {
                if (work == null || !work.kept) {
                    store.undo(mark);
                }
            }
        } finally {
            store.exit();
        }
    }

    private void begin() {
        plan = module.plan();
        define();
        // From the first table on that is not its own, others may reach the instance.
        kept = module.valid.importedTables() > 0;
        initialise();
        kept = true;
        start();
    }

    private void bindImports(List<Extern> imports) {
        int func = 0;
        int table = 0;
        int memory = 0;
        int global = 0;
        int tag = 0;
        for (var extern : imports) {
            if (extern instanceof FuncImpl f) {
                instance.bindFunc(func++, f);
            } else if (extern instanceof TableImpl t) {
                instance.tables[table++] = t;
            } else if (extern instanceof LinearMemory m) {
                instance.memories[memory++] = instance.store.adopt(m);
            } else if (extern instanceof GlobalImpl g) {
                instance.globals[global++] = g;
            } else {
                instance.tags[tag++] = (TagImpl) extern;
            }
        }
    }

    private void define() {
        var valid = module.valid;
        var syntax = valid.syntax();
        for (int i = valid.importedTags(); i < instance.tags.length; i++) {
            instance.tags[i] = new TagImpl(instance.store, module, i);
        }
        for (int i = valid.importedMemories(); i < instance.memories.length; i++) {
            var start = plan == null ? null : plan.memory(i);
            instance.memories[i] = instance.store.add(valid.memory(i), start);
        }
        // Initial values of tables may read imported globals only, those of globals all before.
        for (int i = valid.importedGlobals(); i < instance.globals.length; i++) {
            var global = new GlobalImpl(instance.store, valid.global(i));
            var value = eval(syntax.globals().get(i - valid.importedGlobals()).init());
            global.bits = value.bits;
            global.high = value.high;
            global.ref = value.ref;
            instance.globals[i] = global;
        }
        for (int i = valid.importedTables(); i < instance.tables.length; i++) {
            var init = syntax.tables().get(i - valid.importedTables()).init();
            Object value = init.isPresent() ? eval(init.get()).ref : null;
            instance.tables[i] = instance.store.add(valid.table(i), value);
        }
        for (int i = 0; i < instance.elems.length; i++) {
            instance.elems[i] = elements(syntax.elems().get(i).init());
        }
    }

    private Object[] elements(Elem.Init init) {
        var values = new Object[init.size()];
        if (init instanceof Elem.Funcs funcs) {
            for (int i = 0; i < values.length; i++) {
                values[i] = instance.func(funcs.indices()[i]);
            }
        } else {
            var exprs = ((Elem.Exprs) init).exprs();
            for (int i = 0; i < values.length; i++) {
                values[i] = eval(exprs.get(i)).ref;
            }
        }
        return values;
    }

    private void initialise() {
        var syntax = module.valid.syntax();
        for (int i = 0; i < instance.elems.length; i++) {
            var mode = syntax.elems().get(i).mode();
            if (mode instanceof Elem.Active active) {
                var table = instance.tables[active.table()];
                long offset = table.index(eval(active.offset()).bits);
                table.init(instance.elems[i], offset, 0, instance.elems[i].length);
            }
            if (!(mode instanceof Elem.Passive)) {
                instance.elems[i] = DROPPED;
            }
        }
        for (int i = 0; i < instance.droppedData.length; i++) {
            var data = syntax.datas().get(i);
            if (data.mode() instanceof Data.Active active) {
                if (plan != null && plan.hasImage(active.memory())) {
                    instance.droppedData[i] = true;
                    continue;
                }
                var memory = instance.memories[active.memory()];
                long offset = memory.address(eval(active.offset()).bits);
                memory.check(offset, data.bytes().length());
                memory.init(syntax.source(), data.bytes().offset(), offset, data.bytes().length());
                instance.droppedData[i] = true;
            }
        }
    }

    private void start() {
        var syntax = module.valid.syntax();
        if (syntax.start().isPresent()) {
            instance.func(syntax.start().getAsInt()).call();
        }
    }

    /**
     * Puts another function in the place of one that an instance imports: for cycles of modules,
     * which are instantiated with a function that stands for one that is not there yet.
     *
     * @param index of the function among the instance's functions
     * @throws IllegalArgumentException when it is no imported function, or the other one does not
     *     have its type or is of another store
     */
    public static void rebind(Instance instance, int index, Func func) {
        var target = (InstanceImpl) instance;
        target.store.enter();
        try {
            var valid = target.module.valid;
            if (index < 0
                    || index >= valid.importedFuncs()
                    || !target.store.owns(func)
                    || ((FuncImpl) func).type != target.func(index).type) {
                throw new IllegalArgumentException("the function cannot stand there");
            }
            target.rebindFunc(index, (FuncImpl) func);
        } finally {
            target.store.exit();
        }
    }

    private ConstEval eval(Span expr) {
        return ConstEval.of(instance, expr);
    }

    /** {@code memory.init} (spec 4.6.10). */
    public static void memoryInit(
            InstanceImpl instance, int memory, int segment, long target, long source, long length) {
        var data = instance.module.valid.syntax().datas().get(segment);
        int available = instance.droppedData[segment] ? 0 : data.bytes().length();
        if (source > available || length > available - source) {
            throw new Trap(TrapKind.OUT_OF_BOUNDS_MEMORY);
        }
        var to = instance.memories[memory];
        to.check(target, length);
        to.init(
                instance.module.valid.syntax().source(),
                data.bytes().offset() + (int) source,
                target,
                (int) length);
    }

    /** Whether a segment's elements are gone: an empty one makes no difference. */
    static boolean isDropped(Object[] elements) {
        return elements == DROPPED;
    }

    /** {@code elem.drop}. */
    public static void dropElem(InstanceImpl instance, int segment) {
        instance.elems[segment] = DROPPED;
    }
}
