// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import io.nacelle.runtime.Memory;
import io.nacelle.wasi.Clocks;
import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FsException;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The function {@code poll_oneoff}. */
final class PollCall {
    private static final int SUBSCRIPTION_SIZE = 48;
    private static final int EVENT_SIZE = 32;
    private static final int MAX_SUBSCRIPTIONS = 8192;

    private static final int CLOCK = 0;
    private static final int FD_READ = 1;
    private static final int FD_WRITE = 2;
    private static final int HANGUP = 1;
    private static final int ABSTIME = 1;

    private final Context context;
    private final Clocks clocks;

    PollCall(Context context, Clocks clocks) {
        this.context = context;
        this.clocks = clocks;
    }

    /** One subscription: an error, a time from the start of the call, or a descriptor. */
    private record Subscription(
            long userData, int type, Errno error, long nanos, Optional<Waits.Interest> interest) {}

    void poll(Memory memory, int subscriptions, int events, int count, int result)
            throws FsException {
        if (count <= 0 || count > MAX_SUBSCRIPTIONS) {
            throw new FsException(Errno.INVAL);
        }
        long in = Guest.require(memory, subscriptions, (long) SUBSCRIPTION_SIZE * count);
        long out = Guest.require(memory, events, (long) EVENT_SIZE * count);
        long resultAt = Guest.require(memory, result, 4);
        var all = new ArrayList<Subscription>(count);
        var interests = new ArrayList<Waits.Interest>();
        long timeout = Long.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            Subscription subscription = read(memory, in + (long) SUBSCRIPTION_SIZE * i);
            all.add(subscription);
            subscription.interest().ifPresent(interests::add);
            if (subscription.error() != Errno.SUCCESS) {
                timeout = 0;
            } else if (subscription.type() == CLOCK) {
                timeout = Math.min(timeout, subscription.nanos());
            }
        }
        long start = System.nanoTime();
        int written = 0;
        while (written == 0) {
            long elapsed = System.nanoTime() - start;
            context.waits.await(interests, Math.max(0, timeout - elapsed));
            written = report(memory, out, all, System.nanoTime() - start);
        }
        memory.writeI32(resultAt, written);
    }

    private Subscription read(Memory memory, long at) {
        long userData = memory.readI64(at);
        int type = Byte.toUnsignedInt(memory.readI8(at + 8));
        try {
            return switch (type) {
                case CLOCK -> {
                    long nanos =
                            delay(
                                    memory.readI32(at + 16),
                                    memory.readI64(at + 24),
                                    Short.toUnsignedInt(memory.readI16(at + 40)));
                    yield new Subscription(userData, type, Errno.SUCCESS, nanos, Optional.empty());
                }
                case FD_READ, FD_WRITE -> {
                    boolean reading = type == FD_READ;
                    Descriptor descriptor =
                            context.table.get(
                                    memory.readI32(at + 16),
                                    Rights.POLL_FD_READWRITE
                                            | (reading ? Rights.FD_READ : Rights.FD_WRITE));
                    var direction = reading ? Waits.Direction.READ : Waits.Direction.WRITE;
                    yield new Subscription(
                            userData,
                            type,
                            Errno.SUCCESS,
                            0,
                            Optional.of(new Waits.Interest(descriptor, direction)));
                }
                default -> throw new FsException(Errno.INVAL);
            };
        } catch (FsException e) {
            return new Subscription(userData, type, e.errno(), 0, Optional.empty());
        }
    }

    /** How long to wait from now, as a signed number. */
    private long delay(int clock, long timeout, int flags) throws FsException {
        if ((flags & ~ABSTIME) != 0) {
            throw new FsException(Errno.INVAL);
        }
        long now =
                switch (clock) {
                    case ProcessCalls.REALTIME -> clocks.realtime();
                    case ProcessCalls.MONOTONIC -> clocks.monotonic();
                    case ProcessCalls.PROCESS_CPU, ProcessCalls.THREAD_CPU ->
                            throw new FsException(Errno.NOTSUP);
                    default -> throw new FsException(Errno.INVAL);
                };
        // Unsigned; beyond 2^63 it is longer than anyone lives.
        long nanos = timeout < 0 ? Long.MAX_VALUE : timeout;
        return (flags & ABSTIME) == 0 ? nanos : Math.max(0, nanos - now);
    }

    private int report(Memory memory, long out, List<Subscription> all, long elapsed)
            throws FsException {
        int written = 0;
        for (Subscription subscription : all) {
            long bytes = 0;
            int flags = 0;
            if (subscription.interest().isPresent()) {
                Waits.Interest interest = subscription.interest().get();
                if (!context.waits.isReady(interest)) {
                    continue;
                }
                if (interest.direction() == Waits.Direction.READ) {
                    bytes = interest.descriptor().available();
                    flags = interest.descriptor().hungUp() ? HANGUP : 0;
                }
            } else if (subscription.error() == Errno.SUCCESS && subscription.nanos() > elapsed) {
                continue;
            }
            long at = out + (long) EVENT_SIZE * written;
            memory.fill(at, (byte) 0, EVENT_SIZE);
            memory.writeI64(at, subscription.userData());
            memory.writeI16(at + 8, (short) subscription.error().code());
            memory.writeI8(at + 10, (byte) subscription.type());
            memory.writeI64(at + 16, bytes);
            memory.writeI16(at + 24, (short) flags);
            written++;
        }
        return written;
    }
}
