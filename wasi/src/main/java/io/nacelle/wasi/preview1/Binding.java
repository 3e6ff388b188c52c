// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.wasi.preview1;

import io.nacelle.runtime.HostFrame;
import io.nacelle.runtime.HostFunction;
import io.nacelle.runtime.Instance;
import io.nacelle.runtime.Linker;
import io.nacelle.runtime.Memory;
import io.nacelle.wasi.fs.FsException;
import io.nacelle.wasm.syntax.FuncType;
import io.nacelle.wasm.syntax.NumType;
import io.nacelle.wasm.syntax.ValType;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The table that ties the functions' names and types to their implementations. In a row's
 * signature, {@code i} is an i32 and {@code I} an i64.
 */
final class Binding {
    private static final String MODULE = "wasi_snapshot_preview1";
    private static final List<ValType> ERRNO = List.of(NumType.I32);

    /** A function that uses the guest's memory. */
    @FunctionalInterface
    private interface OnMemory {
        void call(Memory memory, HostFrame frame) throws FsException;
    }

    /** A function that only takes numbers. */
    @FunctionalInterface
    private interface OnNumbers {
        void call(HostFrame frame) throws FsException;
    }

    private final Preview1 wasi;
    private final Map<String, FuncType> types = new HashMap<>();

    /** The instance that called last and its memory: it is nearly always the same one. */
    private Instance lastCaller;

    private Memory lastMemory;

    Binding(Preview1 wasi) {
        this.wasi = wasi;
    }

    private Memory memory(String function, HostFrame frame) {
        Instance caller =
                frame.caller()
                        .orElseThrow(
                                () ->
                                        new IllegalStateException(
                                                function + " can only be called by a guest"));
        if (caller != lastCaller) {
            lastMemory =
                    caller.export("memory")
                            .filter(Memory.class::isInstance)
                            .map(Memory.class::cast)
                            .orElseThrow(
                                    () ->
                                            new IllegalStateException(
                                                    "a module that imports "
                                                            + function
                                                            + " must export its memory as"
                                                            + " \"memory\""));
            lastCaller = caller;
        }
        return lastMemory;
    }

    /** Few signatures are those of many functions; all this happens at each start. */
    private FuncType type(String signature) {
        var known = types.get(signature);
        if (known == null) {
            var params = new ValType[signature.length()];
            for (int i = 0; i < params.length; i++) {
                params[i] = signature.charAt(i) == 'I' ? NumType.I64 : NumType.I32;
            }
            known = new FuncType(List.of(params), ERRNO);
            types.put(signature, known);
        }
        return known;
    }

    private void row(Linker linker, String name, String signature, OnMemory body) {
        HostFunction function =
                frame -> {
                    Memory memory = memory(name, frame);
                    int code = 0;
                    try {
                        body.call(memory, frame);
                    } catch (FsException e) {
                        code = e.errno().code();
                    }
                    frame.setI32(0, code);
                };
        linker.define(MODULE, name, type(signature), function);
    }

    private void row(Linker linker, String name, String signature, OnNumbers body) {
        HostFunction function =
                frame -> {
                    int code = 0;
                    try {
                        body.call(frame);
                    } catch (FsException e) {
                        code = e.errno().code();
                    }
                    frame.setI32(0, code);
                };
        linker.define(MODULE, name, type(signature), function);
    }

    void define(Linker linker) {
        defineProcess(linker);
        defineDescriptors(linker);
        definePaths(linker);
        defineSockets(linker);
    }

    private void defineProcess(Linker linker) {
        ProcessCalls process = wasi.process();
        row(linker, "args_get", "ii", (m, f) -> process.argsGet(m, f.i32(0), f.i32(1)));
        row(linker, "args_sizes_get", "ii", (m, f) -> process.argsSizesGet(m, f.i32(0), f.i32(1)));
        row(linker, "environ_get", "ii", (m, f) -> process.environGet(m, f.i32(0), f.i32(1)));
        row(
                linker,
                "environ_sizes_get",
                "ii",
                (m, f) -> process.environSizesGet(m, f.i32(0), f.i32(1)));
        row(linker, "clock_res_get", "ii", (m, f) -> process.clockResGet(m, f.i32(0), f.i32(1)));
        // The precision asked for is a hint, and the clocks are as precise as they get.
        row(linker, "clock_time_get", "iIi", (m, f) -> process.clockTimeGet(m, f.i32(0), f.i32(2)));
        row(linker, "random_get", "ii", (m, f) -> process.randomGet(m, f.i32(0), f.i32(1)));
        row(linker, "sched_yield", "", f -> process.yieldProcessor());
        row(linker, "proc_raise", "i", f -> process.raise(f.i32(0)));
        var exit = FuncType.of(List.of(NumType.I32), List.of());
        linker.define(MODULE, "proc_exit", exit, frame -> process.exit(frame.i32(0)));
        PollCall poll = wasi.poll();
        row(
                linker,
                "poll_oneoff",
                "iiii",
                (m, f) -> poll.poll(m, f.i32(0), f.i32(1), f.i32(2), f.i32(3)));
    }

    private void defineDescriptors(Linker linker) {
        FdCalls fd = wasi.fd();
        row(linker, "fd_advise", "iIIi", f -> fd.advise(f.i32(0), f.i64(1), f.i64(2), f.i32(3)));
        row(linker, "fd_allocate", "iII", f -> fd.allocate(f.i32(0), f.i64(1), f.i64(2)));
        row(linker, "fd_close", "i", f -> fd.close(f.i32(0)));
        row(linker, "fd_datasync", "i", f -> fd.dataSync(f.i32(0)));
        row(linker, "fd_fdstat_get", "ii", (m, f) -> fd.fdstatGet(m, f.i32(0), f.i32(1)));
        row(linker, "fd_fdstat_set_flags", "ii", f -> fd.fdstatSetFlags(f.i32(0), f.i32(1)));
        row(
                linker,
                "fd_fdstat_set_rights",
                "iII",
                f -> fd.fdstatSetRights(f.i32(0), f.i64(1), f.i64(2)));
        row(linker, "fd_filestat_get", "ii", (m, f) -> fd.filestatGet(m, f.i32(0), f.i32(1)));
        row(linker, "fd_filestat_set_size", "iI", f -> fd.filestatSetSize(f.i32(0), f.i64(1)));
        row(
                linker,
                "fd_filestat_set_times",
                "iIIi",
                f -> fd.filestatSetTimes(f.i32(0), f.i64(1), f.i64(2), f.i32(3)));
        row(
                linker,
                "fd_pread",
                "iiiIi",
                (m, f) -> fd.pread(m, f.i32(0), f.i32(1), f.i32(2), f.i64(3), f.i32(4)));
        row(linker, "fd_prestat_get", "ii", (m, f) -> fd.prestatGet(m, f.i32(0), f.i32(1)));
        row(
                linker,
                "fd_prestat_dir_name",
                "iii",
                (m, f) -> fd.prestatDirName(m, f.i32(0), f.i32(1), f.i32(2)));
        row(
                linker,
                "fd_pwrite",
                "iiiIi",
                (m, f) -> fd.pwrite(m, f.i32(0), f.i32(1), f.i32(2), f.i64(3), f.i32(4)));
        row(
                linker,
                "fd_read",
                "iiii",
                (m, f) -> fd.read(m, f.i32(0), f.i32(1), f.i32(2), f.i32(3)));
        row(
                linker,
                "fd_readdir",
                "iiiIi",
                (m, f) -> fd.readdir(m, f.i32(0), f.i32(1), f.i32(2), f.i64(3), f.i32(4)));
        row(linker, "fd_renumber", "ii", f -> fd.renumber(f.i32(0), f.i32(1)));
        row(
                linker,
                "fd_seek",
                "iIii",
                (m, f) -> fd.seek(m, f.i32(0), f.i64(1), f.i32(2), f.i32(3)));
        row(linker, "fd_sync", "i", f -> fd.sync(f.i32(0)));
        row(linker, "fd_tell", "ii", (m, f) -> fd.tell(m, f.i32(0), f.i32(1)));
        row(
                linker,
                "fd_write",
                "iiii",
                (m, f) -> fd.write(m, f.i32(0), f.i32(1), f.i32(2), f.i32(3)));
    }

    private void definePaths(Linker linker) {
        PathCalls path = wasi.path();
        row(
                linker,
                "path_create_directory",
                "iii",
                (m, f) -> path.createDirectory(m, f.i32(0), f.i32(1), f.i32(2)));
        row(
                linker,
                "path_filestat_get",
                "iiiii",
                (m, f) -> path.filestatGet(m, f.i32(0), f.i32(1), f.i32(2), f.i32(3), f.i32(4)));
        row(
                linker,
                "path_filestat_set_times",
                "iiiiIIi",
                (m, f) ->
                        path.filestatSetTimes(
                                m, f.i32(0), f.i32(1), f.i32(2), f.i32(3), f.i64(4), f.i64(5),
                                f.i32(6)));
        row(
                linker,
                "path_link",
                "iiiiiii",
                (m, f) ->
                        path.link(
                                m, f.i32(0), f.i32(1), f.i32(2), f.i32(3), f.i32(4), f.i32(5),
                                f.i32(6)));
        row(
                linker,
                "path_open",
                "iiiiiIIii",
                (m, f) ->
                        path.open(
                                m, f.i32(0), f.i32(1), f.i32(2), f.i32(3), f.i32(4), f.i64(5),
                                f.i64(6), f.i32(7), f.i32(8)));
        row(
                linker,
                "path_readlink",
                "iiiiii",
                (m, f) ->
                        path.readlink(
                                m, f.i32(0), f.i32(1), f.i32(2), f.i32(3), f.i32(4), f.i32(5)));
        row(
                linker,
                "path_remove_directory",
                "iii",
                (m, f) -> path.removeDirectory(m, f.i32(0), f.i32(1), f.i32(2)));
        row(
                linker,
                "path_rename",
                "iiiiii",
                (m, f) ->
                        path.rename(m, f.i32(0), f.i32(1), f.i32(2), f.i32(3), f.i32(4), f.i32(5)));
        row(
                linker,
                "path_symlink",
                "iiiii",
                (m, f) -> path.symlink(m, f.i32(0), f.i32(1), f.i32(2), f.i32(3), f.i32(4)));
        row(
                linker,
                "path_unlink_file",
                "iii",
                (m, f) -> path.unlinkFile(m, f.i32(0), f.i32(1), f.i32(2)));
    }

    private void defineSockets(Linker linker) {
        SocketCalls socket = wasi.socket();
        row(linker, "sock_accept", "iii", (m, f) -> socket.accept(m, f.i32(0), f.i32(1), f.i32(2)));
        row(
                linker,
                "sock_recv",
                "iiiiii",
                (m, f) ->
                        socket.receive(
                                m, f.i32(0), f.i32(1), f.i32(2), f.i32(3), f.i32(4), f.i32(5)));
        row(
                linker,
                "sock_send",
                "iiiii",
                (m, f) -> socket.send(m, f.i32(0), f.i32(1), f.i32(2), f.i32(3), f.i32(4)));
        row(linker, "sock_shutdown", "ii", f -> socket.shutdown(f.i32(0), f.i32(1)));
    }
}
