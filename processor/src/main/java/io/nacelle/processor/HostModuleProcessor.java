// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.processor;

import java.io.IOException;
import java.util.Map;
import java.util.Set;

import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;
import javax.lang.model.util.ElementFilter;
import javax.tools.Diagnostic;

/**
 * Generates, for each class with {@code @HostModule}, a class beside it whose method {@code define}
 * defines its functions in a linker. The generated code calls the methods directly.
 *
 * <p>It knows the runtime's annotations by their names, and needs nothing but the JDK.
 */
public final class HostModuleProcessor extends AbstractProcessor {
    static final String RUNTIME = "io.nacelle.runtime.";
    private static final String HOST_MODULE = RUNTIME + "HostModule";
    private static final String WASM_FUNCTION = RUNTIME + "WasmFunction";

    /** For the compiler, which finds it as a service. */
    public HostModuleProcessor() {}

    @Override
    public Set<String> getSupportedAnnotationTypes() {
        return Set.of(HOST_MODULE, WASM_FUNCTION, RUNTIME + "ReadOnly", RUNTIME + "Export");
    }

    @Override
    public SourceVersion getSupportedSourceVersion() {
        return SourceVersion.latestSupported();
    }

    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
        for (var annotation : annotations) {
            for (var element : round.getElementsAnnotatedWith(annotation)) {
                if (annotation.getQualifiedName().contentEquals(HOST_MODULE)) {
                    module((TypeElement) element);
                } else if (annotation.getQualifiedName().contentEquals(WASM_FUNCTION)
                        && mirror(element.getEnclosingElement(), HOST_MODULE) == null) {
                    error(element, "@WasmFunction is for methods of a class with @HostModule");
                }
            }
        }
        // They are nobody else's.
        return true;
    }

    private void module(TypeElement type) {
        var mirror = mirror(type, HOST_MODULE);
        var values = processingEnv.getElementUtils().getElementValuesWithDefaults(mirror);
        var module =
                new ModuleSource(
                        processingEnv,
                        type,
                        (String) value(values, "value"),
                        (String) value(values, "memory"),
                        value(values, "addresses").toString().endsWith("I64"),
                        this::error);
        module.checkClass();
        for (var method : ElementFilter.methodsIn(type.getEnclosedElements())) {
            var function = mirror(method, WASM_FUNCTION);
            if (function != null) {
                var elements = processingEnv.getElementUtils();
                var name = (String) value(elements.getElementValuesWithDefaults(function), "value");
                module.add(method, name.isEmpty() ? method.getSimpleName().toString() : name);
            }
        }
        if (!module.isGood()) {
            return;
        }
        try (var out =
                processingEnv
                        .getFiler()
                        .createSourceFile(module.qualifiedName(), type)
                        .openWriter()) {
            out.write(module.source());
        } catch (IOException e) {
            error(type, "cannot write " + module.qualifiedName() + ": " + e.getMessage());
        }
    }

    private void error(Element element, String message) {
        processingEnv.getMessager().printMessage(Diagnostic.Kind.ERROR, message, element);
    }

    static AnnotationMirror mirror(Element element, String name) {
        for (AnnotationMirror mirror : element.getAnnotationMirrors()) {
            var type = (TypeElement) mirror.getAnnotationType().asElement();
            if (type.getQualifiedName().contentEquals(name)) {
                return mirror;
            }
        }
        return null;
    }

    private static Object value(
            Map<? extends ExecutableElement, ? extends javax.lang.model.element.AnnotationValue>
                    values,
            String name) {
        for (var entry : values.entrySet()) {
            if (entry.getKey().getSimpleName().contentEquals(name)) {
                return entry.getValue().getValue();
            }
        }
        throw new IllegalStateException(name);
    }
}
