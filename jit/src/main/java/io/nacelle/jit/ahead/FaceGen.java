// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit.ahead;

import io.nacelle.jit.AheadCode;
import io.nacelle.wasm.syntax.ValType;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.InnerClassInfo;
import java.lang.classfile.attribute.InnerClassesAttribute;
import java.lang.classfile.attribute.MethodParameterInfo;
import java.lang.classfile.attribute.MethodParametersAttribute;
import java.lang.classfile.attribute.NestHostAttribute;
import java.lang.classfile.attribute.NestMembersAttribute;
import java.lang.classfile.attribute.RecordAttribute;
import java.lang.classfile.attribute.RecordComponentInfo;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicCallSiteDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.TypeDescriptor;
import java.lang.reflect.AccessFlag;
import java.lang.runtime.ObjectMethods;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Generates the interface of a module's exports, with records for several results. */
final class FaceGen {
    private static final ClassDesc RECORD = Api.of(Record.class);

    /** What javac has the methods made of that every record has. */
    private static final DirectMethodHandleDesc OBJECT_METHODS =
            MethodHandleDesc.ofMethod(
                    DirectMethodHandleDesc.Kind.STATIC,
                    Api.of(ObjectMethods.class),
                    "bootstrap",
                    MethodTypeDesc.of(
                            ConstantDescs.CD_Object,
                            ConstantDescs.CD_MethodHandles_Lookup,
                            ConstantDescs.CD_String,
                            Api.of(TypeDescriptor.class),
                            ConstantDescs.CD_Class,
                            ConstantDescs.CD_String,
                            ConstantDescs.CD_MethodHandle.arrayType()));

    private final Api api;

    private FaceGen(Api api) {
        this.api = api;
    }

    static void generate(Api api, Map<ClassDesc, byte[]> made) {
        var gen = new FaceGen(api);
        made.put(api.exports(), AheadCode.build(api.exports(), gen::face));
        for (var function : api.functions()) {
            function.results()
                    .ifPresent(
                            self ->
                                    made.put(
                                            self,
                                            AheadCode.build(
                                                    self,
                                                    clb ->
                                                            gen.record(
                                                                    clb,
                                                                    self,
                                                                    function.resultTypes()))));
        }
    }

    private List<ClassDesc> records() {
        return api.functions().stream()
                .map(Api.Function::results)
                .flatMap(Optional::stream)
                .toList();
    }

    private InnerClassInfo inner(ClassDesc record) {
        var name = record.displayName();
        return InnerClassInfo.of(
                record,
                Optional.of(api.exports()),
                Optional.of(name.substring(name.indexOf('$') + 1)),
                AccessFlag.PUBLIC,
                AccessFlag.STATIC,
                AccessFlag.FINAL);
    }

    private void face(ClassBuilder clb) {
        clb.withFlags(ClassFile.ACC_PUBLIC | ClassFile.ACC_INTERFACE | ClassFile.ACC_ABSTRACT);
        var records = records();
        if (!records.isEmpty()) {
            clb.with(InnerClassesAttribute.of(records.stream().map(this::inner).toList()));
            clb.with(NestMembersAttribute.ofSymbols(records));
        }
        int flags = ClassFile.ACC_PUBLIC | ClassFile.ACC_ABSTRACT;
        for (var function : api.functions()) {
            clb.withMethod(
                    function.method(),
                    function.type(),
                    function.general() ? flags | ClassFile.ACC_VARARGS : flags,
                    mb -> {
                        int count = function.type().parameterCount();
                        if (count > 0) {
                            mb.with(parameters("p", count));
                        }
                    });
        }
        for (var other : api.others()) {
            clb.withMethod(other.method(), MethodTypeDesc.of(other.type()), flags, _ -> {});
        }
    }

    private static MethodParametersAttribute parameters(String name, int count) {
        var infos = new ArrayList<MethodParameterInfo>();
        for (int i = 0; i < count; i++) {
            infos.add(MethodParameterInfo.ofParameter(Optional.of(name + i), 0));
        }
        return MethodParametersAttribute.of(infos);
    }

    private void record(ClassBuilder clb, ClassDesc self, List<ValType> types) {
        clb.withFlags(ClassFile.ACC_PUBLIC | ClassFile.ACC_FINAL | ClassFile.ACC_SUPER)
                .withSuperclass(RECORD);
        clb.with(InnerClassesAttribute.of(List.of(inner(self))));
        clb.with(NestHostAttribute.of(api.exports()));
        var descs = types.stream().map(Api::desc).toList();
        var components = new ArrayList<RecordComponentInfo>();
        for (int i = 0; i < descs.size(); i++) {
            components.add(RecordComponentInfo.of("r" + i, descs.get(i)));
            clb.withField("r" + i, descs.get(i), ClassFile.ACC_PRIVATE | ClassFile.ACC_FINAL);
        }
        clb.with(RecordAttribute.of(components));
        clb.withMethod(
                ConstantDescs.INIT_NAME,
                MethodTypeDesc.of(ConstantDescs.CD_void, descs),
                ClassFile.ACC_PUBLIC,
                mb -> {
                    mb.with(parameters("r", descs.size()));
                    mb.withCode(
                            cb -> {
                                cb.aload(0);
                                cb.invokespecial(
                                        RECORD, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void);
                                int variable = 1;
                                for (int i = 0; i < types.size(); i++) {
                                    var kind = Api.kind(types.get(i));
                                    cb.aload(0).loadLocal(kind, variable);
                                    cb.putfield(self, "r" + i, descs.get(i));
                                    variable += kind.slotSize();
                                }
                                cb.return_();
                            });
                });
        for (int i = 0; i < types.size(); i++) {
            int at = i;
            clb.withMethodBody(
                    "r" + i,
                    MethodTypeDesc.of(descs.get(i)),
                    ClassFile.ACC_PUBLIC,
                    cb ->
                            cb.aload(0)
                                    .getfield(self, "r" + at, descs.get(at))
                                    .return_(Api.kind(types.get(at))));
        }
        objectMethod(clb, self, descs, "toString", ConstantDescs.CD_String);
        objectMethod(clb, self, descs, "hashCode", ConstantDescs.CD_int);
        objectMethod(clb, self, descs, "equals", ConstantDescs.CD_boolean, ConstantDescs.CD_Object);
    }

    private static void objectMethod(
            ClassBuilder clb,
            ClassDesc self,
            List<ClassDesc> descs,
            String name,
            ClassDesc result,
            ClassDesc... params) {
        var names = new StringBuilder();
        var constants = new ArrayList<ConstantDesc>();
        constants.add(self);
        for (int i = 0; i < descs.size(); i++) {
            names.append(i == 0 ? "" : ";").append('r').append(i);
            constants.add(
                    MethodHandleDesc.ofField(
                            DirectMethodHandleDesc.Kind.GETTER, self, "r" + i, descs.get(i)));
        }
        constants.add(1, names.toString());
        var type = MethodTypeDesc.of(result, params);
        clb.withMethodBody(
                name,
                type,
                ClassFile.ACC_PUBLIC | ClassFile.ACC_FINAL,
                cb -> {
                    cb.aload(0);
                    if (params.length > 0) {
                        cb.aload(1);
                    }
                    cb.invokedynamic(
                            DynamicCallSiteDesc.of(
                                    OBJECT_METHODS,
                                    name,
                                    type.insertParameterTypes(0, self),
                                    constants.toArray(ConstantDesc[]::new)));
                    if (result.equals(ConstantDescs.CD_String)) {
                        cb.areturn();
                    } else {
                        cb.ireturn();
                    }
                });
    }
}
