// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The annotation processor for host modules: it checks classes with {@code @HostModule} when they
 * are compiled, and generates what defines their functions in a linker.
 */
module io.nacelle.processor {
    requires transitive java.compiler;

    exports io.nacelle.processor;

    provides javax.annotation.processing.Processor with
            io.nacelle.processor.HostModuleProcessor;
}
