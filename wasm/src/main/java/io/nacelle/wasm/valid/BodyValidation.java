// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasm.valid;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Validates all bodies of a module. Threads take chunks of functions in order; once a function has
 * failed, no chunk behind it is begun, but all before it are finished, so that the failure reported
 * is the first in order.
 */
final class BodyValidation {
    /** Functions in a chunk: enough that taking one costs nothing beside the work. */
    private static final int CHUNK = 64;

    private final ValidModule module;
    private final int first;
    private final int end;
    private final int chunks;
    private final AtomicInteger nextChunk = new AtomicInteger();
    private final CountDownLatch chunksLeft;
    private volatile int failedChunk = Integer.MAX_VALUE;
    private Throwable failure;

    BodyValidation(ValidModule module) {
        this.module = module;
        this.first = module.importedFuncs();
        this.end = module.funcCount();
        this.chunks = (end - first + CHUNK - 1) / CHUNK;
        this.chunksLeft = new CountDownLatch(chunks);
    }

    void run(Parallelism p) {
        int helpers = Math.min(p.workers(), chunks) - 1;
        try {
            for (int i = 0; i < helpers; i++) {
                p.executor().execute(this::work);
            }
        } catch (RejectedExecutionException e) {
            // The threads that there are do the work.
        }
        work();
        awaitOthers();
        rethrow();
    }

    private void work() {
        FuncValidator validator = null;
        for (int chunk = nextChunk.getAndIncrement();
                chunk < chunks;
                chunk = nextChunk.getAndIncrement()) {
            try {
                if (chunk < failedChunk) {
                    if (validator == null) {
                        validator = new FuncValidator(module);
                    }
                    validate(validator, chunk);
                }
            } catch (Throwable e) {
                fail(chunk, e);
            } finally {
                chunksLeft.countDown();
            }
        }
    }

    private void validate(FuncValidator validator, int chunk) {
        int from = first + chunk * CHUNK;
        int to = Math.min(from + CHUNK, end);
        for (int func = from; func < to; func++) {
            validator.validate(func, CodeVisitor.NONE);
        }
    }

    private synchronized void fail(int chunk, Throwable e) {
        if (chunk < failedChunk) {
            failedChunk = chunk;
            failure = e;
        }
    }

    /** Chunks that others have taken are being worked on: the wait is short. */
    private void awaitOthers() {
        boolean interrupted = false;
        while (true) {
            try {
                chunksLeft.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void rethrow() {
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
        if (failure != null) {
            throw new AssertionError(failure);
        }
    }
}
