// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.runtime.code.Origin;
import io.nacelle.runtime.code.PrecompiledCode;
import io.nacelle.runtime.code.Rt;
import io.nacelle.runtime.exec.CodeAccess;
import io.nacelle.runtime.exec.EngineImpl;
import io.nacelle.runtime.exec.InstanceImpl;
import io.nacelle.runtime.exec.ModuleImpl;
import io.nacelle.wasm.binary.BinaryDecoder;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.valid.Parallelism;
import io.nacelle.wasm.valid.Validator;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.util.Objects;

/**
 * Code that was compiled from a module when a program was built, by {@code nacelle compile}. The
 * classes made there call this; programs call those.
 *
 * <p>Instances in modes {@link Mode#JIT} and {@link Mode#AUTO} run in the code, whether a compiler
 * is there or not. It fits only engines that count fuel, or do not, and ask for determinism, or do
 * not, as they did when it was compiled, and the kind of store that it was compiled for;
 * instantiation in anything else fails with {@link IllegalStateException}. In modes {@link
 * Mode#CLASSIC} and {@link Mode#FAST} the module is interpreted as any other, and all of that does
 * not matter.
 *
 * <p>Immutable and thread-safe.
 */
public final class Precompiled {
    private final String name;
    private final Origin origin;

    private Precompiled(String name, Origin origin) {
        this.name = name;
        this.origin = origin;
    }

    /** Finds the compiled functions of a module: generated. */
    public interface Functions {
        /** The code of a function that the module defines, by its index. */
        Object function(int index);

        /** What the code is made for as long as it holds. */
        Object assumptions();
    }

    /**
     * Lets a module with compiled classes reach what they are compiled against, which is the
     * runtime's inside and not exported otherwise.
     *
     * @param lookup the full-privilege lookup of a class of that module, which only code of the
     *     module itself can have made
     * @param origin what the compiler has noted
     * @throws IllegalArgumentException when the lookup has not all privileges
     * @throws IllegalStateException when the classes were compiled by another version of nacelle
     */
    public static Precompiled open(MethodHandles.Lookup lookup, String origin) {
        if (!lookup.hasFullPrivilegeAccess()) {
            throw new IllegalArgumentException("a lookup without full privileges: " + lookup);
        }
        var name = lookup.lookupClass().getName();
        var known = Origin.parse(name, origin);
        Rt.initialise();
        CodeAccess.grant(lookup.lookupClass().getModule());
        return new Precompiled(name, known);
    }

    /**
     * Loads the module that the classes were compiled from, with them as its code.
     *
     * @param bytes the module; null when it is not there. It is read and closed
     * @throws IllegalStateException when it is not the module that the classes were compiled from
     * @throws io.nacelle.wasm.syntax.WasmException when it uses features that the engine does not
     *     allow
     */
    public Module load(Engine engine, InputStream bytes, Functions functions) {
        Objects.requireNonNull(engine);
        Objects.requireNonNull(functions);
        byte[] content = read(bytes);
        if (!Origin.sha256(content).equals(origin.sha256())) {
            throw new IllegalStateException(
                    "the module beside " + name + " is not the one that it was compiled from");
        }
        var syntax = BinaryDecoder.decode(ByteSource.of(content));
        var valid = Validator.validate(syntax, engine.config().features(), Parallelism.NONE);
        return new ModuleImpl(
                (EngineImpl) engine,
                valid,
                module -> new PrecompiledCode(module, name, origin, functions));
    }

    private byte[] read(InputStream bytes) {
        if (bytes == null) {
            throw new IllegalStateException("the module of " + name + " is not beside it");
        }
        try (bytes) {
            return bytes.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("the module of " + name + " cannot be read", e);
        }
    }

    /**
     * Looks whether an instance is one of a module that was loaded with these functions.
     *
     * @throws IllegalArgumentException when it is not
     */
    public static void requireInstance(Instance instance, Class<? extends Functions> functions) {
        var code = ((InstanceImpl) instance).module.precompiled;
        if (code == null || !code.isOf(functions)) {
            throw new IllegalArgumentException(
                    "the instance is not of the module that "
                            + functions.getPackageName()
                            + " was compiled from");
        }
    }
}
