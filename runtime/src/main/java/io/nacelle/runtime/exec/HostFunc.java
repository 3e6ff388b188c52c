// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime.exec;

import io.nacelle.runtime.HostException;
import io.nacelle.runtime.HostFunction;
import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.RefType;

import java.util.Objects;

/** A function of the host. */
public final class HostFunc extends FuncImpl {
    private final HostFunction function;
    private final FuncType signature;
    private final int params;
    private final int results;
    private final boolean returnsRefs;

    HostFunc(StoreImpl store, DefType type, HostFunction function) {
        super(store, type);
        this.function = Objects.requireNonNull(function);
        this.signature = type.func();
        this.params = signature.params().size();
        this.results = signature.results().size();
        this.returnsRefs = signature.results().stream().anyMatch(RefType.class::isInstance);
    }

    @Override
    FuncImpl enter(Stack stack, int base) {
        var call = stack.pushHost(stack.takeCaller(), base, params, results);
        stack.passing = null;
        try {
            function.call(call);
            if (returnsRefs) {
                call.checkRefs(signature.results());
            }
            call.finish();
        } catch (ThrownException e) {
            if (e.tag.store != store) {
                // It may refer to functions of its store, so no guest of this one may catch it.
                throw new HostException(e);
            }
            throw thrown(stack, e);
        } catch (RuntimeException e) {
            throw thrown(stack, e);
        } catch (Exception e) {
            throw new HostException(e);
        } finally {
            stack.passing = null;
            stack.popHost(call);
        }
        return null;
    }

    private static RuntimeException thrown(Stack stack, RuntimeException e) {
        if (stack.passing != e) {
            Backtrace.begin(e);
        }
        return e;
    }
}
