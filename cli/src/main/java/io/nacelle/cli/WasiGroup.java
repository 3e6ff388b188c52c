// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The functions of WASI 0.1 by what a program does with them. */
enum WasiGroup {
    ARGUMENTS("arguments", "reads its arguments", "", "args_get", "args_sizes_get"),
    ENVIRONMENT(
            "environment",
            "reads environment variables; it sees those given with --env",
            "[--env NAME=VALUE]",
            "environ_get",
            "environ_sizes_get"),
    STREAMS(
            "streams",
            "reads and writes standard streams, and what else is open",
            "",
            "fd_close",
            "fd_fdstat_get",
            "fd_fdstat_set_flags",
            "fd_fdstat_set_rights",
            "fd_read",
            "fd_renumber",
            "fd_seek",
            "fd_tell",
            "fd_write"),
    DIRECTORIES(
            "directories",
            "opens files and directories, by path; it reaches those given with --dir",
            "[--dir HOST[::GUEST][::ro]]",
            "fd_prestat_dir_name",
            "fd_prestat_get",
            "fd_readdir",
            "path_create_directory",
            "path_filestat_get",
            "path_filestat_set_times",
            "path_link",
            "path_open",
            "path_readlink",
            "path_remove_directory",
            "path_rename",
            "path_symlink",
            "path_unlink_file"),
    FILES(
            "files",
            "works on open files: sizes, times, positions",
            "",
            "fd_advise",
            "fd_allocate",
            "fd_datasync",
            "fd_filestat_get",
            "fd_filestat_set_size",
            "fd_filestat_set_times",
            "fd_pread",
            "fd_pwrite",
            "fd_sync"),
    CLOCKS("clocks", "reads clocks", "", "clock_res_get", "clock_time_get"),
    RANDOM("random", "takes random numbers", "", "random_get"),
    WAITING("waiting", "waits for time to pass or for streams", "", "poll_oneoff", "sched_yield"),
    EXIT("exit", "ends with an exit code of its own", "", "proc_exit", "proc_raise"),
    SOCKETS(
            "sockets",
            "talks over sockets that are open already; it cannot open any",
            "",
            "sock_accept",
            "sock_recv",
            "sock_send",
            "sock_shutdown");

    /** The name by which modules import them. */
    static final String MODULE = "wasi_snapshot_preview1";

    private final String label;
    private final String words;
    private final String option;
    private final List<String> functions;

    WasiGroup(String label, String words, String option, String... functions) {
        this.label = label;
        this.words = words;
        this.option = option;
        this.functions = List.of(functions);
    }

    /** The group that a function belongs to, if WASI 0.1 has it at all. */
    static Optional<WasiGroup> of(String function) {
        return Arrays.stream(values()).filter(g -> g.functions.contains(function)).findFirst();
    }

    String label() {
        return label;
    }

    /** What a program does that imports one of these. */
    String words() {
        return words;
    }

    /** The option of {@code run} that lets it, or nothing where none is needed. */
    String option() {
        return option;
    }
}
