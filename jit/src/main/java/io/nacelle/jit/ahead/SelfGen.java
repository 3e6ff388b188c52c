// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit.ahead;

import io.nacelle.jit.AheadCode;
import io.nacelle.jit.EntryCode;
import io.nacelle.runtime.Engine;
import io.nacelle.runtime.Func;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.Precompiled;
import io.nacelle.runtime.Store;
import io.nacelle.wasm.syntax.Export;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.RefType;
import io.nacelle.wasm.syntax.ValType;
import io.nacelle.wasm.syntax.VecType;

import java.io.InputStream;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.Optional;

/**
 * Generates the class that programs use. What it names of the runtime's inside is not touched
 * before {@link Precompiled#open} has opened it.
 */
final class SelfGen {
    private static final ClassDesc PRECOMPILED = Api.of(Precompiled.class);
    private static final ClassDesc FUNCTIONS = Api.of(Precompiled.Functions.class);
    private static final ClassDesc ENGINE = Api.of(Engine.class);
    private static final ClassDesc STORE = Api.of(Store.class);
    private static final ClassDesc LINKER = Api.of(Linker.class);
    private static final ClassDesc MODULE = Api.of(Module.class);
    private static final ClassDesc INSTANCE = Api.of(Instance.class);
    private static final ClassDesc FUNC = Api.of(Func.class);
    private static final ClassDesc LOOKUP = ConstantDescs.CD_MethodHandles_Lookup;
    private static final ClassDesc STREAM = Api.of(InputStream.class);
    private static final ClassDesc OPTIONAL = Api.of(Optional.class);

    private static final int STATIC = ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC;

    private final Api api;
    private final ClassDesc self;
    private final ClassDesc entries;
    private final ClassDesc table;
    private final String origin;
    private final int imported;

    private SelfGen(Api api, ClassDesc entries, ClassDesc table, String origin, int imported) {
        this.api = api;
        this.self = api.self();
        this.entries = entries;
        this.table = table;
        this.origin = origin;
        this.imported = imported;
    }

    /**
     * @param origin what {@link Precompiled#open} is told
     * @param imported how many functions the module imports
     */
    static byte[] generate(
            Api api, ClassDesc entries, ClassDesc table, String origin, int imported) {
        var gen = new SelfGen(api, entries, table, origin, imported);
        return AheadCode.build(api.self(), gen::generate);
    }

    /** Whether a function has an entry: it is the module's own, and can be called so. */
    static boolean hasEntry(Api.Function function, int imported) {
        return function.index() >= imported && !function.general();
    }

    private void generate(ClassBuilder clb) {
        clb.withFlags(ClassFile.ACC_PUBLIC | ClassFile.ACC_FINAL | ClassFile.ACC_SUPER)
                .withInterfaceSymbols(api.exports());
        int field = ClassFile.ACC_PRIVATE | ClassFile.ACC_FINAL;
        clb.withField("instance", INSTANCE, field);
        clb.withField("entrance", EntryCode.ENTRANCE, field);
        factories(clb);
        for (var function : api.functions()) {
            clb.withMethodBody(
                    function.method(),
                    function.type(),
                    function.general()
                            ? ClassFile.ACC_PUBLIC | ClassFile.ACC_VARARGS
                            : ClassFile.ACC_PUBLIC,
                    cb -> call(cb, function));
        }
        for (var other : api.others()) {
            clb.withMethodBody(
                    other.method(),
                    MethodTypeDesc.of(other.type()),
                    ClassFile.ACC_PUBLIC,
                    cb -> get(cb, other));
        }
    }

    private void factories(ClassBuilder clb) {
        var constructor = MethodTypeDesc.of(ConstantDescs.CD_void, INSTANCE, EntryCode.ENTRANCE);
        clb.withMethodBody(
                ConstantDescs.INIT_NAME,
                constructor,
                ClassFile.ACC_PRIVATE,
                cb -> {
                    cb.aload(0);
                    cb.invokespecial(
                            ConstantDescs.CD_Object,
                            ConstantDescs.INIT_NAME,
                            ConstantDescs.MTD_void);
                    cb.aload(0).aload(1).putfield(self, "instance", INSTANCE);
                    cb.aload(0).aload(2).putfield(self, "entrance", EntryCode.ENTRANCE);
                    cb.return_();
                });
        var loading = MethodTypeDesc.of(MODULE, ENGINE);
        clb.withMethodBody("module", loading, STATIC, this::load);
        clb.withMethodBody(
                "instantiate",
                MethodTypeDesc.of(self, LINKER),
                STATIC,
                cb -> {
                    cb.aload(0).aload(0);
                    cb.invokevirtual(LINKER, "store", MethodTypeDesc.of(STORE));
                    cb.invokeinterface(STORE, "engine", MethodTypeDesc.of(ENGINE));
                    cb.invokestatic(self, "module", loading);
                    cb.invokestatic(self, "instantiate", MethodTypeDesc.of(self, LINKER, MODULE));
                    cb.areturn();
                });
        clb.withMethodBody(
                "instantiate",
                MethodTypeDesc.of(self, LINKER, MODULE),
                STATIC,
                cb -> {
                    cb.aload(0).aload(1);
                    cb.invokevirtual(LINKER, "instantiate", MethodTypeDesc.of(INSTANCE, MODULE));
                    cb.invokestatic(self, "of", MethodTypeDesc.of(self, INSTANCE));
                    cb.areturn();
                });
        clb.withMethodBody(
                "of",
                MethodTypeDesc.of(self, INSTANCE),
                STATIC,
                cb -> {
                    cb.aload(0).loadConstant(table);
                    cb.invokestatic(
                            PRECOMPILED,
                            "requireInstance",
                            MethodTypeDesc.of(
                                    ConstantDescs.CD_void, INSTANCE, ConstantDescs.CD_Class));
                    cb.new_(self).dup().aload(0).aload(0);
                    cb.invokestatic(
                            EntryCode.ENTRANCE,
                            "of",
                            MethodTypeDesc.of(EntryCode.ENTRANCE, INSTANCE));
                    cb.invokespecial(self, ConstantDescs.INIT_NAME, constructor);
                    cb.areturn();
                });
        clb.withMethodBody(
                "instance",
                MethodTypeDesc.of(INSTANCE),
                ClassFile.ACC_PUBLIC,
                cb -> cb.aload(0).getfield(self, "instance", INSTANCE).areturn());
    }

    private void load(CodeBuilder cb) {
        cb.invokestatic(
                ClassDesc.of("java.lang.invoke.MethodHandles"),
                "lookup",
                MethodTypeDesc.of(LOOKUP));
        cb.loadConstant(origin);
        cb.invokestatic(
                PRECOMPILED,
                "open",
                MethodTypeDesc.of(PRECOMPILED, LOOKUP, ConstantDescs.CD_String));
        cb.aload(0);
        cb.loadConstant(self).loadConstant(self.displayName() + ".wasm");
        cb.invokevirtual(
                ConstantDescs.CD_Class,
                "getResourceAsStream",
                MethodTypeDesc.of(STREAM, ConstantDescs.CD_String));
        cb.new_(table).dup();
        cb.invokespecial(table, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void);
        cb.invokevirtual(PRECOMPILED, "load", MethodTypeDesc.of(MODULE, ENGINE, STREAM, FUNCTIONS));
        cb.areturn();
    }

    private void get(CodeBuilder cb, Api.Other other) {
        cb.aload(0).getfield(self, "instance", INSTANCE).loadConstant(other.export());
        if (other.kind() == Export.Kind.TAG) {
            cb.invokeinterface(
                    INSTANCE, "export", MethodTypeDesc.of(OPTIONAL, ConstantDescs.CD_String));
            cb.invokevirtual(OPTIONAL, "get", MethodTypeDesc.of(ConstantDescs.CD_Object));
            cb.checkcast(other.type());
        } else {
            cb.invokeinterface(
                    INSTANCE,
                    other.kind().keyword(),
                    MethodTypeDesc.of(other.type(), ConstantDescs.CD_String));
        }
        cb.areturn();
    }

    private void call(CodeBuilder cb, Api.Function function) {
        if (hasEntry(function, imported)) {
            var elsewhere = cb.newLabel();
            cb.aload(0).getfield(self, "entrance", EntryCode.ENTRANCE);
            cb.ifnull(elsewhere);
            int variable = 1;
            for (var type : function.paramTypes()) {
                cb.loadLocal(Api.kind(type), variable);
                variable += Api.kind(type).slotSize();
            }
            cb.aload(0).getfield(self, "entrance", EntryCode.ENTRANCE);
            cb.invokestatic(entries, function.method(), EntriesGen.type(function.type()));
            cb.return_(TypeKind.from(function.type().returnType()));
            cb.labelBinding(elsewhere);
        }
        cb.aload(0).getfield(self, "instance", INSTANCE).loadConstant(function.export());
        cb.invokeinterface(INSTANCE, "func", MethodTypeDesc.of(FUNC, ConstantDescs.CD_String));
        if (function.general()) {
            cb.aload(1);
        } else {
            box(cb, function);
        }
        cb.invokeinterface(FUNC, "call", Api.GENERAL);
        if (!function.general()) {
            unbox(cb, function);
        }
        cb.return_(TypeKind.from(function.type().returnType()));
    }

    private static void box(CodeBuilder cb, Api.Function function) {
        cb.loadConstant(function.paramTypes().size()).anewarray(ConstantDescs.CD_Object);
        int variable = 1;
        for (int i = 0; i < function.paramTypes().size(); i++) {
            var type = function.paramTypes().get(i);
            cb.dup().loadConstant(i).loadLocal(Api.kind(type), variable);
            if (type instanceof NumType number) {
                cb.invokestatic(
                        boxed(number),
                        "valueOf",
                        MethodTypeDesc.of(boxed(number), Api.desc(number)));
            }
            cb.aastore();
            variable += Api.kind(type).slotSize();
        }
    }

    private static void unbox(CodeBuilder cb, Api.Function function) {
        var types = function.resultTypes();
        if (types.isEmpty()) {
            cb.pop();
            return;
        }
        if (function.results().isEmpty()) {
            cb.iconst_0();
            element(cb, types.getFirst());
            return;
        }
        int array =
                1
                        + function.paramTypes().stream()
                                .mapToInt(type -> Api.kind(type).slotSize())
                                .sum();
        cb.astore(array);
        var record = function.results().get();
        cb.new_(record).dup();
        for (int i = 0; i < types.size(); i++) {
            cb.aload(array).loadConstant(i);
            element(cb, types.get(i));
        }
        cb.invokespecial(
                record,
                ConstantDescs.INIT_NAME,
                MethodTypeDesc.of(ConstantDescs.CD_void, types.stream().map(Api::desc).toList()));
    }

    /** Takes a value out of an array. */
    private static void element(CodeBuilder cb, ValType type) {
        cb.aaload();
        switch (type) {
            case NumType number -> {
                var boxed = boxed(number);
                var desc = Api.desc(number);
                cb.checkcast(boxed);
                cb.invokevirtual(boxed, desc.displayName() + "Value", MethodTypeDesc.of(desc));
            }
            case VecType.V128 -> cb.checkcast(Api.V128);
            case RefType _ -> {}
        }
    }

    private static ClassDesc boxed(NumType type) {
        return switch (type) {
            case I32 -> ConstantDescs.CD_Integer;
            case I64 -> ConstantDescs.CD_Long;
            case F32 -> ConstantDescs.CD_Float;
            case F64 -> ConstantDescs.CD_Double;
        };
    }
}
