// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.runtime.exec.MemoryForm;
import io.nacelle.runtime.exec.ModuleImpl;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the methods that one function or loop is compiled to have in common. */
final class Unit {
    final CompiledModule code;
    final ModuleImpl module;
    final MemoryForm form;
    final Ir ir;
    final Plan plan;

    /** The class that is made. */
    final ClassDesc self;

    /** Of a large function: the class with its locals; else null. */
    final ClassDesc frame;

    /** Whether locals are in arrays of the frame. */
    final boolean manyLocals;

    ClassBuilder out;

    /** How many methods for parts have been made. */
    private int parts;

    /** The name that methods are made from. */
    final String name;

    Unit(CompiledModule code, Ir ir, Plan plan, ClassDesc self, ClassDesc frame, String name) {
        this.code = code;
        this.module = code.module;
        this.form = code.form;
        this.ir = ir;
        this.plan = plan;
        this.self = self;
        this.frame = frame;
        this.name = name;
        this.manyLocals = ir.locals.length > Plan.MOST_FIELDS || hasWideSignature(code, ir);
    }

    private static boolean hasWideSignature(CompiledModule code, Ir ir) {
        return code.signature(code.module.valid.typeIndexOfFunc(ir.body.index)).wide;
    }

    /** Leaves a new frame on the JVM's stack. */
    void makeFrame(CodeBuilder cb) {
        cb.new_(frame).dup();
        if (!manyLocals) {
            cb.invokespecial(frame, "<init>", MethodTypeDesc.of(Names.VOID));
        } else {
            cb.loadConstant(ir.maxHeight + ir.kept).loadConstant(ir.locals.length);
            cb.invokespecial(frame, "<init>", MethodTypeDesc.of(Names.VOID, Names.INT, Names.INT));
            if (localKinds(ir.locals.length).indexOf(code.vectors.letter) >= 0) {
                cb.dup();
                cb.loadConstant(localKinds(ir.locals.length));
                cb.invokestatic(
                        Names.of(io.nacelle.runtime.code.Frames.class),
                        "clear",
                        MethodTypeDesc.of(Names.VOID, Names.FRAME, ConstantDescs.CD_String));
            }
        }
    }

    /** Whether tail calls leave the function. */
    boolean tails() {
        return ir.tailCalls || ir.selfTail && frame != null;
    }

    /** The name of the next part. */
    String nextPart(int at) {
        return name + "$" + parts++ + "@" + Integer.toHexString(at);
    }

    /** The field of a local. */
    static String field(int local) {
        return "l" + local;
    }

    /** Constant tables by the names of their fields. */
    final Map<String, int[]> tables = new LinkedHashMap<>();

    /** Adds one; gives the name of its field. */
    String addTable(String field, int[] table) {
        tables.put(field, table);
        return field;
    }

    /** The kinds of the locals in letters, as {@link io.nacelle.runtime.code.Frames} takes them. */
    String localKinds(int count) {
        var text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(
                    switch (ir.locals[i]) {
                        case Kinds.V128 -> code.vectors.letter;
                        case Kinds.REF -> 'r';
                        default -> 'n';
                    });
        }
        return text.toString();
    }
}
