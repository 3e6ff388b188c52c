// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.aotc.llvm;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The functions of LLVM's C API that are used (llvm-c/Core.h, IRReader.h, Target.h,
 * TargetMachine.h, Transforms/PassBuilder.h), each as a handle. The API checks nothing: every
 * descriptor here has to be what the header says.
 */
final class LlvmCalls {
    private static final AddressLayout PTR = ValueLayout.ADDRESS;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private final SymbolLookup library;

    final MethodHandle contextCreate;
    final MethodHandle contextDispose;
    final MethodHandle createMemoryBuffer;
    final MethodHandle parseIr;
    final MethodHandle disposeModule;
    final MethodHandle verifyModule;
    final MethodHandle setTarget;
    final MethodHandle setDataLayout;
    final MethodHandle printModule;
    final MethodHandle targetFromTriple;
    final MethodHandle createTargetMachine;
    final MethodHandle disposeTargetMachine;
    final MethodHandle createDataLayout;
    final MethodHandle disposeDataLayout;
    final MethodHandle emitToBuffer;
    final MethodHandle createOptions;
    final MethodHandle disposeOptions;
    final MethodHandle runPasses;
    final MethodHandle errorMessage;
    final MethodHandle disposeErrorMessage;
    final MethodHandle disposeMessage;
    final MethodHandle bufferStart;
    final MethodHandle bufferSize;
    final MethodHandle disposeBuffer;
    final MethodHandle version;

    LlvmCalls(SymbolLookup library) {
        this.library = library;
        contextCreate = function("LLVMContextCreate", PTR);
        contextDispose = procedure("LLVMContextDispose", PTR);
        createMemoryBuffer =
                function("LLVMCreateMemoryBufferWithMemoryRangeCopy", PTR, PTR, LONG, PTR);
        parseIr = function("LLVMParseIRInContext", INT, PTR, PTR, PTR, PTR);
        disposeModule = procedure("LLVMDisposeModule", PTR);
        verifyModule = function("LLVMVerifyModule", INT, PTR, INT, PTR);
        setTarget = procedure("LLVMSetTarget", PTR, PTR);
        setDataLayout = procedure("LLVMSetModuleDataLayout", PTR, PTR);
        printModule = function("LLVMPrintModuleToString", PTR, PTR);
        targetFromTriple = function("LLVMGetTargetFromTriple", INT, PTR, PTR, PTR);
        createTargetMachine =
                function("LLVMCreateTargetMachine", PTR, PTR, PTR, PTR, PTR, INT, INT, INT);
        disposeTargetMachine = procedure("LLVMDisposeTargetMachine", PTR);
        createDataLayout = function("LLVMCreateTargetDataLayout", PTR, PTR);
        disposeDataLayout = procedure("LLVMDisposeTargetData", PTR);
        emitToBuffer =
                function("LLVMTargetMachineEmitToMemoryBuffer", INT, PTR, PTR, INT, PTR, PTR);
        createOptions = function("LLVMCreatePassBuilderOptions", PTR);
        disposeOptions = procedure("LLVMDisposePassBuilderOptions", PTR);
        runPasses = function("LLVMRunPasses", PTR, PTR, PTR, PTR, PTR);
        errorMessage = function("LLVMGetErrorMessage", PTR, PTR);
        disposeErrorMessage = procedure("LLVMDisposeErrorMessage", PTR);
        disposeMessage = procedure("LLVMDisposeMessage", PTR);
        bufferStart = function("LLVMGetBufferStart", PTR, PTR);
        bufferSize = function("LLVMGetBufferSize", LONG, PTR);
        disposeBuffer = procedure("LLVMDisposeMemoryBuffer", PTR);
        version = procedure("LLVMGetVersion", PTR, PTR, PTR);
    }

    /** Makes the code generators of an architecture known to LLVM, if it has them. */
    void initialise(String architecture) {
        for (var part :
                new String[] {"TargetInfo", "Target", "TargetMC", "AsmPrinter", "AsmParser"}) {
            var found = library.find("LLVMInitialize" + architecture + part);
            if (found.isPresent()) {
                var handle =
                        Linker.nativeLinker()
                                .downcallHandle(found.get(), FunctionDescriptor.ofVoid());
                try {
                    handle.invokeExact();
                } catch (Throwable e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    private MethodHandle function(String name, MemoryLayout result, MemoryLayout... params) {
        return find(name, FunctionDescriptor.of(result, params));
    }

    private MethodHandle procedure(String name, MemoryLayout... params) {
        return find(name, FunctionDescriptor.ofVoid(params));
    }

    private MethodHandle find(String name, FunctionDescriptor type) {
        var symbol =
                library.find(name)
                        .orElseThrow(
                                () -> new LlvmException("this LLVM has no " + name + ": too old"));
        return Linker.nativeLinker().downcallHandle(symbol, type);
    }
}
