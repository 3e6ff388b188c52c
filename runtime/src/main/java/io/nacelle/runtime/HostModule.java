// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.runtime;

import io.nacelle.wasm.syntax.AddrType;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a class whose methods with {@link WasmFunction} guests may import. The annotation processor
 * {@code io.nacelle.processor} checks it when it is compiled, and generates a class {@code
 * NAME_Module} beside it with a method {@code define(Linker, NAME)}.
 */
@Documented
@Retention(RetentionPolicy.SOURCE)
@Target(ElementType.TYPE)
public @interface HostModule {
    /** The name that guests import from. */
    String value();

    /** What the memory that strings and views are in is exported as by the guest that calls. */
    String memory() default "memory";

    /** The type of pointers and lengths; i64 for guests with 64-bit memories. */
    AddrType addresses() default AddrType.I32;
}
