// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
package io.nacelle.tree;

import java.util.Locale;
import java.util.Set;

/** What WASI imports need to be granted. */
public enum WasiKind {
    /** Every {@code path_…} function, and {@code fd_readdir}. */
    DIRECTORIES("directory"),
    /** {@code clock_…} and {@code poll_oneoff}, which tells when time has passed. */
    CLOCKS("clocks"),
    /** {@code random_get}. */
    RANDOM("random"),
    /** Every {@code sock_…} function. */
    SOCKETS("socket"),
    /** {@code wasi.thread-spawn}: trees have no threads, so that nobody holds it. */
    THREADS("threads"),
    /**
     * Always there: standard streams, which are empty and swallow everything unless granted,
     * arguments and environment, which are empty, work on descriptors that are open already, {@code
     * sched_yield}, {@code proc_exit}, which ends the guest's call with {@link DeniedException}
     * unless granted, and what a C library asks for preopened directories.
     */
    NONE("");

    static final String MODULE = "wasi_snapshot_preview1";
    static final String THREAD_MODULE = "wasi";

    /** What an unknown function is denied as would be wrong, so these are all that need nothing. */
    private static final Set<String> FREE =
            Set.of(
                    "args_get",
                    "args_sizes_get",
                    "environ_get",
                    "environ_sizes_get",
                    "fd_advise",
                    "fd_allocate",
                    "fd_close",
                    "fd_datasync",
                    "fd_fdstat_get",
                    "fd_fdstat_set_flags",
                    "fd_fdstat_set_rights",
                    "fd_filestat_get",
                    "fd_filestat_set_size",
                    "fd_filestat_set_times",
                    "fd_pread",
                    "fd_prestat_dir_name",
                    "fd_prestat_get",
                    "fd_pwrite",
                    "fd_read",
                    "fd_renumber",
                    "fd_seek",
                    "fd_sync",
                    "fd_tell",
                    "fd_write",
                    "proc_exit",
                    "proc_raise",
                    "sched_yield");

    private final String label;

    WasiKind(String label) {
        this.label = label;
    }

    /** What a function needs. */
    static WasiKind of(String module, String function) {
        if (module.equals(THREAD_MODULE)) {
            return THREADS;
        }
        if (FREE.contains(function)) {
            return NONE;
        }
        if (function.startsWith("sock_")) {
            return SOCKETS;
        }
        return switch (function) {
            case "clock_res_get", "clock_time_get", "poll_oneoff" -> CLOCKS;
            case "random_get" -> RANDOM;
            default -> DIRECTORIES;
        };
    }

    String label() {
        return label;
    }

    /** The manifest's word for it. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
