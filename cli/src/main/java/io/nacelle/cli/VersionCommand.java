// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;

import java.io.IOException;
import java.util.Properties;
import java.util.concurrent.Callable;

/** Prints the version of Nacelle and of the Java that runs it. */
@Command(name = "version", description = "Print the version.")
final class VersionCommand implements Callable<Integer> {
    @Mixin private Help help;

    @Override
    public Integer call() throws IOException {
        for (var line : new Provider().getVersion()) {
            System.out.println(line);
        }
        return ExitCode.OK;
    }

    static final class Provider implements IVersionProvider {
        @Override
        public String[] getVersion() throws IOException {
            var properties = new Properties();
            try (var in = VersionCommand.class.getResourceAsStream("version.properties")) {
                properties.load(in);
            }
            return new String[] {
                "nacelle " + properties.getProperty("version"),
                "java " + Runtime.version() + " (" + System.getProperty("java.vm.name") + ")"
            };
        }
    }
}
