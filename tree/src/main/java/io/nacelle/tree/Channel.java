// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

import io.nacelle.runtime.HostFrame;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Memory;
import io.nacelle.runtime.Trap;
import io.nacelle.runtime.TrapKind;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.NumType;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A mailbox of messages, which are copied out of one guest's memory and into another's. Bounded in
 * number and size, first in, first out. Thread-safe: a host's thread may send to and receive from a
 * tree that another thread runs.
 *
 * <p>Guests never wait in it: the modules of a tree run on one thread, so that nobody could send
 * what one waits for.
 */
public final class Channel {
    static final String PREFIX = "nacelle:channel/";

    private static final int FULL = -1;
    private static final int EMPTY = -1;
    private static final int TOO_LONG = -2;

    private final ArrayDeque<byte[]> queue = new ArrayDeque<>();
    private final int capacity;
    private final int longest;

    private Channel(int capacity, int longest) {
        this.capacity = capacity;
        this.longest = longest;
    }

    /**
     * Makes a channel.
     *
     * @param capacity how many messages wait in it at most
     * @param longest the most bytes of a message
     */
    public static Channel create(int capacity, int longest) {
        if (capacity < 1 || longest < 0) {
            throw new IllegalArgumentException("a channel holds at least one message");
        }
        return new Channel(capacity, longest);
    }

    /**
     * Sends a copy of a message.
     *
     * @return whether there was room
     * @throws IllegalArgumentException when it is too long
     */
    public boolean send(byte[] message) {
        if (message.length > longest) {
            throw new IllegalArgumentException("a message has at most " + longest + " bytes");
        }
        return offer(message.clone());
    }

    private synchronized boolean offer(byte[] message) {
        if (queue.size() == capacity) {
            return false;
        }
        queue.add(message);
        notify();
        return true;
    }

    /** Takes the oldest message, if there is one. */
    public synchronized Optional<byte[]> receive() {
        return Optional.ofNullable(queue.poll());
    }

    /** Waits for a message and takes it: for threads of the host. */
    public synchronized byte[] take() throws InterruptedException {
        while (queue.isEmpty()) {
            wait();
        }
        return queue.remove();
    }

    void define(Linker linker, String module, Set<ChannelRight> rights) {
        var two = FuncType.of(List.of(NumType.I32, NumType.I32), List.of(NumType.I32));
        var none = FuncType.of(List.of(), List.of(NumType.I32));
        if (rights.contains(ChannelRight.SEND)) {
            linker.define(module, "send", two, frame -> frame.setI32(0, send(frame)));
        }
        if (rights.contains(ChannelRight.RECEIVE)) {
            linker.define(module, "receive", two, frame -> frame.setI32(0, receive(frame)));
            linker.define(module, "length", none, frame -> frame.setI32(0, length()));
        }
    }

    private int send(HostFrame frame) {
        long length = Integer.toUnsignedLong(frame.i32(1));
        if (length > longest) {
            return TOO_LONG;
        }
        var memory = memory(frame);
        long address = checked(memory, frame.i32(0), length);
        if (isFull()) {
            return FULL;
        }
        var message = new byte[(int) length];
        memory.read(address, message, 0, message.length);
        return offer(message) ? 0 : FULL;
    }

    private synchronized boolean isFull() {
        return queue.size() == capacity;
    }

    private int receive(HostFrame frame) {
        long most = Integer.toUnsignedLong(frame.i32(1));
        var memory = memory(frame);
        long address = checked(memory, frame.i32(0), most);
        byte[] message;
        synchronized (this) {
            message = queue.peek();
            if (message == null) {
                return EMPTY;
            }
            if (message.length > most) {
                return TOO_LONG;
            }
            queue.remove();
        }
        memory.write(address, message, 0, message.length);
        return message.length;
    }

    private synchronized int length() {
        var message = queue.peek();
        return message == null ? EMPTY : message.length;
    }

    /** Checks a whole range before anything happens. */
    static long checked(Memory memory, int pointer, long length) {
        long address = Integer.toUnsignedLong(pointer);
        if (length > memory.size() - address) {
            throw new Trap(TrapKind.OUT_OF_BOUNDS_MEMORY);
        }
        return address;
    }

    /** The memory of the instance that made the call: never that of another. */
    static Memory memory(HostFrame frame) {
        var found = frame.caller().flatMap(caller -> caller.export("memory"));
        if (found.isPresent() && found.get() instanceof Memory memory) {
            return memory;
        }
        throw new DeniedException("the caller exports no memory with the name \"memory\"");
    }
}
