// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.runtime.exec.MemoryForm;
import io.nacelle.runtime.exec.ModuleImpl;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What the methods that one function or loop is compiled to have in common. */
final class Unit {
    /** Constants of a class beyond which parts are made elsewhere: twice as many are possible. */
    private static final int MOST_CONSTANTS = 1 << 15;

    /** Constant tables of one class. */
    private static final int MOST_TABLES = 500;

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

    /** Where the methods of parts go. */
    ClassBuilder out;

    /** The class that {@link #out} makes. */
    private ClassDesc into;

    /** Classes for what the class has no room for, by name. */
    private final Map<String, byte[]> aside = new HashMap<>();

    /** How many methods for parts have been made. */
    private int parts;

    /** How many classes beside the class have a name. */
    private int asides;

    /**
     * Whether calls are counted as they are made. Those of a loop by itself are by whoever runs it,
     * who has suspended its function.
     */
    boolean countsCalls;

    /** The name that methods are made from. */
    final String name;

    Unit(CompiledModule code, Ir ir, Plan plan, ClassDesc self, ClassDesc frame, String name) {
        this.code = code;
        this.module = code.module;
        this.form = code.form;
        this.ir = ir;
        this.plan = plan;
        this.self = self;
        this.into = self;
        this.frame = frame;
        this.name = name;
        this.countsCalls = module.countsCalls();
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

    /**
     * Makes the method of a part. A class file has 65,535 constants; where they run short, it is in
     * a class of its own.
     *
     * @return the class that it is in
     */
    ClassDesc addPart(String part, MethodTypeDesc type, Consumer<CodeBuilder> body) {
        if (out.constantPool().size() < MOST_CONSTANTS) {
            out.withMethodBody(part, type, ClassFile.ACC_STATIC, body);
            return into;
        }
        var outer = out;
        var outerInto = into;
        var other = asideName();
        into = ClassDesc.of(other);
        aside.put(
                other,
                FunctionCompiler.build(
                        into,
                        clb -> {
                            FunctionCompiler.beginAside(clb, code);
                            out = clb;
                            clb.withMethodBody(part, type, ClassFile.ACC_STATIC, body);
                        }));
        var made = into;
        out = outer;
        into = outerInto;
        return made;
    }

    private String asideName() {
        return binaryName(self) + "$" + asides++;
    }

    private static String binaryName(ClassDesc type) {
        return type.packageName() + "." + type.displayName();
    }

    /** The classes that hold what the class had no room for, by name. */
    Map<String, byte[]> aside() {
        return aside;
    }

    /** The field of a local. */
    static String field(int local) {
        return "l" + local;
    }

    /** A constant table, which a static method gives. */
    record Table(ClassDesc owner, String name, int[] values) {}

    /** Constant tables by the names of their methods. */
    private final Map<String, Table> tables = new LinkedHashMap<>();

    private ClassDesc tablesInto;

    /** Notes a constant table. */
    Table addTable(String name, int[] values) {
        var known = tables.get(name);
        if (known != null) {
            return known;
        }
        if (tables.size() % MOST_TABLES == 0) {
            tablesInto = tables.isEmpty() ? self : ClassDesc.of(asideName());
        }
        var made = new Table(tablesInto, name, values);
        tables.put(name, made);
        return made;
    }

    /** The constant tables of a class. */
    List<Table> tables(ClassDesc owner) {
        return tables.values().stream().filter(table -> table.owner.equals(owner)).toList();
    }

    /** Makes the classes of those constant tables that are not in the class itself. */
    void finishTables() {
        tables.values().stream()
                .map(Table::owner)
                .filter(owner -> !owner.equals(self))
                .distinct()
                .forEach(
                        owner ->
                                aside.put(
                                        binaryName(owner),
                                        FunctionCompiler.build(
                                                owner,
                                                clb -> {
                                                    FunctionCompiler.beginAside(clb, code);
                                                    FunctionCompiler.tables(clb, this, owner);
                                                })));
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
