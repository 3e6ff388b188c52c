// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;

/**
 * Standard output that ends the command when it cannot be written. A {@link PrintStream} by itself
 * would drop what is printed without a word, and the command would end as if all were well.
 *
 * <p>Not closed: the descriptor belongs to the process.
 */
final class StandardOutput extends OutputStream {
    private static final Path NAME = Path.of("standard output");
    private static final String BROKEN_PIPE = "Broken pipe";

    private final OutputStream out = new FileOutputStream(FileDescriptor.out);

    /** Lets {@link System#out} print to it. */
    static void install() {
        System.setOut(new PrintStream(new StandardOutput(), true, System.out.charset()));
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            throw BROKEN_PIPE.equals(e.getMessage())
                    ? new Failure(ExitCode.BROKEN_PIPE, "")
                    : ModuleFile.unreadable(NAME, e);
        }
    }
}
