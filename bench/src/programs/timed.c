// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// Runs a command and writes what it took into a file: microseconds by the clock, microseconds of CPU
// with those of its children, kilobytes that it had in memory at most, and its status.
//
// usage: timed FILE COMMAND [ARGUMENT…]

#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long microseconds(struct timeval time) {
    return time.tv_sec * 1000000LL + time.tv_usec;
}

int main(int argc, char **argv) {
    struct timespec start, end;
    struct rusage used;
    int status;
    if (argc < 3) return 2;
    clock_gettime(CLOCK_MONOTONIC, &start);
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        perror(argv[2]);
        _exit(127);
    }
    if (child < 0 || wait4(child, &status, 0, &used) < 0) {
        perror("timed");
        return 1;
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    FILE *file = fopen(argv[1], "w");
    if (file == NULL) {
        perror(argv[1]);
        return 1;
    }
    long long wall = (end.tv_sec - start.tv_sec) * 1000000LL + (end.tv_nsec - start.tv_nsec) / 1000;
    fprintf(file, "%lld %lld %ld %d\n", wall,
            microseconds(used.ru_utime) + microseconds(used.ru_stime), used.ru_maxrss,
            WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return fclose(file) == 0 ? 0 : 1;
}
