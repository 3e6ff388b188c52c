// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.jit.vector.JdkVectors;
import io.nacelle.jit.vector.VectorCode;
import io.nacelle.jit.vector.VectorMoves;
import io.nacelle.runtime.V128;
import io.nacelle.runtime.code.ScalarOps;
import io.nacelle.runtime.code.VectorForm;
import io.nacelle.runtime.code.VectorRt;

import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;

/** What vectors are in compiled code: a Java type, and how to work on it. */
abstract class Vectors {
    /** Pairs of longs. */
    static final Vectors SCALAR = new Scalar();

    final ClassDesc type;

    /** The class of methods that move vectors. */
    final ClassDesc rt;

    /** What stands for vectors in letters for kinds of values. */
    final char letter;

    private Vectors(ClassDesc type, ClassDesc rt, char letter) {
        this.type = type;
        this.rt = rt;
        this.letter = letter;
    }

    /** The best form that this JVM has: its own vectors when their module is there. */
    static Vectors best() {
        return Best.FORM;
    }

    private static final class Best {
        static final Vectors FORM = find();

        private static Vectors find() {
            boolean there =
                    ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
                            && !Boolean.getBoolean("nacelle.jit.scalarVectors");
            if (!there) {
                return SCALAR;
            }
            VectorForm.use(new JdkVectors());
            return new Jdk();
        }
    }

    /**
     * Emits an operation whose operands are on the JVM's stack.
     *
     * @param free variables that are not in use
     * @param result the type of the result
     */
    abstract void emit(
            CodeBuilder cb, String name, int free, ClassDesc result, ClassDesc... operands);

    /** Emits a vector that does not change. */
    abstract void constant(CodeBuilder cb, long low, long high);

    /** Emits a shuffle of two vectors. */
    abstract void shuffle(CodeBuilder cb, long low, long high, int free);

    /** Has HotSpot take the vector on the JVM's stack for one that it can keep in a register. */
    abstract void fresh(CodeBuilder cb, int free);

    /** Whether operations are so much code that HotSpot stops inlining what surrounds them. */
    abstract boolean isLarge();

    private static final class Scalar extends Vectors {
        private static final ClassDesc OPS = Names.of(ScalarOps.class);

        Scalar() {
            super(Names.of(V128.class), Names.of(VectorRt.class), 'v');
        }

        @Override
        void emit(CodeBuilder cb, String name, int free, ClassDesc result, ClassDesc... operands) {
            cb.invokestatic(OPS, name, MethodTypeDesc.of(result, operands));
        }

        @Override
        void constant(CodeBuilder cb, long low, long high) {
            cb.loadConstant(low).loadConstant(high);
            cb.invokestatic(rt, "of", MethodTypeDesc.of(type, Names.LONG, Names.LONG));
        }

        @Override
        void shuffle(CodeBuilder cb, long low, long high, int free) {
            cb.loadConstant(low).loadConstant(high);
            cb.invokestatic(
                    OPS,
                    "i8x16_shuffle",
                    MethodTypeDesc.of(type, type, type, Names.LONG, Names.LONG));
        }

        @Override
        boolean isLarge() {
            return false;
        }

        @Override
        void fresh(CodeBuilder cb, int free) {
            // Records are taken apart wherever they come from.
        }
    }

    private static final class Jdk extends Vectors {
        Jdk() {
            super(VectorCode.BYTES, Names.of(VectorMoves.class), 'w');
        }

        @Override
        void emit(CodeBuilder cb, String name, int free, ClassDesc result, ClassDesc... operands) {
            var made = VectorCode.emit(cb, name, free, operands);
            if (!made.isPrimitive()) {
                VectorCode.convert(cb, made, VectorCode.BYTES);
            }
        }

        @Override
        void constant(CodeBuilder cb, long low, long high) {
            VectorCode.constant(cb, low, high);
        }

        @Override
        void shuffle(CodeBuilder cb, long low, long high, int free) {
            var made = VectorCode.shuffle(cb, low, high, free, type, type);
            VectorCode.convert(cb, made, VectorCode.BYTES);
        }

        @Override
        boolean isLarge() {
            return true;
        }

        @Override
        void fresh(CodeBuilder cb, int free) {
            emit(cb, "fresh", free, type, type);
        }
    }
}
