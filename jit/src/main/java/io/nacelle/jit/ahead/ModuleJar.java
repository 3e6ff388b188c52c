// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit.ahead;

import io.nacelle.jit.AheadCode;
import io.nacelle.runtime.Engine;
import io.nacelle.runtime.Module;
import io.nacelle.runtime.code.Origin;
import io.nacelle.runtime.exec.MemoryForm;
import io.nacelle.runtime.exec.ModuleImpl;
import io.nacelle.wasm.binary.ByteSource;
import io.nacelle.wasm.valid.ValidModule;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.ModuleAttribute;
import java.lang.constant.ClassDesc;
import java.lang.constant.ModuleDesc;
import java.lang.constant.PackageDesc;
import java.lang.reflect.AccessFlag;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A module as a jar: its code as classes, a class by which programs use it and the interface of
 * that, the module itself as a resource, and a module descriptor. It needs {@code
 * io.nacelle.runtime} and no compiler.
 *
 * <p>The same module and options give the same bytes. Immutable and thread-safe.
 */
public final class ModuleJar {
    /** A fixed time, so that two jars of one module are the same. */
    private static final LocalDateTime TIME = LocalDateTime.of(2026, 1, 1, 0, 0);

    private final SortedMap<String, byte[]> entries;

    private ModuleJar(SortedMap<String, byte[]> entries) {
        this.entries = entries;
    }

    /**
     * Compiles a module.
     *
     * @param valid in the binary format; validated with the features of the options
     * @throws IllegalArgumentException when it has more exports than fit, or names that are too
     *     long; the message says which
     */
    public static ModuleJar compile(ValidModule valid, JarOptions options) {
        var module = (ModuleImpl) Module.of(Engine.create(options.config()), valid);
        byte[] bytes = bytes(valid.syntax().source());
        // Without a memory it does not matter where memories are.
        var form = MemoryForm.of(valid, options.store());
        var required = valid.memoryCount() == 0 ? Optional.<MemoryForm>empty() : Optional.of(form);
        var api = Api.of(valid, options.packageName(), options.className());
        // In a package of their own, whatever other modules become classes beside it.
        var codePackage =
                options.packageName() + ".wasm." + options.className().toLowerCase(Locale.ROOT);
        var code = AheadCode.of(module, form, codePackage);
        int imported = valid.importedFuncs();
        var table = ClassDesc.of(codePackage, "Table");
        var entries = ClassDesc.of(codePackage, "Entries");
        var origin =
                Origin.of(Origin.sha256(bytes), required, options.metering(), options.profile())
                        .text();

        Map<ClassDesc, byte[]> glue = new LinkedHashMap<>();
        FaceGen.generate(api, glue);
        glue.put(api.self(), SelfGen.generate(api, entries, table, origin, imported));
        TableGen.generate(table, code, imported, valid.funcCount(), glue);
        glue.put(code.assuming(), AssumptionsGen.generate(code.assuming()));
        var direct = api.functions().stream().filter(f -> SelfGen.hasEntry(f, imported)).toList();
        glue.put(entries, EntriesGen.generate(entries, code, direct));

        var files = new TreeMap<String, byte[]>();
        code.classes().forEach((name, content) -> files.put(path(name), content));
        glue.forEach((name, content) -> files.put(path(name), content));
        var resource =
                options.packageName().replace('.', '/') + "/" + options.className() + ".wasm";
        files.put(resource, bytes);
        files.put(
                "META-INF/native-image/"
                        + options.packageName()
                        + "/"
                        + options.className()
                        + "/resource-config.json",
                text(
                        "{\"resources\":{\"includes\":[{\"pattern\":\"\\\\Q"
                                + resource
                                + "\\\\E\"}]}}\n"));
        if (isModuleName(options.packageName())) {
            files.put("module-info.class", descriptor(options.packageName()));
        }
        return new ModuleJar(files);
    }

    /** The parts of the name of a module must not be reserved, and what begins so neither. */
    private static boolean isModuleName(String name) {
        return !name.equals("java") && !name.startsWith("java.");
    }

    private static byte[] bytes(ByteSource source) {
        var bytes = new byte[source.size()];
        source.copy(0, bytes, 0, bytes.length);
        return bytes;
    }

    private static String path(ClassDesc type) {
        var descriptor = type.descriptorString();
        return descriptor.substring(1, descriptor.length() - 1) + ".class";
    }

    private static String path(String name) {
        return name.replace('.', '/') + ".class";
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] descriptor(String packageName) {
        return ClassFile.of()
                .buildModule(
                        ModuleAttribute.of(
                                ModuleDesc.of(packageName),
                                module ->
                                        module.requires(
                                                        ModuleDesc.of("java.base"),
                                                        AccessFlag.MANDATED.mask(),
                                                        null)
                                                .requires(
                                                        ModuleDesc.of("io.nacelle.runtime"),
                                                        AccessFlag.TRANSITIVE.mask(),
                                                        null)
                                                .exports(PackageDesc.of(packageName), 0)));
    }

    /** Writes the jar. */
    public void writeTo(OutputStream out) throws IOException {
        var zip = new ZipOutputStream(out);
        write(
                zip,
                "META-INF/MANIFEST.MF",
                text(
                        "Manifest-Version: 1.0\r\nCreated-By: nacelle "
                                + Origin.VERSION
                                + "\r\n\r\n"));
        for (var entry : entries.entrySet()) {
            write(zip, entry.getKey(), entry.getValue());
        }
        zip.finish();
    }

    private static void write(ZipOutputStream zip, String name, byte[] content) throws IOException {
        var entry = new ZipEntry(name);
        entry.setTimeLocal(TIME);
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
