// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.valid;

import io.nacelle.wasm.binary.InstrReader;
import io.nacelle.wasm.syntax.BlockType;
import io.nacelle.wasm.syntax.CatchClause;
import io.nacelle.wasm.syntax.MalformedException;
import io.nacelle.wasm.syntax.Opcode;
import io.nacelle.wasm.syntax.Span;
import io.nacelle.wasm.syntax.ValType;

import java.util.Objects;

/**
 * Validates function bodies (spec 3.4), one after another, and lets a {@link CodeVisitor} follow.
 * What a visitor can ask is what engines need and would otherwise compute again: the kinds of the
 * operands, the open frames, whether code can be reached.
 *
 * <p>Stack positions count from the bottom, labels from the innermost frame. The function's own
 * frame is the outermost: label {@code depth() - 1}.
 *
 * <p>Not thread-safe; one thread can use it for any number of functions of its module.
 */
public final class FuncValidator extends FrameStack {
    private static final int[] NO_TYPES = {};
    private static final int[][] ONE_TYPE = new int[ValueKind.V128 + 1][];

    static {
        for (int kind = 0; kind < ONE_TYPE.length; kind++) {
            ONE_TYPE[kind] = new int[] {kind};
        }
    }

    private final ValidModule module;
    private final byte[] rules;
    private final FeatureGate gate;
    private final ReferenceRules references = new ReferenceRules(this);
    private final BulkRules bulk = new BulkRules(this);
    private final InstrReader.LocalsVisitor localsVisitor = this::addDeclaredLocals;

    /** The function being validated, or -1 for a constant expression. */
    private int func = -1;

    /** What the constant expression belongs to, and its index. */
    private String constantOwner = "";

    private int constantIndex;

    public FuncValidator(ValidModule module) {
        this(module.context(), module);
    }

    FuncValidator(ModuleContext context, ValidModule module) {
        super(context);
        this.module = module;
        this.rules = context.rules;
        this.gate = new FeatureGate(context.features, (reason, _) -> invalid(reason));
    }

    /**
     * Validates one function.
     *
     * @param funcIndex an index of the whole index space, of a function that is not imported
     * @param visitor follows the walk; {@link CodeVisitor#NONE} for validation alone
     * @throws io.nacelle.wasm.syntax.InvalidException when the body breaks a rule
     * @throws MalformedException when it is no code at all
     */
    public void validate(int funcIndex, CodeVisitor visitor) {
        int defined = funcIndex - context.importedFuncs;
        Objects.checkIndex(defined, context.module.funcs().size());
        var code = context.module.funcs().get(defined).code();
        var reader = new InstrReader(context.module.source().window(code));
        reset(reader);
        func = funcIndex;
        var type = types.info(context.funcs[funcIndex]);
        setParams(type.params);
        try {
            reader.readLocals(localsVisitor);
            open(Opcode.BLOCK, NO_TYPES, type.results);
            if (visitor == CodeVisitor.NONE) {
                walk();
            } else {
                visitor.begin(this);
                walk(visitor);
                visitor.end(this);
            }
            if (!reader.atEnd()) {
                throw reader.malformed("section size mismatch: bytes after the function's end");
            }
        } catch (MalformedException e) {
            throw placed(e);
        }
    }

    private void addDeclaredLocals(int count, ValType type) {
        gate.type(type);
        long unknown = types.unknownType(type);
        if (unknown >= 0) {
            throw unknown("type", (int) unknown);
        }
        addLocals(count, types.encode(type));
    }

    private void walk() {
        var reader = in;
        do {
            if (reader.atEnd()) {
                throw reader.malformed("END opcode expected");
            }
            step(reader.next());
        } while (frames > 0);
    }

    private void walk(CodeVisitor visitor) {
        var reader = in;
        do {
            if (reader.atEnd()) {
                throw reader.malformed("END opcode expected");
            }
            var op = reader.next();
            visitor.before(reader, this);
            step(op);
            visitor.after(reader, this);
        } while (frames > 0);
    }

    /**
     * Validates a constant expression (spec 3.4.13).
     *
     * @param type what it must produce
     * @param owner what it belongs to, for messages
     * @param index the owner's index
     */
    void validateConstant(Span expr, int type, String owner, int index) {
        var reader = new InstrReader(context.module.source().window(expr));
        reset(reader);
        func = -1;
        constantOwner = owner;
        constantIndex = index;
        try {
            open(Opcode.BLOCK, NO_TYPES, new int[] {type});
            do {
                if (reader.atEnd()) {
                    throw reader.malformed("END opcode expected");
                }
                constantStep(reader.next());
            } while (frames > 0);
            if (!reader.atEnd()) {
                throw reader.malformed("section size mismatch: bytes after the expression's end");
            }
        } catch (MalformedException e) {
            throw placed(e);
        }
    }

    private void constantStep(Opcode op) {
        if (!Rules.constant(op)) {
            throw invalid("constant expression required, found " + op.mnemonic());
        }
        gate.constant(in, context.importedGlobals);
        if (op == Opcode.GLOBAL_GET) {
            int global = in.x();
            if (Integer.compareUnsigned(global, context.visibleGlobals) >= 0) {
                throw unknown("global", global);
            }
            if (context.globalMutable[global]) {
                throw invalid(
                        "constant expression required, found global.get of the mutable global "
                                + global);
            }
        } else if (op == Opcode.REF_FUNC && hasFunc(in.x())) {
            context.declaredFuncs.set(in.x());
        }
        step(op);
    }

    private boolean hasFunc(int index) {
        return Integer.compareUnsigned(index, context.funcs.length) < 0;
    }

    BulkRules bulk() {
        return bulk;
    }

    @Override
    String place() {
        return func >= 0 ? context.describeFunc(func) : constantOwner + ' ' + constantIndex;
    }

    // The rules. The common instructions come first; each method stays small for the compiler.

    private void step(Opcode op) {
        switch (rules[op.ordinal()]) {
            case Rules.FIXED -> fixed(Rules.type(op));
            case Rules.LOCAL_GET -> localGet(in.x());
            case Rules.LOCAL_SET -> {
                int type = local(in.x());
                pop(type);
                setLocal(in.x(), type);
            }
            case Rules.LOCAL_TEE -> {
                int type = local(in.x());
                pop(type);
                push(type);
                setLocal(in.x(), type);
            }
            case Rules.MEMORY_ACCESS -> {
                int address = memoryAccess(op);
                fixed(withAddress(Rules.type(op), address));
            }
            case Rules.BLOCK -> enter(op);
            case Rules.LOOP -> enter(op);
            case Rules.IF -> enter(op);
            case Rules.END -> end();
            case Rules.BR -> {
                pop(branchTypes(label(in.x())));
                markUnreachable();
            }
            case Rules.BR_IF -> {
                int[] carried = branchTypes(label(in.x()));
                pop(ValueKind.I32);
                pop(carried);
                push(carried);
            }
            case Rules.CALL -> call(callee(in.x()));
            case Rules.DROP -> popAny();
            default -> lessCommon(op);
        }
    }

    private void lessCommon(Opcode op) {
        switch (rules[op.ordinal()]) {
            case Rules.ELSE -> otherwise();
            case Rules.SELECT -> select();
            case Rules.GLOBAL_GET -> push(context.globalTypes[global(in.x())]);
            case Rules.GLOBAL_SET -> {
                int global = global(in.x());
                if (!context.globalMutable[global]) {
                    throw invalid("immutable global: " + global);
                }
                pop(context.globalTypes[global]);
            }
            case Rules.ATOMIC_ACCESS -> {
                if (in.align() != op.widthLog2()) {
                    throw invalid(
                            in.align() > op.widthLog2()
                                    ? "alignment must not be larger than natural"
                                    : "atomic alignment must be natural");
                }
                fixed(withAddress(Rules.type(op), memoryAccess(op)));
            }
            case Rules.MEMORY_LANE -> {
                lane(op);
                fixed(withAddress(Rules.type(op), memoryAccess(op)));
            }
            case Rules.LANE -> {
                lane(op);
                fixed(Rules.type(op));
            }
            case Rules.SHUFFLE -> {
                if (((in.n() | in.m()) & 0xE0E0_E0E0_E0E0_E0E0L) != 0) {
                    throw invalid("invalid lane index: shuffle lanes must be less than 32");
                }
                fixed(Rules.type(op));
            }
            case Rules.CONTROL -> control(op);
            case Rules.BULK -> bulk.step(op);
            case Rules.REFERENCE -> {
                gate.immediates(in);
                references.step(op);
            }
            default -> throw disabled(op);
        }
    }

    private MalformedException disabled(Opcode op) {
        return malformed(
                "illegal opcode: "
                        + op.mnemonic()
                        + " needs the feature "
                        + FeatureRules.missing(context.features, op).label()
                        + ", which is off");
    }

    private void fixed(long type) {
        long rest = type >>> 8;
        for (int n = (int) type & 0xF; n > 0; n--, rest >>>= 4) {
            pop((int) rest & 0xF);
        }
        for (int n = (int) type >>> 4 & 0xF; n > 0; n--, rest >>>= 4) {
            push((int) rest & 0xF);
        }
    }

    /** Replaces the address, which is the first operand and so the last that is popped. */
    private static long withAddress(long type, int kind) {
        int shift = 4 + 4 * ((int) type & 0xF);
        return type ^ (long) (Rules.ADDRESS ^ kind) << shift;
    }

    private int memoryAccess(Opcode op) {
        int memory = in.x();
        if (Integer.compareUnsigned(memory, context.memoryAddrs.length) >= 0) {
            throw unknown("memory", memory);
        }
        if (in.align() > op.widthLog2()) {
            throw invalid("alignment must not be larger than natural");
        }
        int address = context.memoryAddrs[memory];
        if (address == ValueKind.I32 && in.n() >>> 32 != 0) {
            throw invalid("offset out of range");
        }
        return address;
    }

    private void lane(Opcode op) {
        int lanes = Rules.lanes(op.ordinal());
        if (in.y() >= lanes) {
            throw invalid("invalid lane index: " + in.y() + ", there are " + lanes + " lanes");
        }
    }

    private void localGet(int index) {
        int type = local(index);
        if (!TypeBits.isDefaultable(type)) {
            requireSet(index);
        }
        push(type);
    }

    private void setLocal(int index, int type) {
        if (!TypeBits.isDefaultable(type)) {
            markSet(index);
        }
    }

    private int global(int index) {
        if (Integer.compareUnsigned(index, context.visibleGlobals) >= 0) {
            throw unknown("global", index);
        }
        return index;
    }

    private void select() {
        pop(ValueKind.I32);
        int second = popAny();
        int first = popAny();
        if (TypeBits.isRef(first) || TypeBits.isRef(second)) {
            throw invalid(
                    "type mismatch: select without a type takes numbers and vectors, not "
                            + types.name(TypeBits.isRef(first) ? first : second));
        }
        if (first != second && first != ValueKind.BOTTOM && second != ValueKind.BOTTOM) {
            throw invalid(
                    "type mismatch: select between "
                            + types.name(first)
                            + " and "
                            + types.name(second));
        }
        push(first == ValueKind.BOTTOM ? second : first);
    }

    // Control.

    private void enter(Opcode op) {
        var block = in.blockType();
        if (block instanceof BlockType.Value value) {
            enter(op, NO_TYPES, oneType(value.type()));
        } else if (block instanceof BlockType.Index index) {
            gate.block(index);
            var type = funcType(index.index());
            enter(op, type.params, type.results);
        } else {
            enter(op, NO_TYPES, NO_TYPES);
        }
    }

    private void enter(Opcode op, int[] params, int[] results) {
        if (op == Opcode.IF) {
            pop(ValueKind.I32);
        }
        pop(params);
        open(op, params, results);
    }

    private int[] oneType(ValType type) {
        gate.type(type);
        long unknown = types.unknownType(type);
        if (unknown >= 0) {
            throw unknown("type", (int) unknown);
        }
        int encoded = types.encode(type);
        return encoded < ONE_TYPE.length ? ONE_TYPE[encoded] : new int[] {encoded};
    }

    TypeSpace.Info typeAt(int index) {
        if (!types.has(index)) {
            throw unknown("type", index);
        }
        return types.info(index);
    }

    TypeSpace.Info funcType(int index) {
        var type = typeAt(index);
        if (!type.isFunc()) {
            throw invalid("type mismatch: type " + index + " is not a function type");
        }
        return type;
    }

    private void otherwise() {
        if (opOf(0) != Opcode.IF) {
            throw malformed("misplaced ELSE opcode");
        }
        nextPart(Opcode.ELSE, paramsOf(0));
    }

    private void end() {
        if (opOf(0) == Opcode.IF && !types.matches(paramsOf(0), resultsOf(0))) {
            int[] params = paramsOf(0);
            int[] results = resultsOf(0);
            throw invalid(
                    "type mismatch: if without else passes "
                            + names(params, 0, params.length)
                            + " on as "
                            + names(results, 0, results.length));
        }
        close();
    }

    private TypeSpace.Info callee(int index) {
        if (!hasFunc(index)) {
            throw unknown("function", index);
        }
        return types.info(context.funcs[index]);
    }

    private void call(TypeSpace.Info type) {
        pop(type.params);
        push(type.results);
    }

    private void tailCall(TypeSpace.Info type) {
        if (!types.matches(type.results, functionResults())) {
            throw invalid(
                    "type mismatch: the callee returns "
                            + names(type.results, 0, type.results.length)
                            + " but the function "
                            + names(functionResults(), 0, functionResults().length));
        }
        pop(type.params);
        markUnreachable();
    }

    private TypeSpace.Info indirectCallee() {
        int table = bulk.table(in.y());
        var type = funcType(in.x());
        if (!types.matches(context.tableElems[table], TypeBits.FUNCREF)) {
            throw invalid(
                    "type mismatch: table "
                            + table
                            + " holds "
                            + types.name(context.tableElems[table])
                            + ", not functions");
        }
        pop(context.tableAddrs[table]);
        return type;
    }

    private TypeSpace.Info referencedCallee() {
        var type = funcType(in.x());
        pop(TypeBits.toType(type.canonical) | TypeBits.NULLABLE);
        return type;
    }

    private int[] tagParams(int index) {
        if (Integer.compareUnsigned(index, context.tags.length) >= 0) {
            throw unknown("tag", index);
        }
        return types.info(context.tags[index]).params;
    }

    private void control(Opcode op) {
        switch (op) {
            case UNREACHABLE -> markUnreachable();
            case BR_TABLE -> branchTable();
            case RETURN -> {
                pop(functionResults());
                markUnreachable();
            }
            case CALL_INDIRECT -> call(indirectCallee());
            case CALL_REF -> call(referencedCallee());
            case RETURN_CALL -> tailCall(callee(in.x()));
            case RETURN_CALL_INDIRECT -> tailCall(indirectCallee());
            case RETURN_CALL_REF -> tailCall(referencedCallee());
            default -> exceptions(op);
        }
    }

    private void exceptions(Opcode op) {
        switch (op) {
            case THROW -> {
                pop(tagParams(in.x()));
                markUnreachable();
            }
            case THROW_REF -> {
                pop(TypeBits.EXNREF);
                markUnreachable();
            }
            case TRY_TABLE -> {
                for (var clause : in.clauses()) {
                    catchClause(clause);
                }
                enter(op);
            }
            case TRY -> enter(op);
            case CATCH -> {
                requireTry("CATCH", Opcode.CATCH);
                nextPart(Opcode.CATCH, tagParams(in.x()));
            }
            case CATCH_ALL -> {
                requireTry("CATCH_ALL", Opcode.CATCH);
                nextPart(Opcode.CATCH_ALL, NO_TYPES);
            }
            case DELEGATE -> {
                requireTry("DELEGATE", Opcode.TRY);
                // The label counts from outside the block that ends here.
                if (Integer.compareUnsigned(in.x(), frames - 1) >= 0) {
                    throw unknown("label", in.x());
                }
                close();
            }
            case RETHROW -> {
                var target = opOf(label(in.x()));
                if (target != Opcode.CATCH && target != Opcode.CATCH_ALL) {
                    throw invalid("invalid rethrow label: " + in.x() + " is not a catch");
                }
                markUnreachable();
            }
            default -> throw new AssertionError(op);
        }
    }

    private void requireTry(String name, Opcode alternative) {
        var open = opOf(0);
        if (open != Opcode.TRY && open != alternative) {
            throw malformed("misplaced " + name + " opcode");
        }
    }

    private void catchClause(CatchClause clause) {
        int[] expected = branchTypes(label(clause.label()));
        int[] params = clause.kind().hasTag() ? tagParams(clause.tag()) : NO_TYPES;
        int extra = clause.kind().passesReference() ? 1 : 0;
        boolean fits = expected.length == params.length + extra;
        for (int i = 0; fits && i < params.length; i++) {
            fits = types.matches(params[i], expected[i]);
        }
        if (fits && extra != 0) {
            fits = types.matches(TypeBits.EXNREF & ~TypeBits.NULLABLE, expected[params.length]);
        }
        if (!fits) {
            throw invalid(
                    "type mismatch: "
                            + clause.kind().keyword()
                            + " passes "
                            + names(params, 0, params.length)
                            + (extra != 0 ? " and (ref exn)" : "")
                            + " but label "
                            + clause.label()
                            + " takes "
                            + names(expected, 0, expected.length));
        }
    }

    // What visitors ask.

    /** The module whose functions are validated. */
    public ValidModule module() {
        return module;
    }

    /** The function being validated, by its index in the whole index space. */
    public int funcIndex() {
        return func;
    }

    /** How many locals there are, the parameters included. */
    public int localCount() {
        return localCount;
    }

    /** How many of the locals are parameters; they come first. */
    public int paramCount() {
        return paramCount;
    }

    /** The {@link ValueKind} of a local. */
    public int localKind(int local) {
        return TypeBits.kind(locals[Objects.checkIndex(local, localCount)]);
    }

    /** The closed type of a local. */
    public ValType localType(int local) {
        return types.decode(locals[Objects.checkIndex(local, localCount)]);
    }

    /** How many results the function has. */
    public int resultCount() {
        return types.info(context.funcs[func]).results.length;
    }

    /** How many operands are on the stack. */
    public int height() {
        return height;
    }

    /** The most operands that have been on the stack so far; final once the body has ended. */
    public int maxHeight() {
        return maxHeight;
    }

    /** The {@link ValueKind} of an operand, counted from the bottom. */
    public int kind(int position) {
        return TypeBits.kind(operands[Objects.checkIndex(position, height)]);
    }

    /**
     * The closed type of an operand, counted from the bottom.
     *
     * @throws IllegalStateException for an operand of kind {@link ValueKind#BOTTOM}
     */
    public ValType type(int position) {
        int type = operands[Objects.checkIndex(position, height)];
        if (type == ValueKind.BOTTOM) {
            throw new IllegalStateException("operand " + position + " has no type");
        }
        return types.decode(type);
    }

    /** Whether control can arrive here; false in code that only follows a jump. */
    public boolean reachable() {
        return isReachable();
    }

    /** How many frames are open, the function's own included. */
    public int depth() {
        return frames;
    }

    /**
     * The instruction that opened the frame of a label, or the {@code else}, {@code catch} or
     * {@code catch_all} that its current part began with; {@code block} for the function's own.
     */
    public Opcode frameOp(int label) {
        return opOf(Objects.checkIndex(label, frames));
    }

    /** The height of the stack below the frame's parameters. */
    public int frameHeight(int label) {
        return baseOf(Objects.checkIndex(label, frames));
    }

    /** How many parameters a frame took from the stack; none for the function's own. */
    public int frameParamCount(int label) {
        return paramsOf(Objects.checkIndex(label, frames)).length;
    }

    /** How many results a frame leaves. */
    public int frameResultCount(int label) {
        return resultsOf(Objects.checkIndex(label, frames)).length;
    }

    /** How many operands a branch to a label carries. */
    public int labelArity(int label) {
        return branchTypes(Objects.checkIndex(label, frames)).length;
    }

    /** The {@link ValueKind} of an operand that a branch to a label carries. */
    public int labelKind(int label, int i) {
        return TypeBits.kind(branchTypes(Objects.checkIndex(label, frames))[i]);
    }

    /** Whether control could arrive where the frame was opened. */
    public boolean frameReachableAtEntry(int label) {
        return isLive(Objects.checkIndex(label, frames));
    }

    /** Whether a parameter, local or operand so far is a reference. */
    public boolean usesRefs() {
        // Bits 0 to 2 of a reference type are 5, the next two are free.
        return (seen & 0x2020_2020) != 0;
    }

    /** Whether a parameter, local or operand so far is a vector. */
    public boolean usesVectors() {
        return (seen & 1 << ValueKind.V128) != 0;
    }
}
