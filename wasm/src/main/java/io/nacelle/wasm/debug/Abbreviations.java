// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.debug;

import java.util.HashMap;
import java.util.Map;

/** The forms of a unit's entries (DWARF 5, section 7.5.3), read as far as they are asked for. */
final class Abbreviations {
    /** Units with more forms than this are not read on. */
    private static final int MOST_FORMS = 1 << 17;

    private final DwarfSection section;
    private final DwarfReader in;
    private final Map<Long, Form> known = new HashMap<>();

    /**
     * The form of an entry.
     *
     * @param attributes where pairs of attribute and form begin
     */
    record Form(int tag, boolean hasChildren, long attributes) {}

    Abbreviations(DwarfSection section, long offset) {
        this.section = section;
        this.in = new DwarfReader(section, offset);
    }

    DwarfReader attributes(Form form) {
        return new DwarfReader(section, form.attributes());
    }

    Form form(long code) {
        var found = known.get(code);
        while (found == null) {
            long next = in.uleb();
            if (next == 0 || known.size() == MOST_FORMS) {
                throw DwarfReader.malformed();
            }
            int tag = (int) in.uleb();
            boolean hasChildren = in.u8() != 0;
            var form = new Form(tag, hasChildren, in.at());
            while (true) {
                long attribute = in.uleb();
                long how = in.uleb();
                if (how == DwarfForm.IMPLICIT_CONST) {
                    in.sleb();
                }
                if (attribute == 0 && how == 0) {
                    break;
                }
            }
            known.putIfAbsent(next, form);
            found = next == code ? form : null;
        }
        return found;
    }
}
