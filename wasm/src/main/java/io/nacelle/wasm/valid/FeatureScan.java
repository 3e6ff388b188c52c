// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.valid;

import io.nacelle.wasm.binary.InstrReader;
import io.nacelle.wasm.binary.NameSection;
import io.nacelle.wasm.syntax.Elem;
import io.nacelle.wasm.syntax.ExternType;
import io.nacelle.wasm.syntax.Feature;
import io.nacelle.wasm.syntax.GlobalType;
import io.nacelle.wasm.syntax.Names;
import io.nacelle.wasm.syntax.Opcode;
import io.nacelle.wasm.syntax.Span;
import io.nacelle.wasm.syntax.WasmModule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Finds out which features a module uses, valid or not. */
public final class FeatureScan extends FeatureRules {
    /**
     * Where a feature is used.
     *
     * @param construct what needs it: an instruction, a type, or a few words
     * @param place where in the module it comes first, declarations before code
     */
    public record Use(String construct, String place) {}

    private static final Supplier<String> NOWHERE = () -> "";

    private final WasmModule module;
    private final Map<Feature, Use> uses = new EnumMap<>(Feature.class);
    private final List<Either> either = new ArrayList<>();
    private final Set<Opcode> seen = EnumSet.noneOf(Opcode.class);
    private Supplier<String> place = NOWHERE;
    private Names names;

    /** Something that either of two features allows: which one is told by the rest. */
    private record Either(Feature feature, Feature other, Use use) {}

    private FeatureScan(WasmModule module) {
        this.module = module;
    }

    /**
     * The features that a module uses beyond the first version of the standard, each with the first
     * use. All code is read, none is validated.
     *
     * @throws io.nacelle.wasm.syntax.MalformedException when the code cannot be decoded
     */
    public static Map<Feature, Use> of(WasmModule module) {
        var scan = new FeatureScan(module);
        scan.declarations(module);
        scan.constants();
        scan.bodies();
        return scan.result();
    }

    private Map<Feature, Use> result() {
        for (var e : either) {
            if (!uses.containsKey(e.feature) && !uses.containsKey(e.other)) {
                uses.put(e.feature, e.use);
            }
        }
        return Collections.unmodifiableMap(uses);
    }

    @Override
    void at(Supplier<String> where) {
        place = where;
    }

    @Override
    void bound(long bound) {
        // Beyond 32 bits it is of a module that is invalid with any features.
    }

    @Override
    void need(Feature feature, Object construct) {
        if (feature != Feature.WASM1 && !uses.containsKey(feature)) {
            uses.put(feature, use(construct));
        }
    }

    @Override
    void needOne(Feature feature, Feature other, Object construct) {
        if (either.stream().noneMatch(e -> e.feature == feature)) {
            either.add(new Either(feature, other, use(construct)));
        }
    }

    private Use use(Object construct) {
        return new Use(construct.toString(), place.get());
    }

    private void constants() {
        int index = module.imports(GlobalType.class).size();
        for (var global : module.globals()) {
            int at = index++;
            constant(global.init(), () -> "in global " + at);
        }
        for (var table : module.tables()) {
            table.init().ifPresent(init -> constant(init, () -> "in a table"));
        }
        for (int i = 0; i < module.elems().size(); i++) {
            int at = i;
            var elem = module.elems().get(i);
            if (elem.mode() instanceof Elem.Active active) {
                constant(active.offset(), () -> "in elem segment " + at);
            }
            if (elem.init() instanceof Elem.Exprs exprs) {
                exprs.exprs().forEach(e -> constant(e, () -> "in elem segment " + at));
            }
        }
        for (int i = 0; i < module.datas().size(); i++) {
            int at = i;
            if (module.datas().get(i).mode() instanceof io.nacelle.wasm.syntax.Data.Active active) {
                constant(active.offset(), () -> "in data segment " + at);
            }
        }
    }

    private void constant(Span expr, Supplier<String> where) {
        at(where);
        int importedGlobals = module.imports(GlobalType.class).size();
        var in = new InstrReader(module.source().window(expr));
        while (!in.atEnd()) {
            in.next();
            constant(in, importedGlobals);
            instruction(in);
        }
    }

    private void bodies() {
        int index = module.imports(ExternType.Func.class).size();
        for (var func : module.funcs()) {
            int at = index++;
            at(() -> "in " + describe(at));
            var in = new InstrReader(module.source().window(func.code()));
            in.readLocals((_, type) -> type(type));
            while (!in.atEnd()) {
                in.next();
                instruction(in);
            }
        }
    }

    private void instruction(InstrReader in) {
        if (seen.add(in.op())) {
            instruction(in.op());
        }
        immediates(in);
    }

    private String describe(int func) {
        if (names == null) {
            names = NameSection.read(module);
        }
        var name = names.funcs().get(func);
        return "function " + func + (name == null ? "" : " $" + ModuleContext.shown(name));
    }
}
