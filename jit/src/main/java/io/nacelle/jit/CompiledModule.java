// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.runtime.code.Assumptions;
import io.nacelle.runtime.code.Code;
import io.nacelle.runtime.code.LoopCode;
import io.nacelle.runtime.code.ModuleCode;
import io.nacelle.runtime.exec.Entrance;
import io.nacelle.runtime.exec.FuncBody;
import io.nacelle.runtime.exec.MemoryForm;
import io.nacelle.runtime.exec.ModuleImpl;
import io.nacelle.wasm.syntax.DefType;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * What has been compiled of a module for one form of memory. All instances of the module share it.
 *
 * <p>Thread-safe.
 */
final class CompiledModule extends ModuleCode {
    final Vectors vectors;

    /** What the names of its classes begin with: their package. */
    final String prefix;

    /** Whether callees are compiled when compiled code first calls them. */
    final boolean eager;

    /** Loads the classes, or null where they are only made. */
    final CodeLoader loader;

    /** What is kept between processes, or null. */
    final KeptCode kept;

    /** How often classes had to be made because they were not kept. */
    final AtomicInteger generated = new AtomicInteger();

    /** What has been asked for. */
    final Background background = new Background();

    private final Signature[] signatures;

    /** The first of the types that are the same. */
    private final int[] typeNumbers;

    private volatile Map<DefType, int[]> callees;

    CompiledModule(ModuleImpl module, MemoryForm form, boolean eager) {
        this(module, form, eager, Vectors.best(), Names.PACKAGE, CodeLoader::new);
        register(loader.getName());
    }

    private CompiledModule(
            ModuleImpl module,
            MemoryForm form,
            boolean eager,
            Vectors vectors,
            String prefix,
            Function<CompiledModule, CodeLoader> loader) {
        super(module, form, new Assumptions());
        this.vectors = vectors;
        this.prefix = prefix;
        this.eager = eager;
        this.signatures = new Signature[module.types.length];
        this.typeNumbers = new int[module.types.length];
        var first = new HashMap<DefType, Integer>();
        for (int i = 0; i < typeNumbers.length; i++) {
            Integer known = first.putIfAbsent(module.types[i], i);
            typeNumbers[i] = known == null ? i : known;
        }
        this.kept =
                module.engine
                        .config()
                        .codeCache()
                        .map(directory -> new KeptCode(this, new CodeCache(directory)))
                        .orElse(null);
        this.loader = loader.apply(this);
    }

    /**
     * Code whose classes are not loaded here, in a package of its own. It needs nothing but the
     * runtime, so that vectors are pairs of longs.
     */
    static CompiledModule ahead(ModuleImpl module, MemoryForm form, String prefix) {
        return new CompiledModule(module, form, true, Vectors.SCALAR, prefix, _ -> null);
    }

    /** The signature of a function type by its index. */
    Signature signature(int type) {
        var known = signatures[type];
        if (known == null) {
            known = Signature.of(module.types[type], vectors);
            signatures[type] = known;
        }
        return known;
    }

    /** One index for all types that are the same. */
    int typeNumber(int type) {
        return typeNumbers[type];
    }

    /** Whether compiled code calls a function without asking whether it is compiled. */
    boolean callsDirectly(int func) {
        return eager || ready[func] != 0;
    }

    /** Functions of a type, or of its subtypes, that a reference can refer to. */
    int[] callees(int type) {
        var known = callees;
        if (known == null) {
            known = findCallees();
            callees = known;
        }
        return known.getOrDefault(module.types[type], new int[0]);
    }

    private Map<DefType, int[]> findCallees() {
        var found = new HashMap<DefType, int[]>();
        var valid = module.valid;
        var counts = new HashMap<DefType, Integer>();
        for (int i = valid.importedFuncs(); i < valid.funcCount(); i++) {
            if (valid.isDeclared(i)) {
                var type = valid.funcType(i);
                int count = counts.merge(type, 1, Integer::sum);
                var list = found.get(type);
                if (list == null || list.length < count) {
                    list = list == null ? new int[4] : Arrays.copyOf(list, 2 * count);
                    found.put(type, list);
                }
                list[count - 1] = i;
            }
        }
        found.replaceAll((type, list) -> Arrays.copyOf(list, counts.get(type)));
        return found;
    }

    /** What stands for a file in Java's stack traces. */
    String sourceName() {
        return module.names().module().orElse("wasm");
    }

    @Override
    public boolean keeps(int func) {
        return kept != null && kept.has(func);
    }

    @Override
    protected Code make(FuncBody body) {
        return (Code) loader.instantiate(Names.function(this, body.index));
    }

    @Override
    protected LoopCode makeLoop(FuncBody body, int offset) {
        return FunctionCompiler.canTakeOver(body, offset)
                ? (LoopCode) loader.instantiate(Names.loop(this, body.index, offset))
                : new Unable();
    }

    @Override
    protected Optional<MethodHandle> makeEntry(FuncBody body) {
        var signature = signature(module.valid.typeIndexOfFunc(body.index));
        if (!EntryCompiler.isPossible(signature)) {
            return Optional.empty();
        }
        try {
            var made = loader.loadClass(Names.entry(this, body.index));
            var type =
                    MethodType.fromMethodDescriptorString(
                            EntryCompiler.type(signature).descriptorString(),
                            Entrance.class.getClassLoader());
            return Optional.of(MethodHandles.publicLookup().findStatic(made, Names.ENTRY, type));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
