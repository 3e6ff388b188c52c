// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import io.nacelle.wasi.Access;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * A directory given to the guest, as written after {@code --dir}: {@code HOST[::GUEST][::ro]}.
 *
 * @param host the directory
 * @param guest the path under which the guest finds it
 */
record DirectoryGrant(Path host, String guest, Access access) {
    private static final String SEPARATOR = "::";

    /**
     * Reads what is written.
     *
     * @throws IllegalArgumentException when it is not as it should be
     */
    static DirectoryGrant parse(String text) {
        var rest = text;
        var access = Access.READ_WRITE;
        if (rest.endsWith(SEPARATOR + "ro")) {
            rest = rest.substring(0, rest.length() - (SEPARATOR + "ro").length());
            access = Access.READ_ONLY;
        }
        int at = rest.indexOf(SEPARATOR);
        var host = at < 0 ? rest : rest.substring(0, at);
        var guest = at < 0 ? rest : rest.substring(at + SEPARATOR.length());
        // A third part that is not "ro" is a slip of the pen; what it meant to forbid stays
        // forbidden.
        if (host.isEmpty() || guest.isEmpty() || guest.contains(SEPARATOR)) {
            throw new IllegalArgumentException("'" + text + "' is not HOST[::GUEST][::ro]");
        }
        try {
            return new DirectoryGrant(Path.of(host), guest, access);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + host + "' is no path: " + e.getReason());
        }
    }

    static final class Converter implements ITypeConverter<DirectoryGrant> {
        @Override
        public DirectoryGrant convert(String text) {
            try {
                return parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
