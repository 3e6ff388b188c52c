// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.jit.rt.Code;
import io.nacelle.jit.rt.JitInstance;
import io.nacelle.jit.rt.LoopCode;
import io.nacelle.runtime.exec.FuncBody;
import io.nacelle.runtime.exec.InstanceImpl;
import io.nacelle.runtime.exec.MemoryForm;
import io.nacelle.runtime.exec.ModuleImpl;
import io.nacelle.runtime.exec.Stack;
import io.nacelle.wasm.syntax.DefType;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What has been compiled of a module for one form of memory. All instances of the module share it.
 *
 * <p>Thread-safe.
 */
final class ModuleCode {
    final ModuleImpl module;
    final MemoryForm form;
    final Vectors vectors = Vectors.SCALAR;

    /** Whether callees are compiled when compiled code first calls them. */
    final boolean eager;

    /** By function: not 0 when there is code. */
    final byte[] ready;

    final CodeLoader loader;

    /** What has been asked for. */
    final Background background = new Background();

    private final AtomicReferenceArray<Code> codes;
    private final ConcurrentHashMap<Long, LoopCode> loops = new ConcurrentHashMap<>();
    private final Signature[] signatures;

    /** The first of the types that are the same. */
    private final int[] typeNumbers;

    /** The most results of a type of the module. */
    private final int mostResults;

    private volatile Map<DefType, int[]> callees;

    ModuleCode(ModuleImpl module, MemoryForm form, boolean eager) {
        this.module = module;
        this.form = form;
        this.eager = eager;
        int funcs = module.valid.funcCount();
        this.ready = new byte[funcs];
        this.codes = new AtomicReferenceArray<>(funcs);
        this.signatures = new Signature[module.types.length];
        this.typeNumbers = new int[module.types.length];
        var first = new HashMap<DefType, Integer>();
        int most = 1;
        for (int i = 0; i < typeNumbers.length; i++) {
            Integer known = first.putIfAbsent(module.types[i], i);
            typeNumbers[i] = known == null ? i : known;
            if (module.types[i].comp() instanceof io.nacelle.wasm.syntax.FuncType func) {
                most = Math.max(most, func.results().size());
            }
        }
        this.mostResults = most;
        this.loader = new CodeLoader(this);
        FrameFinder.register(loader);
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

    /** What compiled code knows of an instance. */
    JitInstance instance(InstanceImpl of, Stack stack) {
        if (stack.moreNumbers.length < mostResults) {
            stack.moreNumbers = new long[mostResults];
            stack.moreRefs = new Object[mostResults];
        }
        return new JitInstance(of, stack, ready);
    }

    /** The code of a function, or null. */
    Code known(int func) {
        return codes.get(func);
    }

    /** The code of a function, which is made when there is none. */
    Code code(FuncBody body) {
        var known = codes.get(body.index);
        if (known != null) {
            return known;
        }
        var made = (Code) loader.instantiate(Names.function(body.index));
        if (codes.compareAndSet(body.index, null, made)) {
            ready[body.index] = 1;
            return made;
        }
        return codes.get(body.index);
    }

    private static long key(FuncBody body, int offset) {
        return (long) body.index << 32 | offset;
    }

    LoopCode knownLoop(FuncBody body, int offset) {
        return loops.get(key(body, offset));
    }

    /** The code of a loop; {@link Unable} when it must not be compiled. */
    LoopCode loop(FuncBody body, int offset) {
        var known = knownLoop(body, offset);
        if (known != null) {
            return known;
        }
        LoopCode made;
        if (FunctionCompiler.canTakeOver(body, offset)) {
            made = (LoopCode) loader.instantiate(Names.loop(body.index, offset));
        } else {
            made = new Unable();
        }
        var first = loops.putIfAbsent(key(body, offset), made);
        return first == null ? made : first;
    }

    /** Stands for a loop that only the interpreter can run. */
    static final class Unable extends LoopCode {
        @Override
        public int run(Stack stack, int left, JitInstance instance) {
            throw new AssertionError();
        }
    }

    /**
     * The name of the method of a function: that of the function, as far as the JVM allows, so that
     * whoever looks at Java's frames knows where they are.
     */
    String methodName(int func) {
        var name = module.funcName(func).orElse("");
        var text = new StringBuilder();
        for (int i = 0; i < name.length() && i < MOST_OF_NAME; i++) {
            char c = name.charAt(i);
            boolean bad = ".;[/<>".indexOf(c) >= 0 || Character.isISOControl(c);
            text.append(bad || Character.isSurrogate(c) ? '_' : c);
        }
        if (text.isEmpty()) {
            return "func" + func;
        }
        // Not to be mistaken for the methods that every class has.
        return RESERVED.contains(text.toString()) ? text.append('\'').toString() : text.toString();
    }

    private static final int MOST_OF_NAME = 200;
    private static final java.util.Set<String> RESERVED = java.util.Set.of("enter", "typed");

    /** Notes a constant table of a class under way; gives the field. */
    String tableField(Unit unit, int at, int[] table) {
        return unit.addTable(at, table);
    }
}
