// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.aotc.obj;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A relocatable ELF object of 64 bits, little-endian (System V ABI, chapter 4), for x86-64 or
 * 64-bit Arm.
 */
public final class ElfObject {
    /** The machine that the code is for. */
    public enum Machine {
        X86_64(62),
        AARCH64(183);

        private final int number;

        Machine(int number) {
            this.number = number;
        }
    }

    /**
     * A section.
     *
     * @param bytes its contents; empty when it has none in the file
     * @param size how long it is in memory
     */
    public record Section(
            String name,
            int type,
            long flags,
            int offset,
            byte[] bytes,
            long size,
            long alignment,
            List<Relocation> relocations) {
        /** Whether it is there when the code runs. */
        public boolean isAllocated() {
            return (flags & SHF_ALLOC) != 0;
        }

        /** Whether it holds code. */
        public boolean isCode() {
            return (flags & SHF_EXECINSTR) != 0;
        }

        boolean isWritable() {
            return (flags & SHF_WRITE) != 0;
        }

        boolean isZeros() {
            return type == SHT_NOBITS;
        }
    }

    /**
     * A symbol.
     *
     * @param section the index of its section, or 0 when it is defined elsewhere
     */
    public record Symbol(String name, int section, long value, long size, int kind, int binding) {
        /** Whether it stands for a function. */
        public boolean isFunction() {
            return kind == STT_FUNC;
        }

        /** Whether other objects may refer to it. */
        public boolean isGlobal() {
            return binding != 0;
        }
    }

    /** A place in a section that depends on where a symbol is. */
    public record Relocation(long offset, int type, int symbol, long addend) {}

    private static final int EHDR_SIZE = 64;
    private static final int SHDR_SIZE = 64;
    private static final int SYM_SIZE = 24;
    private static final int RELA_SIZE = 24;
    private static final int ET_REL = 1;
    private static final int SHT_SYMTAB = 2;
    private static final int SHT_RELA = 4;
    private static final int SHT_NOBITS = 8;
    private static final int SHT_REL = 9;
    private static final int SHF_WRITE = 1;
    private static final int SHF_ALLOC = 2;
    private static final int SHF_EXECINSTR = 4;
    private static final int STT_FUNC = 2;
    private static final int SHN_XINDEX = 0xFFFF;

    private final ByteBuffer file;
    private final Machine machine;
    private final List<Section> sections = new ArrayList<>();
    private final List<Symbol> symbols = new ArrayList<>();

    private ElfObject(byte[] bytes) {
        this.file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length < EHDR_SIZE
                || file.getInt(0) != 0x464C_457F
                || file.get(4) != 2
                || file.get(5) != 1
                || file.getShort(16) != ET_REL) {
            throw new ObjectException("not a relocatable ELF object of 64 bits, little-endian");
        }
        this.machine = machine(file.getShort(18));
        long headers = file.getLong(40);
        int count = file.getShort(60) & 0xFFFF;
        int names = file.getShort(62) & 0xFFFF;
        if (count == 0) {
            // More sections than the field can say.
            count = (int) file.getLong(at(headers, SHDR_SIZE) + 32);
        }
        if (names == SHN_XINDEX) {
            names = file.getInt(at(headers, SHDR_SIZE) + 40);
        }
        at(headers, (long) count * SHDR_SIZE);
        int first = (int) headers;
        for (int i = 0; i < count; i++) {
            sections.add(section(first + i * SHDR_SIZE, first + names * SHDR_SIZE));
        }
        for (int i = 0; i < count; i++) {
            if (sections.get(i).type == SHT_SYMTAB) {
                readSymbols(i, first);
            }
        }
        for (int i = 0; i < count; i++) {
            readRelocations(i, first + i * SHDR_SIZE);
        }
    }

    /**
     * Reads an object.
     *
     * @throws ObjectException when it is not well-formed
     */
    public static ElfObject parse(byte[] bytes) {
        try {
            return new ElfObject(bytes);
        } catch (IndexOutOfBoundsException e) {
            throw new ObjectException(
                    "an ELF object refers to what is not in it: " + e.getMessage());
        }
    }

    private static Machine machine(int number) {
        for (var known : Machine.values()) {
            if (known.number == number) {
                return known;
            }
        }
        throw new ObjectException("an object for another machine: number " + number);
    }

    public Machine machine() {
        return machine;
    }

    /** By their indices. */
    public List<Section> sections() {
        return sections;
    }

    /** By their indices. */
    public List<Symbol> symbols() {
        return symbols;
    }

    /** Checks a range of the file; gives where it begins. */
    private int at(long offset, long length) {
        if (offset < 0 || length < 0 || offset > file.limit() || length > file.limit() - offset) {
            throw new ObjectException(
                    "an ELF object of "
                            + file.limit()
                            + " bytes refers to "
                            + length
                            + " bytes at "
                            + offset);
        }
        return (int) offset;
    }

    private Section section(int header, int names) {
        int type = file.getInt(header + 4);
        long size = file.getLong(header + 32);
        if (size < 0) {
            throw new ObjectException("a section of more bytes than there can be");
        }
        var bytes = new byte[0];
        int offset = 0;
        if (type != SHT_NOBITS && size > 0) {
            offset = at(file.getLong(header + 24), size);
            bytes = new byte[(int) size];
            file.get(offset, bytes);
        }
        return new Section(
                string(file.getLong(names + 24), file.getInt(header)),
                type,
                file.getLong(header + 8),
                offset,
                bytes,
                size,
                Math.max(1, file.getLong(header + 48)),
                new ArrayList<>());
    }

    private String string(long table, int offset) {
        int from = at(table + offset, 1);
        int to = from;
        while (file.get(to) != 0) {
            to++;
        }
        var bytes = new byte[to - from];
        file.get(from, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private void readSymbols(int index, int headers) {
        var table = sections.get(index);
        long names =
                file.getLong(
                        headers + file.getInt(headers + index * SHDR_SIZE + 40) * SHDR_SIZE + 24);
        for (int at = 0; at + SYM_SIZE <= table.bytes.length; at += SYM_SIZE) {
            int place = table.offset + at;
            int section = file.getShort(place + 6) & 0xFFFF;
            if (section == SHN_XINDEX) {
                throw new ObjectException("an object with more than 65,279 sections");
            }
            symbols.add(
                    new Symbol(
                            string(names, file.getInt(place)),
                            section,
                            file.getLong(place + 8),
                            file.getLong(place + 16),
                            file.get(place + 4) & 0xF,
                            file.get(place + 4) >> 4 & 0xF));
        }
    }

    private void readRelocations(int index, int header) {
        var table = sections.get(index);
        if (table.type == SHT_REL) {
            throw new ObjectException("relocations without addends");
        }
        if (table.type != SHT_RELA) {
            return;
        }
        var target = sections.get(file.getInt(header + 44));
        for (int at = 0; at + RELA_SIZE <= table.bytes.length; at += RELA_SIZE) {
            int place = table.offset + at;
            long info = file.getLong(place + 8);
            int symbol = (int) (info >>> 32);
            if (symbol < 0 || symbol >= symbols.size()) {
                throw new ObjectException("a relocation by a symbol that is not there: " + symbol);
            }
            target.relocations.add(
                    new Relocation(
                            file.getLong(place), (int) info, symbol, file.getLong(place + 16)));
        }
    }
}
