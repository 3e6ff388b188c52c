// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.HostException;
import io.nacelle.runtime.HostFunction;
import io.nacelle.runtime.code.HostThrow;
import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.RefType;

import java.util.Objects;

/** A function of the host. */
public final class HostFunc extends FuncImpl {
    final HostFunction function;
    final int params;
    final int results;

    /** The slots of arguments or results. */
    final int slots;

    final boolean returnsRefs;

    /** The frame of calls from compiled code that does not know the function before. */
    private PlainCall plain;

    private final FuncType signature;

    HostFunc(StoreImpl store, DefType type, HostFunction function) {
        super(store, type);
        this.function = Objects.requireNonNull(function);
        this.signature = type.func();
        this.params = signature.params().size();
        this.results = signature.results().size();
        this.slots = Math.max(params, results);
        this.returnsRefs = signature.results().stream().anyMatch(RefType.class::isInstance);
    }

    PlainCall plain(WasmFunc caller) {
        if (plain == null) {
            plain = new PlainCall(this, caller);
        }
        return plain;
    }

    @Override
    FuncImpl enter(Stack stack, int base) {
        var call = stack.pushHost(stack.takeCaller(), base, params, results);
        try {
            function.call(call);
            if (returnsRefs) {
                call.checkRefs(signature.results());
            }
            call.finish();
        } catch (Throwable e) {
            throw HostFunc.<RuntimeException>unchecked(seen(stack, e));
        } finally {
            stack.popHost(call);
        }
        return null;
    }

    /** What the guest sees when a function of the host that it called has thrown an exception. */
    static Throwable seen(Stack stack, Throwable e) {
        return switch (e) {
            // It may refer to functions of its store, so no guest of this one may catch it.
            case ThrownException thrown when thrown.tag.store != stack.store ->
                    new HostException(thrown);
            case RuntimeException own -> {
                if (stack.passing != own) {
                    Backtrace.begin(own);
                }
                yield own;
            }
            case Exception checked -> new HostException(checked);
            default -> e;
        };
    }

    /** The same for compiled code; throws what is not for guests to see. */
    static RuntimeException failed(Stack stack, Throwable e) {
        var seen = seen(stack, e);
        if (seen instanceof RuntimeException own) {
            return HostThrow.arrived(own);
        }
        throw HostFunc.<RuntimeException>unchecked(seen);
    }

    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E unchecked(Throwable e) throws E {
        throw (E) e;
    }
}
