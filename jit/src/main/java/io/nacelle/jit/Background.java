// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.runtime.exec.FuncBody;

import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Compiles on threads of its own what was asked for by guests that go on meanwhile. The threads end
 * when there has been nothing to do for a while, so that nothing is left behind by a program that
 * is done with guests.
 */
final class Background {
    private static final long IDLE_SECONDS = 2;

    /** Blocks nest deeply in some functions, and so do the calls of the compiler. */
    private static final long STACK_BYTES = 512L << 20;

    private static ThreadPoolExecutor pool;

    /** For work that is waited for. */
    private static final ThreadPoolExecutor WAITED_FOR =
            new ThreadPoolExecutor(
                    0,
                    Integer.MAX_VALUE,
                    IDLE_SECONDS,
                    TimeUnit.SECONDS,
                    new SynchronousQueue<>(),
                    Background::thread);

    private final Set<Object> asked = ConcurrentHashMap.newKeySet();

    /** Whether what is kept has been asked for. */
    private boolean usesKept;

    Background() {}

    private record Loop(int func, int offset) {}

    /** Compiles a function, or has it compiled; true when it is now. */
    static boolean compile(CompiledModule code, FuncBody body) {
        int threads = threads(code);
        if (threads == 0) {
            code.code(body);
            return true;
        }
        code.background.useKept(code, threads);
        if (code.background.asked.add(body.index)) {
            submit(threads, () -> code.code(body));
        }
        return false;
    }

    /** Compiles a loop, or has it compiled; true when it is now. */
    static boolean compileLoop(CompiledModule code, FuncBody body, int offset) {
        int threads = threads(code);
        if (threads == 0) {
            code.loop(body, offset);
            return true;
        }
        code.background.useKept(code, threads);
        if (code.background.asked.add(new Loop(body.index, offset))) {
            submit(threads, () -> code.loop(body, offset));
        }
        return false;
    }

    /** Brings what an earlier process has compiled into use, when something is first asked for. */
    private synchronized void useKept(CompiledModule code, int threads) {
        if (code.kept == null || usesKept) {
            return;
        }
        usesKept = true;
        submit(
                threads,
                () -> {
                    // What is called from now on is run by that code at once.
                    int count = code.module.valid.funcCount();
                    for (int func = code.module.valid.importedFuncs(); func < count; func++) {
                        if (code.module.isInterpreted(func) && code.keeps(func)) {
                            code.code(code.module.body(func));
                            code.module.hurry(func);
                        }
                    }
                });
    }

    private static int threads(CompiledModule code) {
        return code.module.engine.config().tiering().threads();
    }

    private static synchronized void submit(int threads, Runnable work) {
        if (pool == null) {
            pool =
                    new ThreadPoolExecutor(
                            threads,
                            threads,
                            IDLE_SECONDS,
                            TimeUnit.SECONDS,
                            new LinkedBlockingQueue<>(),
                            Background::thread);
            pool.allowCoreThreadTimeOut(true);
        }
        pool.execute(
                () -> {
                    try {
                        work.run();
                    } catch (Throwable e) {
                        // The interpreter goes on with what could not be compiled.
                        report(e);
                    }
                });
    }

    private static void report(Throwable e) {
        System.getLogger("io.nacelle.jit")
                .log(System.Logger.Level.WARNING, "a function could not be compiled", e);
    }

    private static Thread thread(Runnable work) {
        var thread = new Thread(null, work, "nacelle-compiler", STACK_BYTES, false);
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Does work on a thread that has a stack for blocks that nest deeply, which the guest's may not
     * have, and waits for it.
     */
    static <T> T await(Callable<T> work) {
        var done = WAITED_FOR.submit(work);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return done.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof RuntimeException cause) {
                        throw cause;
                    }
                    if (e.getCause() instanceof Error cause) {
                        throw cause;
                    }
                    throw new IllegalStateException(e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
