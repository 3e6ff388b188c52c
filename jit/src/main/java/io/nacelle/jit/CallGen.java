// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.wasm.syntax.AddrType;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;

/** Generates calls. */
final class CallGen {
    private final InstrGen gen;
    private final Unit unit;
    private final CodeBuilder cb;

    CallGen(InstrGen gen) {
        this.gen = gen;
        this.unit = gen.unit;
        this.cb = gen.cb;
    }

    /** Leaves the arguments on the JVM's stack as the callee takes them. */
    private void arguments(Signature signature) {
        int count = signature.params.length;
        if (!signature.wide) {
            gen.need(count);
            gen.pop(count);
            return;
        }
        gen.spill();
        cb.aload(gen.varFrame).loadConstant(gen.height - count);
        cb.aload(gen.varInstance).loadConstant(count);
        cb.invokestatic(
                Names.of(io.nacelle.runtime.code.Frames.class),
                "arguments",
                MethodTypeDesc.of(Names.VOID, Names.FRAME, Names.INT, Names.INSTANCE, Names.INT));
        gen.pop(count);
        cb.aload(gen.varInstance);
        cb.getfield(Names.INSTANCE, "stack", Names.STACK);
        cb.getfield(Names.STACK, "top", Names.INT);
    }

    /** Takes the results: the first is on the JVM's stack. */
    private void results(Signature signature) {
        gen.memoryKnown = false;
        byte[] kinds = signature.results;
        if (kinds.length > InstrGen.MANY && gen.varFrame >= 0) {
            gen.push(kinds[0]);
            gen.spill();
            cb.aload(gen.varFrame).loadConstant(gen.height - 1);
            cb.aload(gen.varInstance).loadConstant(kinds.length);
            cb.invokestatic(
                    Names.of(io.nacelle.runtime.code.Frames.class),
                    "takeResults",
                    MethodTypeDesc.of(
                            Names.VOID, Names.FRAME, Names.INT, Names.INSTANCE, Names.INT));
            for (int i = 1; i < kinds.length; i++) {
                gen.push(kinds[i]);
            }
            gen.mark = gen.height;
            return;
        }
        for (int i = 0; i < kinds.length; i++) {
            if (i > 0) {
                loadMore(cb, gen, kinds[i], i);
            }
            if (kinds[i] == Kinds.V128) {
                gen.vectors.fresh(cb, gen.varVector);
            }
            gen.push(kinds[i]);
        }
    }

    private static void loadMore(CodeBuilder cb, Values values, byte kind, int at) {
        cb.aload(values.varInstance).loadConstant(at);
        if (kind == Kinds.V128) {
            cb.invokestatic(
                    Names.RT,
                    "moreRef",
                    MethodTypeDesc.of(Names.OBJECT, Names.INSTANCE, Names.INT));
            cb.checkcast(values.vectors.type);
        } else {
            values.moveIn(Names.RT, "more", kind, Names.INSTANCE, Names.INT);
        }
    }

    private void context() {
        cb.iload(gen.varLeft).aload(gen.varInstance);
    }

    /** Counts a call, if calls are counted. */
    private void begin() {
        if (unit.countsCalls) {
            context();
            cb.invokestatic(
                    Names.RT, "suspend", MethodTypeDesc.of(Names.VOID, Names.INT, Names.INSTANCE));
        }
    }

    private void end() {
        if (unit.countsCalls) {
            cb.aload(gen.varInstance);
            cb.invokestatic(Names.RT, "resume", MethodTypeDesc.of(Names.VOID, Names.INSTANCE));
        }
    }

    private void pushFunc(int index) {
        cb.aload(gen.varInstance).loadConstant(index);
        cb.invokestatic(Names.RT, "func", MethodTypeDesc.of(Names.FUNC, Names.INSTANCE, Names.INT));
    }

    /** The class that calls by a function's type go through. */
    private ClassDesc typeClass(int type) {
        return ClassDesc.of(Names.type(unit.code, unit.code.typeNumber(type)));
    }

    void direct(int index) {
        int type = unit.module.valid.typeIndexOfFunc(index);
        var signature = unit.code.signature(type);
        arguments(signature);
        begin();
        if (HostCalls.isPossible(unit.code, index)) {
            context();
            cb.invokestatic(
                    ClassDesc.of(Names.imported(unit.code, index)), HostCalls.NAME, signature.desc);
        } else if (index < unit.module.valid.importedFuncs()) {
            pushFunc(index);
            context();
            cb.invokestatic(typeClass(type), "call", signature.withFunc());
        } else if (unit.code.callsDirectly(index) || index == gen.ir.body.index) {
            context();
            cb.invokestatic(
                    ClassDesc.of(Names.function(unit.code, index)),
                    unit.code.methodName(index),
                    signature.desc);
        } else {
            // Compiled code or not: who calls it first must not have to wait for the compiler.
            var slow = cb.newLabel();
            var done = cb.newLabel();
            cb.aload(gen.varInstance);
            cb.getfield(Names.INSTANCE, "ready", ConstantDescs.CD_byte.arrayType());
            cb.loadConstant(index).baload();
            cb.ifeq(slow);
            context();
            cb.invokestatic(
                    ClassDesc.of(Names.function(unit.code, index)),
                    unit.code.methodName(index),
                    signature.desc);
            cb.goto_(done);
            cb.labelBinding(slow);
            pushFunc(index);
            context();
            cb.invokestatic(typeClass(type), "out", signature.withFunc());
            cb.labelBinding(done);
        }
        end();
        results(signature);
    }

    private void resolve(int type, int table) {
        gen.need(1);
        var index = unit.module.valid.table(table).addr() == AddrType.I32 ? Names.INT : Names.LONG;
        gen.pop();
        cb.aload(gen.varInstance).loadConstant(table).loadConstant(type);
        cb.invokestatic(
                Names.RT,
                "resolve",
                MethodTypeDesc.of(Names.FUNC, index, Names.INSTANCE, Names.INT, Names.INT));
    }

    private void callee() {
        gen.need(1);
        gen.pop();
        cb.invokestatic(Names.RT, "callee", MethodTypeDesc.of(Names.FUNC, Names.OBJECT));
    }

    /** Calls the function on the JVM's stack; its arguments are below. */
    private void through(int type, Signature signature) {
        if (signature.wide) {
            // Its arguments are to be moved first: it waits in a variable.
            cb.astore(gen.varTemp);
            arguments(signature);
            cb.aload(gen.varTemp);
        } else {
            gen.pop(signature.params.length);
        }
        begin();
        context();
        cb.invokestatic(typeClass(type), "call", signature.withFunc());
        end();
        results(signature);
    }

    void indirect(int type, int table) {
        var signature = unit.code.signature(type);
        if (!signature.wide) {
            gen.need(signature.params.length + 1);
        }
        resolve(type, table);
        through(type, signature);
    }

    void reference(int type) {
        var signature = unit.code.signature(type);
        if (!signature.wide) {
            gen.need(signature.params.length + 1);
        }
        callee();
        through(type, signature);
    }

    // Tail calls.

    void tailDirect(int index) {
        int type = unit.module.valid.typeIndexOfFunc(index);
        var signature = unit.code.signature(type);
        if (index == gen.ir.body.index && gen.tailCallSelf(signature)) {
            gen.live = false;
            return;
        }
        arguments(signature);
        pushFunc(index);
        leave(type, signature);
    }

    void tailIndirect(int type, int table) {
        var signature = unit.code.signature(type);
        if (!signature.wide) {
            gen.need(signature.params.length + 1);
        }
        resolve(type, table);
        tail(type, signature);
    }

    void tailReference(int type) {
        var signature = unit.code.signature(type);
        if (!signature.wide) {
            gen.need(signature.params.length + 1);
        }
        callee();
        tail(type, signature);
    }

    private void tail(int type, Signature signature) {
        if (signature.wide) {
            cb.astore(gen.varTemp);
            arguments(signature);
            cb.aload(gen.varTemp);
        } else {
            gen.pop(signature.params.length);
        }
        leave(type, signature);
    }

    private void leave(int type, Signature signature) {
        cb.aload(gen.varInstance);
        cb.invokestatic(typeClass(type), "tail", signature.tail());
        gen.leaveByTail();
        gen.live = false;
    }
}
