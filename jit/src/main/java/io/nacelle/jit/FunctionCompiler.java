// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.runtime.exec.FuncBody;
import io.nacelle.wasm.syntax.Opcode;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.attribute.SourceFileAttribute;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.DoubleFunction;

/** Compiles functions, loops, and what calls by type go through, to class files. */
final class FunctionCompiler {
    private static final ClassFile CLASS_FILE =
            ClassFile.of(
                    ClassFile.ClassHierarchyResolverOption.of(Hierarchy.RESOLVER),
                    ClassFile.StackMapsOption.STACK_MAPS_WHEN_REQUIRED);
    private static final int PUBLIC_FINAL =
            ClassFile.ACC_PUBLIC | ClassFile.ACC_FINAL | ClassFile.ACC_SUPER;
    private static final int ASIDE = ClassFile.ACC_FINAL | ClassFile.ACC_SUPER;
    private static final int STATIC = ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC;
    private static final MethodTypeDesc NOTHING = MethodTypeDesc.of(Names.VOID);
    private static final int MOST_TRIES = 8;

    /** Integers of a table in one constant, which takes at most 65,535 bytes. */
    private static final int TABLE_CHUNK = 10_000;

    private FunctionCompiler() {}

    /** Makes a class by its name, and those that belong to it. */
    static Map<String, byte[]> compile(CompiledModule code, String name) {
        var rest = name.substring(code.prefix.length() + 1);
        return switch (name.charAt(code.prefix.length())) {
            case 'F' -> function(code, Integer.parseInt(rest));
            case 'E' -> EntryCompiler.compile(code, name, Integer.parseInt(rest));
            case 'I' -> HostCalls.compile(code, name, Integer.parseInt(rest));
            case 'P' -> new HashMap<>(Map.of(name, AssumingGen.generate(ClassDesc.of(name))));
            case 'T' -> TypeCompiler.compile(code, name, Integer.parseInt(rest));
            case 'L' -> {
                int split = rest.indexOf('_');
                yield loop(
                        code,
                        Integer.parseInt(rest, 0, split, 10),
                        Integer.parseInt(rest, split + 1, rest.length(), 10));
            }
            default -> throw new NoClassDefFoundError(name);
        };
    }

    static byte[] build(ClassDesc self, Consumer<ClassBuilder> content) {
        return CLASS_FILE.build(self, content);
    }

    /** A class that has one static method and nothing else, by its name. */
    static Map<String, byte[]> oneMethod(
            String name, String method, MethodTypeDesc type, Consumer<CodeBuilder> body) {
        byte[] bytes =
                build(
                        ClassDesc.of(name),
                        clb ->
                                clb.withFlags(PUBLIC_FINAL)
                                        .withMethodBody(method, type, STATIC, body));
        return new HashMap<>(Map.of(name, bytes));
    }

    private static Map<String, byte[]> function(CompiledModule code, int index) {
        var ir = IrBuilder.build(code.module.body(index));
        var name = Names.function(code, index);
        var sizes = new PartSizes(code, ir);
        var plan = Plan.whole(ir, sizes, 0, ir.count - 1);
        if (plan != null) {
            var classes = functionClass(code, ir, plan, name, null);
            if (fits(classes)) {
                return classes;
            }
        }
        var classes =
                inParts(
                        sizes,
                        (some, scale) -> {
                            var cut = Plan.parts(ir, some, 0, ir.count - 1, scale);
                            return functionClass(code, ir, cut, name, name + "$");
                        });
        classes.put(name + "$", frameClass(code, ir, name + "$"));
        return classes;
    }

    /** How classes are made from estimates of sizes, with parts of some scale. */
    private interface Making {
        Map<String, byte[]> make(PartSizes sizes, double scale);
    }

    /**
     * Makes classes with parts small enough, if need be without loops that are there twice; if none
     * are, those with the least of a largest one.
     */
    private static Map<String, byte[]> inParts(PartSizes sizes, Making making) {
        var best = inParts(scale -> making.make(sizes, scale));
        if (!fits(best)) {
            var plain = inParts(scale -> making.make(sizes.plain(), scale));
            best = largest(plain) < largest(best) ? plain : best;
        }
        return best;
    }

    private static Map<String, byte[]> inParts(DoubleFunction<Map<String, byte[]>> make) {
        double scale = 1;
        Map<String, byte[]> best = null;
        int least = Integer.MAX_VALUE;
        for (int i = 0; i < MOST_TRIES && least >= Tuning.METHOD_LIMIT; i++) {
            var made = make.apply(scale);
            int largest = largest(made);
            if (largest < least) {
                best = made;
                least = largest;
            }
            scale *= 0.75;
        }
        return best;
    }

    /** Whether HotSpot compiles every method of classes. */
    private static boolean fits(Map<String, byte[]> classes) {
        return largest(classes) < Tuning.METHOD_LIMIT;
    }

    /** The bytes of bytecode of the largest method of classes. */
    private static int largest(Map<String, byte[]> classes) {
        return classes.values().stream().mapToInt(FunctionCompiler::largest).max().orElse(0);
    }

    /** The bytes of bytecode of the largest method of a class. */
    static int largest(byte[] bytes) {
        int most = 0;
        for (var method : ClassFile.of().parse(bytes).methods()) {
            var found = method.findAttribute(java.lang.classfile.Attributes.code());
            if (found.isPresent()) {
                most = Math.max(most, found.get().codeLength());
            }
        }
        return most;
    }

    private static Map<String, byte[]> functionClass(
            CompiledModule code, Ir ir, Plan plan, String name, String frame) {
        var self = ClassDesc.of(name);
        int index = ir.body.index;
        var unit =
                new Unit(
                        code,
                        ir,
                        plan,
                        self,
                        frame == null ? null : frameDesc(code, ir, frame),
                        code.methodName(index));
        int type = code.typeNumber(code.module.valid.typeIndexOfFunc(index));
        var signature = code.signature(type);
        boolean declared = code.module.valid.isDeclared(index) && !signature.wide;
        var parent = declared ? ClassDesc.of(Names.type(code, type)) : Names.CODE;
        return classes(
                unit,
                name,
                clb -> {
                    clb.withFlags(PUBLIC_FINAL).withSuperclass(parent);
                    source(clb, code);
                    unit.out = clb;
                    constructor(clb, parent);
                    var body = unit.tails() ? unit.name + "$tail" : unit.name;
                    clb.withMethodBody(
                            body,
                            signature.desc,
                            STATIC,
                            cb -> new FunctionGen(unit, cb).generate());
                    if (unit.tails()) {
                        clb.withMethodBody(
                                unit.name,
                                signature.desc,
                                STATIC,
                                cb -> finishTails(cb, unit, signature, body));
                    }
                    clb.withMethodBody(
                            "enter",
                            TypeCompiler.ENTER,
                            ClassFile.ACC_PUBLIC,
                            cb -> TypeCompiler.enter(cb, unit, signature, body));
                    if (declared) {
                        clb.withMethodBody(
                                "typed",
                                signature.desc,
                                ClassFile.ACC_PUBLIC,
                                cb -> TypeCompiler.typed(cb, unit, signature));
                    }
                    tables(clb, unit, unit.self);
                });
    }

    /** A unit's class and those beside it, by name. */
    private static Map<String, byte[]> classes(
            Unit unit, String name, Consumer<ClassBuilder> content) {
        byte[] bytes = build(unit.self, content);
        unit.finishTables();
        var made = new HashMap<>(unit.aside());
        made.put(name, bytes);
        return made;
    }

    /** Begins a class beside that of a function or loop. */
    static void beginAside(ClassBuilder clb, CompiledModule code) {
        clb.withFlags(ASIDE);
        source(clb, code);
    }

    private static ClassDesc frameDesc(CompiledModule code, Ir ir, String frame) {
        var unit = new Unit(code, ir, null, Names.FRAME, Names.FRAME, "");
        return unit.manyLocals ? Names.FRAME : ClassDesc.of(frame);
    }

    private static void source(ClassBuilder clb, CompiledModule code) {
        clb.with(SourceFileAttribute.of(code.sourceName()));
    }

    private static void constructor(ClassBuilder clb, ClassDesc parent) {
        clb.withMethodBody(
                "<init>",
                NOTHING,
                ClassFile.ACC_PUBLIC,
                cb -> cb.aload(0).invokespecial(parent, "<init>", NOTHING).return_());
    }

    /** Calls the body of a function with tail calls, and then what that leaves to be called. */
    private static void finishTails(CodeBuilder cb, Unit unit, Signature signature, String body) {
        int left = signature.words;
        var inst = left + 1;
        TypeCompiler.loadParams(cb, signature);
        cb.iload(left).aload(inst);
        cb.invokestatic(unit.self, body, signature.desc);
        var none = cb.newLabel();
        cb.aload(inst);
        cb.invokestatic(
                Names.RT, "isTail", MethodTypeDesc.of(ConstantDescs.CD_boolean, Names.INSTANCE));
        cb.ifeq(none);
        drop(cb, signature);
        cb.iload(left).aload(inst);
        cb.invokestatic(
                Names.RT, "finishTail", MethodTypeDesc.of(Names.INT, Names.INT, Names.INSTANCE));
        cb.istore(inst + 1);
        TypeCompiler.takeResults(cb, unit.code.vectors, signature, inst, inst + 1);
        cb.labelBinding(none);
        cb.return_(signature.resultKind());
    }

    static void drop(CodeBuilder cb, Signature signature) {
        if (signature.results.length > 0) {
            if (Kinds.width(signature.results[0]) == 2) {
                cb.pop2();
            } else {
                cb.pop();
            }
        }
    }

    private static byte[] frameClass(CompiledModule code, Ir ir, String name) {
        var self = ClassDesc.of(name);
        return build(
                self,
                clb -> {
                    clb.withFlags(PUBLIC_FINAL).withSuperclass(Names.FRAME);
                    var many = ir.locals.length > Plan.MOST_FIELDS;
                    for (int i = 0; i < ir.locals.length && !many; i++) {
                        clb.withField(
                                Unit.field(i),
                                Signature.desc(ir.locals[i], code.vectors),
                                ClassFile.ACC_PUBLIC);
                    }
                    clb.withMethodBody(
                            "<init>",
                            NOTHING,
                            ClassFile.ACC_PUBLIC,
                            cb -> {
                                cb.aload(0).loadConstant(ir.maxHeight + ir.kept);
                                cb.iconst_0();
                                cb.invokespecial(
                                        Names.FRAME,
                                        "<init>",
                                        MethodTypeDesc.of(Names.VOID, Names.INT, Names.INT));
                                for (int i = 0; i < ir.locals.length && !many; i++) {
                                    if (ir.locals[i] == Kinds.V128) {
                                        cb.aload(0);
                                        code.vectors.constant(cb, 0, 0);
                                        cb.putfield(self, Unit.field(i), code.vectors.type);
                                    }
                                }
                                cb.return_();
                            });
                });
    }

    /**
     * Makes those constant tables of a unit that belong to a class. They are filled when they are
     * first used: not by an initialiser of the class, which could never be used again if that
     * failed because a guest has filled the stack.
     */
    static void tables(ClassBuilder clb, Unit unit, ClassDesc owner) {
        for (var table : unit.tables(owner)) {
            clb.withField(
                    table.name(),
                    Names.INT.arrayType(),
                    ClassFile.ACC_STATIC | ClassFile.ACC_VOLATILE);
            clb.withMethodBody(
                    table.name(),
                    MethodTypeDesc.of(Names.INT.arrayType()),
                    ClassFile.ACC_STATIC,
                    cb -> table(cb, table));
        }
    }

    private static void table(CodeBuilder cb, Unit.Table made) {
        var ints = Names.INT.arrayType();
        int[] table = made.values();
        var none = cb.newLabel();
        cb.getstatic(made.owner(), made.name(), ints).dup().ifnull(none);
        cb.areturn();
        cb.labelBinding(none);
        cb.pop();
        cb.loadConstant(table.length).newarray(java.lang.classfile.TypeKind.INT);
        for (int from = 0; from < table.length; from += TABLE_CHUNK) {
            var text = new StringBuilder();
            for (int i = from; i < Math.min(table.length, from + TABLE_CHUNK); i++) {
                text.append((char) (table[i] >>> 16)).append((char) table[i]);
            }
            cb.loadConstant(from).loadConstant(text.toString());
            cb.invokestatic(
                    Names.RT,
                    "fill",
                    MethodTypeDesc.of(ints, ints, Names.INT, ConstantDescs.CD_String));
        }
        cb.dup().putstatic(made.owner(), made.name(), ints);
        cb.areturn();
    }

    // Loops.

    /** Whether a loop can be compiled by itself. */
    static boolean canTakeOver(FuncBody body, int offset) {
        var ir = IrBuilder.build(body);
        int loop = find(ir, offset);
        return loop >= 0 && LoopGen.isPossible(ir, loop);
    }

    private static int find(Ir ir, int offset) {
        for (int i = 0; i < ir.count; i++) {
            if (ir.at[i] == offset && ir.op(i) == Opcode.LOOP.ordinal()) {
                return i;
            }
        }
        return -1;
    }

    private static Map<String, byte[]> loop(CompiledModule code, int index, int offset) {
        var ir = IrBuilder.build(code.module.body(index));
        int loop = find(ir, offset);
        var name = Names.loop(code, index, offset);
        var sizes = new PartSizes(code, ir);
        int end = ir.end[loop] + 1;
        var plan = Plan.whole(ir, sizes, loop, end);
        if (plan != null) {
            var classes = loopClass(code, ir, plan, name, null, loop);
            if (fits(classes)) {
                return classes;
            }
        }
        var classes =
                inParts(
                        sizes,
                        (some, scale) -> {
                            var cut = Plan.parts(ir, some, loop, end, scale);
                            return loopClass(code, ir, cut, name, name + "$", loop);
                        });
        classes.put(name + "$", frameClass(code, ir, name + "$"));
        return classes;
    }

    private static Map<String, byte[]> loopClass(
            CompiledModule code, Ir ir, Plan plan, String name, String frame, int loop) {
        var self = ClassDesc.of(name);
        var unit =
                new Unit(
                        code,
                        ir,
                        plan,
                        self,
                        frame == null ? null : frameDesc(code, ir, frame),
                        code.methodName(ir.body.index));
        unit.countsCalls = false;
        return classes(
                unit,
                name,
                clb -> {
                    clb.withFlags(PUBLIC_FINAL).withSuperclass(Names.LOOP_CODE);
                    source(clb, code);
                    unit.out = clb;
                    constructor(clb, Names.LOOP_CODE);
                    clb.withMethodBody(
                            "run",
                            MethodTypeDesc.of(Names.INT, Names.STACK, Names.INT, Names.INSTANCE),
                            ClassFile.ACC_PUBLIC,
                            cb -> new LoopGen(unit, cb, around(ir, loop), loop).generate());
                    tables(clb, unit, unit.self);
                });
    }

    /** The blocks that are open where a loop begins. */
    private static ArrayList<Block> around(Ir ir, int loop) {
        var open = new ArrayList<Block>();
        open.add(new Block(-1, 0, new Ir.Shape(Kinds.NONE.params(), ir.results), 0));
        for (int i = 0; i < loop; i++) {
            if (ir.op(i) == Ir.FUEL) {
                continue;
            }
            var op = ir.opcode(i);
            switch (op) {
                case BLOCK, LOOP, IF, TRY, TRY_TABLE -> {
                    var shape = ir.shape(i);
                    int below = ir.height[i] - (op == Opcode.IF ? 1 : 0);
                    var block = new Block(i, below - shape.params().length, shape, open.size());
                    block.isLoop = op == Opcode.LOOP;
                    open.add(block);
                }
                case END, DELEGATE -> open.removeLast();
                default -> {}
            }
        }
        return open;
    }
}
