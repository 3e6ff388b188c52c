// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.debug;

import java.util.Optional;

/**
 * The header of a line number program (DWARF 5, section 6.2.4). The tables of directories and files
 * are read when a name is wanted.
 *
 * @param start where the unit begins
 * @param program where the program begins
 * @param end where the unit ends
 * @param tables where the tables of directories and files begin
 */
record LineHeader(
        DwarfSection lines,
        DwarfSection strings,
        DwarfSection lineStrings,
        long start,
        long program,
        long end,
        int version,
        int offsetSize,
        int instructionLength,
        int lineBase,
        int lineRange,
        int opcodeBase,
        long operandCounts,
        long tables) {
    /** Names of files are not looked for in longer tables. */
    private static final int LONGEST_TABLES = 4 << 20;

    private static final int CONTENT_PATH = 1;
    private static final int CONTENT_DIRECTORY = 2;

    static LineHeader read(
            DwarfSection lines, long start, DwarfSection strings, DwarfSection lineStrings) {
        var in = new DwarfReader(lines, start);
        long length = in.u32();
        int offsetSize = 4;
        if (length == 0xFFFF_FFFFL) {
            length = in.fixed(8);
            offsetSize = 8;
        }
        long end = in.at() + length;
        if (length < 0 || end > lines.length()) {
            throw DwarfReader.malformed();
        }
        int version = in.u16();
        if (version < 2 || version > 5) {
            throw DwarfReader.malformed();
        }
        if (version >= 5) {
            in.skip(2);
        }
        long headerLength = in.fixed(offsetSize);
        long program = in.at() + headerLength;
        if (headerLength < 0 || program > end) {
            throw DwarfReader.malformed();
        }
        int instructionLength = in.u8();
        if (version >= 4) {
            in.skip(1);
        }
        in.skip(1);
        int lineBase = (byte) in.u8();
        int lineRange = in.u8();
        int opcodeBase = in.u8();
        if (lineRange == 0 || opcodeBase == 0) {
            throw DwarfReader.malformed();
        }
        long operandCounts = in.at();
        in.skip(opcodeBase - 1);
        return new LineHeader(
                lines,
                strings,
                lineStrings,
                start,
                program,
                end,
                version,
                offsetSize,
                instructionLength,
                lineBase,
                lineRange,
                opcodeBase,
                operandCounts,
                in.at());
    }

    /** How many operands an opcode has that the standard does not know. */
    int operands(int opcode) {
        return lines.byteAt(operandCounts + opcode - 1) & 0xFF;
    }

    /** The path of a file, as far as the table and a directory to start from tell. */
    Optional<String> path(long file, String directory) {
        if (program - tables > LONGEST_TABLES) {
            return Optional.empty();
        }
        var in = new DwarfReader(lines, tables, program);
        return version >= 5 ? path5(in, file, directory) : path2(in, file, directory);
    }

    private Optional<String> path2(DwarfReader in, long file, String directory) {
        long directories = in.at();
        while (skippedString(in)) {
            // The directories; they are looked at again when it is known which one is wanted.
        }
        for (long i = 1; ; i++) {
            var name = in.string();
            if (name.isEmpty()) {
                return Optional.empty();
            }
            long index = in.uleb();
            in.uleb();
            in.uleb();
            if (i == file) {
                return Optional.of(join(directory, join(directory2(directories, index), name)));
            }
        }
    }

    private static boolean skippedString(DwarfReader in) {
        long before = in.at();
        in.skipString();
        return in.at() > before + 1;
    }

    private String directory2(long directories, long index) {
        var in = new DwarfReader(lines, directories, program);
        for (long i = 1; i <= index; i++) {
            var name = in.string();
            if (i == index || name.isEmpty()) {
                return name;
            }
        }
        return "";
    }

    private Optional<String> path5(DwarfReader in, long file, String directory) {
        long directories = in.at();
        skipTable(in);
        var entry = entry(in, file);
        if (entry == null) {
            return Optional.empty();
        }
        // The first directory is that of the compilation, which the others are relative to.
        var base = entry(new DwarfReader(lines, directories, program), 0);
        var root = base == null ? directory : base.path;
        var under =
                entry.directory == 0
                        ? null
                        : entry(new DwarfReader(lines, directories, program), entry.directory);
        return Optional.of(join(root, join(under == null ? "" : under.path, entry.path)));
    }

    private record Entry(String path, long directory) {}

    private void skipTable(DwarfReader in) {
        entry(in, -1);
    }

    /** An entry of a table that describes its own form, or null when it has none of that number. */
    private Entry entry(DwarfReader in, long index) {
        int formats = in.u8();
        var types = new long[formats];
        var forms = new long[formats];
        for (int i = 0; i < formats; i++) {
            types[i] = in.uleb();
            forms[i] = in.uleb();
        }
        long count = in.uleb();
        if (formats == 0) {
            return null;
        }
        for (long i = 0; Long.compareUnsigned(i, count) < 0; i++) {
            long before = in.at();
            var path = "";
            long directory = 0;
            for (int j = 0; j < formats; j++) {
                if (types[j] == CONTENT_PATH && i == index) {
                    path = string(in, forms[j]);
                } else if (types[j] == CONTENT_DIRECTORY && i == index) {
                    directory = number(in, forms[j]);
                } else {
                    DwarfForm.skip(in, (int) forms[j], offsetSize, 4, version);
                }
            }
            if (i == index) {
                return new Entry(path, directory);
            }
            if (in.at() == before) {
                // Entries that take no bytes could be any number of them.
                throw DwarfReader.malformed();
            }
        }
        return null;
    }

    private String string(DwarfReader in, long form) {
        return switch ((int) form) {
            case DwarfForm.STRING -> in.string();
            case DwarfForm.LINE_STRP -> lineStrings.string(in.fixed(offsetSize));
            case DwarfForm.STRP -> strings.string(in.fixed(offsetSize));
            default -> throw DwarfReader.malformed();
        };
    }

    private static long number(DwarfReader in, long form) {
        return switch ((int) form) {
            case DwarfForm.DATA1 -> in.u8();
            case DwarfForm.DATA2 -> in.u16();
            case DwarfForm.DATA4 -> in.u32();
            case DwarfForm.UDATA -> in.uleb();
            default -> throw DwarfReader.malformed();
        };
    }

    private static String join(String directory, String path) {
        boolean whole =
                path.startsWith("/")
                        || path.startsWith("\\")
                        || path.length() > 1 && path.charAt(1) == ':';
        if (directory.isEmpty() || whole) {
            return path;
        }
        int from = 0;
        while (path.startsWith("./", from)) {
            from += 2;
        }
        var rest = path.substring(from);
        if (rest.isEmpty() || rest.equals(".")) {
            return directory;
        }
        return directory.endsWith("/") ? directory + rest : directory + "/" + rest;
    }
}
