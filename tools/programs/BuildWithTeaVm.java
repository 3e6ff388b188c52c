// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

import org.teavm.tooling.ConsoleTeaVMToolLog;
import org.teavm.tooling.TeaVMProblemRenderer;
import org.teavm.tooling.TeaVMTargetType;
import org.teavm.tooling.TeaVMTool;
import org.teavm.vm.TeaVMOptimizationLevel;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.stream.Stream;

/** Compiles classes to WebAssembly. TeaVM must be on the class path, which serves as its library. */
final class BuildWithTeaVm {
    private BuildWithTeaVm() {}

    public static void main(String[] args) throws Exception {
        if (args.length != 3) {
            System.err.println("usage: BuildWithTeaVm CLASSES MAIN-CLASS OUTPUT");
            System.exit(2);
        }
        var output = Path.of(args[2]).toAbsolutePath();
        var classPath = new ArrayList<File>();
        var urls = new ArrayList<URL>();
        var library = System.getProperty("java.class.path").split(File.pathSeparator);
        for (var part : Stream.concat(Stream.of(args[0]), Stream.of(library)).toList()) {
            classPath.add(new File(part));
            urls.add(new File(part).toURI().toURL());
        }
        var tool = new TeaVMTool();
        tool.setLog(new ConsoleTeaVMToolLog(false));
        tool.setTargetType(TeaVMTargetType.WEBASSEMBLY_GC);
        tool.setClassPath(classPath);
        tool.setClassLoader(new URLClassLoader(urls.toArray(URL[]::new)));
        tool.setMainClass(args[1]);
        tool.setTargetDirectory(output.getParent().toFile());
        tool.setTargetFileName(output.getFileName().toString());
        tool.setOptimizationLevel(TeaVMOptimizationLevel.ADVANCED);
        // Null dereferences, casts and bounds are exceptions of Java, not traps.
        tool.setStrict(true);
        tool.generate();
        var problems = tool.getProblemProvider();
        TeaVMProblemRenderer.describeProblems(
                tool.getDependencyInfo().getCallGraph(), problems, tool.getLog());
        if (!problems.getSevereProblems().isEmpty()) {
            System.exit(1);
        }
    }
}
