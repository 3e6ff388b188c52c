// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

package io.nacelle.jit.vector;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LabelTarget;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.constant.ClassDesc;
import java.util.HashMap;
import java.util.Map;

/** One copy of a {@link Body} in other code. */
final class Expansion {
    private final CodeBuilder cb;
    private final Body body;
    private final int free;
    private final Map<Label, Label> labels = new HashMap<>();
    private final Label end;

    /**
     * @param free the first variable that is not in use
     */
    Expansion(CodeBuilder cb, Body body, int free) {
        this.cb = cb;
        this.body = body;
        this.free = free;
        this.end = cb.newLabel();
    }

    /** Emits the code, whose operands of the given types are on the stack. */
    void emit(ClassDesc... operands) {
        var start = 0;
        for (var i = operands.length - 1; i >= 0; i--) {
            var wanted = body.type.parameterType(i);
            if (LaneTypes.isVector(wanted)) {
                VectorCode.convert(cb, operands[i], wanted);
            }
            if (i == 0 && body.takesFirstFromStack()) {
                start = 1;
            } else {
                cb.storeLocal(TypeKind.from(wanted), free + body.slot(i));
            }
        }
        for (var element : body.code.subList(start, body.code.size() - 1)) {
            copy(element);
        }
        cb.labelBinding(end);
    }

    private void copy(CodeElement element) {
        switch (element) {
            case LoadInstruction load -> cb.loadLocal(load.typeKind(), free + load.slot());
            case StoreInstruction store -> cb.storeLocal(store.typeKind(), free + store.slot());
            case BranchInstruction branch -> cb.branch(branch.opcode(), label(branch.target()));
            case LabelTarget target -> cb.labelBinding(label(target.label()));
            // The last one is not copied: it is where the code goes on.
            case ReturnInstruction _ -> cb.goto_(end);
            case InvokeInstruction call -> call(call);
            default -> cb.with(element);
        }
    }

    private Label label(Label of) {
        return labels.computeIfAbsent(of, _ -> cb.newLabel());
    }

    private void call(InvokeInstruction call) {
        var inner = Body.called(call);
        if (inner != null) {
            new Expansion(cb, inner, free + body.variables).emit(inner.type.parameterArray());
        } else if (call.owner().asSymbol().equals(VectorCode.BYTES)
                && !body.lanes.equals(VectorCode.BYTES)) {
            cb.invokevirtual(
                    body.lanes,
                    call.name().stringValue(),
                    call.typeSymbol().changeReturnType(body.lanes));
        } else {
            cb.with(call);
        }
    }
}
