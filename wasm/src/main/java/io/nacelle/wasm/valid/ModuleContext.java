// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.valid;

import io.nacelle.wasm.binary.NameSection;
import io.nacelle.wasm.syntax.AddrType;
import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.ExternType;
import io.nacelle.wasm.syntax.Feature;
import io.nacelle.wasm.syntax.GlobalType;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.Names;
import io.nacelle.wasm.syntax.Opcode;
import io.nacelle.wasm.syntax.Substitution;
import io.nacelle.wasm.syntax.TableType;
import io.nacelle.wasm.syntax.WasmModule;

import java.util.BitSet;
import java.util.Set;

/**
 * What the rules for code ask of a module (spec 3.1.1): the index spaces, imports first, with types
 * as numbers. The validator fills it section by section; it does not change any more when the first
 * body is looked at, and is thread-safe from then on.
 */
final class ModuleContext {
    private static final int[] NONE = {};

    /** Names in messages are cut to this many characters. */
    private static final int MAX_SHOWN = 100;

    final WasmModule module;
    final TypeSpace types = new TypeSpace();

    /** The rule for each opcode, by ordinal; opcodes of features that are off have none. */
    final byte[] rules;

    final Set<Feature> features;
    final boolean customDescriptors;

    /** Type indices of functions. */
    int[] funcs = NONE;

    /** For the type of a reference to each function: whether it is known exactly. */
    final BitSet exactFuncs = new BitSet();

    /** Functions that {@code ref.func} may name in bodies (spec: C.refs). */
    final BitSet declaredFuncs = new BitSet();

    int importedFuncs;

    TableType[] tables;
    int[] tableElems = NONE;

    /** The kind of a table's or memory's addresses: that of its address type. */
    int[] tableAddrs = NONE;

    int importedTables;

    MemType[] memories;
    int[] memoryAddrs = NONE;
    int importedMemories;

    GlobalType[] globals;
    int[] globalTypes = NONE;
    boolean[] globalMutable = {};

    /** How many globals a constant expression can see yet; all of them when bodies are checked. */
    int visibleGlobals;

    int importedGlobals;

    /** Type indices of tags. */
    int[] tags = NONE;

    int importedTags;

    int[] elems = NONE;

    private volatile Names names;

    ModuleContext(WasmModule module, Set<Feature> features) {
        this.module = module;
        this.features = features;
        this.rules = Rules.of(features);
        this.customDescriptors = features.contains(Feature.CUSTOM_DESCRIPTORS);
    }

    /** The type of a reference to a function. */
    int funcRef(int func) {
        int type = TypeBits.toType(types.info(funcs[func]).canonical);
        return exactFuncs.get(func) ? type | TypeBits.EXACT : type;
    }

    DefType funcType(int func) {
        return types.def(funcs[func]);
    }

    ExternType close(ExternType type) {
        return Substitution.apply(type, types::close);
    }

    static int addrKind(AddrType addr) {
        return addr == AddrType.I32 ? ValueKind.I32 : ValueKind.I64;
    }

    /** The module's names, read when the first is needed: for an error, for a trace. */
    Names names() {
        var known = names;
        if (known == null) {
            known = NameSection.read(module);
            names = known;
        }
        return known;
    }

    /** "function 12 $name"; the name is the module's own claim, and is cut where it is long. */
    String describeFunc(int func) {
        var name = names().funcs().get(func);
        return "function " + func + (name == null ? "" : " $" + shown(name));
    }

    /** A name from the module as messages show it. */
    static String shown(String name) {
        var text = name.length() > MAX_SHOWN ? name.substring(0, MAX_SHOWN) + "…" : name;
        return text.chars().anyMatch(Character::isISOControl)
                ? text.replaceAll("\\p{Cc}", "?")
                : text;
    }

    byte rule(Opcode op) {
        return rules[op.ordinal()];
    }
}
