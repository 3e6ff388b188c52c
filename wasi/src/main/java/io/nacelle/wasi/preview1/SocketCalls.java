// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import io.nacelle.runtime.Memory;
import io.nacelle.wasi.fs.Errno;
import io.nacelle.wasi.fs.FsException;

/** The functions on sockets. */
final class SocketCalls {
    private static final int PEEK = 1;
    private static final int WAITALL = 2;
    private static final int SHUT_READ = 1;
    private static final int SHUT_WRITE = 2;

    private final Context context;
    private final DescriptorTable table;

    SocketCalls(Context context) {
        this.context = context;
        this.table = context.table;
    }

    private Connection connection(int fd, long rights) throws FsException {
        return switch (table.get(fd)) {
            case Connection connection -> {
                DescriptorTable.require(connection, rights);
                yield connection;
            }
            case Listener listener -> throw new FsException(Errno.NOTCONN);
            default -> throw new FsException(Errno.NOTSOCK);
        };
    }

    void accept(Memory memory, int fd, int flags, int result) throws FsException {
        Listener listener =
                switch (table.get(fd)) {
                    case Listener found -> found;
                    case Connection connection -> throw new FsException(Errno.INVAL);
                    default -> throw new FsException(Errno.NOTSOCK);
                };
        DescriptorTable.require(listener, Rights.SOCK_ACCEPT);
        long at = Guest.require(memory, result, 4);
        if ((flags & ~FdFlags.NONBLOCK) != 0) {
            throw new FsException(Errno.INVAL);
        }
        table.requireRoom();
        Connection accepted = null;
        while (accepted == null) {
            try {
                accepted = listener.accept();
            } catch (FsException e) {
                context.waitOrThrow(listener, Waits.Direction.READ, e);
            }
        }
        accepted.rights &= listener.inheriting;
        accepted.flags = flags;
        memory.writeI32(at, table.addOrClose(accepted));
    }

    void receive(
            Memory memory, int fd, int vectors, int count, int flags, int size, int resultFlags)
            throws FsException {
        Connection connection = connection(fd, Rights.FD_READ);
        long sizeAt = Guest.require(memory, size, 4);
        long flagsAt = Guest.require(memory, resultFlags, 2);
        if ((flags & ~(PEEK | WAITALL)) != 0) {
            throw new FsException(Errno.INVAL);
        }
        context.vectors.load(memory, vectors, count);
        long total = 0;
        if ((flags & PEEK) != 0) {
            total = peek(memory, connection);
        } else {
            long wanted = context.vectors.total();
            while (total < wanted) {
                long n;
                try {
                    n = context.readSequential(memory, connection, wanted - total);
                } catch (FsException e) {
                    if (total > 0) {
                        break;
                    }
                    throw e;
                }
                total += n;
                if (n == 0 || (flags & WAITALL) == 0) {
                    break;
                }
            }
        }
        memory.writeI32(sizeAt, (int) total);
        // Stream sockets never cut a message short, the only thing these flags tell.
        memory.writeI16(flagsAt, (short) 0);
    }

    private long peek(Memory memory, Connection connection) throws FsException {
        byte[] buffer = context.buffer();
        int want = (int) Math.min(context.vectors.total(), buffer.length);
        while (true) {
            try {
                int n = connection.peek(buffer, 0, want);
                context.vectors.scatter(memory, buffer, n);
                return n;
            } catch (FsException e) {
                context.waitOrThrow(connection, Waits.Direction.READ, e);
            }
        }
    }

    void send(Memory memory, int fd, int vectors, int count, int flags, int size)
            throws FsException {
        Connection connection = connection(fd, Rights.FD_WRITE);
        long sizeAt = Guest.require(memory, size, 4);
        if (flags != 0) {
            throw new FsException(Errno.INVAL);
        }
        context.vectors.load(memory, vectors, count);
        memory.writeI32(sizeAt, (int) context.writeSequential(memory, connection));
    }

    void shutdown(int fd, int how) throws FsException {
        Connection connection = connection(fd, Rights.SOCK_SHUTDOWN);
        if (how == 0 || (how & ~(SHUT_READ | SHUT_WRITE)) != 0) {
            throw new FsException(Errno.INVAL);
        }
        if ((how & SHUT_READ) != 0) {
            connection.shutdownInput();
        }
        if ((how & SHUT_WRITE) != 0) {
            connection.shutdownOutput();
        }
    }
}
