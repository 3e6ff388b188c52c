// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.jit;

import io.nacelle.runtime.exec.FuncBody;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
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

    private final Set<Object> asked = ConcurrentHashMap.newKeySet();

    Background() {}

    private record Loop(int func, int offset) {}

    /** Compiles a function, or has it compiled; true when it is now. */
    static boolean compile(CompiledModule code, FuncBody body) {
        int threads = threads(code);
        if (threads == 0) {
            code.code(body);
            return true;
        }
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
        if (code.background.asked.add(new Loop(body.index, offset))) {
            submit(threads, () -> code.loop(body, offset));
        }
        return false;
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

    /** Does work on a thread with a stack for blocks that nest deeply. */
    static void onLargeStack(Runnable work) {
        var thread = thread(work);
        thread.start();
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
