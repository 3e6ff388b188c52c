// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

import io.nacelle.runtime.Engine;
import io.nacelle.runtime.Module;
import io.nacelle.wasm.binary.BinaryDecoder;
import io.nacelle.wasm.binary.BinaryEncoder;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.syntax.AddrType;
import io.nacelle.wasm.syntax.DefType;
import io.nacelle.wasm.syntax.ExternType;
import io.nacelle.wasm.syntax.FeatureSet;
import io.nacelle.wasm.syntax.Limits;
import io.nacelle.wasm.syntax.MemType;
import io.nacelle.wasm.syntax.TagType;
import io.nacelle.wasm.syntax.WasmException;
import io.nacelle.wasm.syntax.WasmModule;
import io.nacelle.wasm.text.TextParser;
import io.nacelle.wasm.valid.Parallelism;
import io.nacelle.wasm.valid.ValidModule;
import io.nacelle.wasm.valid.Validator;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** A module of a tree, read and validated. */
final class LoadedModule {
    private static final byte[] MAGIC = {0, 'a', 's', 'm'};

    private final Place place;
    private final FeatureSet features;
    private final WasmModule syntax;
    final ValidModule valid;

    /** Of the file as it is, be it binary or text. */
    final String sha256;

    private LoadedModule(Place place, FeatureSet features, byte[] bytes) {
        this.place = place;
        this.features = features;
        this.sha256 = digest(bytes);
        boolean binary =
                bytes.length >= MAGIC.length
                        && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
        this.syntax =
                BinaryDecoder.decode(
                        ByteSource.of(
                                binary ? bytes : BinaryEncoder.encode(TextParser.parse(bytes))));
        this.valid = Validator.validate(syntax, features, Parallelism.NONE);
    }

    /**
     * Reads the module of a place.
     *
     * @throws TreeLinkException when it cannot be read, or is malformed or invalid
     */
    static LoadedModule load(Place place, FeatureSet features) {
        try {
            var path = place.node.path();
            var bytes =
                    path.isPresent() ? Files.readAllBytes(path.get()) : place.node.bytes().clone();
            return new LoadedModule(place, features, bytes);
        } catch (IOException e) {
            throw failure(place, "cannot be read: " + reason(e));
        } catch (WasmException e) {
            throw failure(place, "is no valid module: " + e.getMessage());
        }
    }

    private static TreeLinkException failure(Place place, String reason) {
        return new TreeLinkException(List.of(place.problem("", "", "the module " + reason)));
    }

    static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "no such file";
            case AccessDeniedException _ -> "permission denied";
            default -> e.getMessage() == null ? e.toString() : Shown.of(e.getMessage());
        };
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The module, for an engine. */
    Module module(Engine engine) {
        return Module.of(engine, valid);
    }

    /**
     * The module with memories that cannot grow beyond a limit together. What the memories do not
     * take from the start is divided among those that can grow. The limit is written into the
     * module, so that every engine holds it.
     *
     * @throws TreeLinkException when they are larger from the start
     */
    Module module(Engine engine, long limit) {
        long left = limit;
        int growing = 0;
        for (var memory : syntax.memories()) {
            long bytes = bytes(memory);
            if (bytes > left) {
                throw failure(
                        place,
                        "needs more memory than the "
                                + limit
                                + " bytes that `"
                                + place.node.name()
                                + "` was given for itself by "
                                + place.above());
            }
            left -= bytes;
            growing += canGrow(memory) ? 1 : 0;
        }
        if (growing == 0) {
            return module(engine);
        }
        var memories = new ArrayList<MemType>();
        for (var memory : syntax.memories()) {
            memories.add(canGrow(memory) ? bounded(memory, left / growing) : memory);
        }
        var changed =
                new WasmModule(
                        syntax.source(),
                        syntax.types(),
                        syntax.imports(),
                        syntax.funcs(),
                        syntax.tables(),
                        memories,
                        syntax.tags(),
                        syntax.globals(),
                        syntax.exports(),
                        syntax.start(),
                        syntax.elems(),
                        syntax.datas(),
                        syntax.dataCount(),
                        syntax.customs());
        // Bytes of its own, since compiled code is kept by the digest of the bytes.
        var source = ByteSource.of(BinaryEncoder.encode(changed));
        return Module.of(
                engine,
                Validator.validate(BinaryDecoder.decode(source), features, Parallelism.NONE));
    }

    private static boolean canGrow(MemType memory) {
        var max = memory.limits().max();
        return max.isEmpty() || Long.compareUnsigned(max.getAsLong(), memory.limits().min()) > 0;
    }

    private static long bytes(MemType memory) {
        long pages = memory.limits().min();
        int shift = memory.pageSizeLog2();
        return Long.compareUnsigned(pages, Long.MAX_VALUE >>> shift) > 0
                ? Long.MAX_VALUE
                : pages << shift;
    }

    private static MemType bounded(MemType memory, long share) {
        long most = memory.limits().min() + (share >>> memory.pageSizeLog2());
        var max = memory.limits().max();
        if (max.isPresent() && Long.compareUnsigned(max.getAsLong(), most) <= 0) {
            return memory;
        }
        // A limit above what memories can have at all needs no writing down.
        long ceiling =
                memory.addr() == AddrType.I64
                        ? Long.MAX_VALUE
                        : (1L << 32) >>> memory.pageSizeLog2();
        if (most > ceiling) {
            return memory;
        }
        return new MemType(
                memory.addr(),
                Limits.between(memory.limits().min(), most),
                memory.sharing(),
                memory.pageSizeLog2());
    }

    /** A type as messages and lock files have it. */
    static String text(ExternType type) {
        return switch (type) {
            case ExternType.Func func -> "func " + ((DefType) func.type()).func();
            case TagType tag -> "tag " + ((DefType) tag.type()).func();
            default -> type.kind() + " " + type;
        };
    }
}
