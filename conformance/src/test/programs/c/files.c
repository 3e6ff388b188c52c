// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// Most of what a program can do with files, clocks and randomness in WASI 0.1, in a directory that
// is empty at the start and empty at the end. Prints the outcomes; where a system may choose among
// several errors, prints only that it failed. usage: files DIR

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char path_buffers[4][512];
static const char *directory;

static const char *in(const char *name) {
    static int next;
    char *path = path_buffers[next++ & 3];
    snprintf(path, sizeof path_buffers[0], "%s/%s", directory, name);
    return path;
}

static const char *error_name(void) {
    switch (errno) {
        case ENOENT: return "ENOENT";
        case EEXIST: return "EEXIST";
        case ENOTDIR: return "ENOTDIR";
        case EISDIR: return "EISDIR";
        case ENOTEMPTY: return "ENOTEMPTY";
        case ELOOP: return "ELOOP";
        case EBADF: return "EBADF";
        case EINVAL: return "EINVAL";
        default: return strerror(errno);
    }
}

// Prints what a call answered: its value, or the name of its error.
static long said(const char *what, long result) {
    if (result < 0) printf("%s: %s\n", what, error_name());
    else printf("%s: %ld\n", what, result);
    return result;
}

static void refused(const char *what, long result) {
    printf("%s: %s\n", what, result < 0 ? "refused" : "NOT REFUSED");
}

static int must(const char *what, int result) {
    if (result < 0) {
        printf("%s: unexpected %s\n", what, strerror(errno));
        exit(99);
    }
    return result;
}

static void contents(const char *name) {
    char text[256];
    int fd = must(name, open(in(name), O_RDONLY));
    ssize_t n = read(fd, text, sizeof text);
    printf("%s [%zd]: ", name, n);
    for (ssize_t i = 0; i < n; i++) {
        putchar(text[i] == 0 ? '0' : text[i] == '\n' ? '|' : text[i]);
    }
    printf("\n");
    must("close", close(fd));
}

static void reading_and_writing(void) {
    int fd = must("create", open(in("data"), O_RDWR | O_CREAT | O_EXCL, 0644));
    said("write", write(fd, "0123456789", 10));
    said("lseek end", lseek(fd, 0, SEEK_END));
    said("lseek cur", lseek(fd, -4, SEEK_CUR));
    said("write at 6", write(fd, "AB", 2));
    said("tell", lseek(fd, 0, SEEK_CUR));
    said("pwrite", pwrite(fd, "xy", 2, 1));
    said("pwrite beyond", pwrite(fd, "!", 1, 15));
    said("tell unmoved", lseek(fd, 0, SEEK_CUR));
    char four[5] = {0};
    said("pread", pread(fd, four, 4, 0));
    printf("pread gave: %s\n", four);
    said("pread past the end", pread(fd, four, 4, 100));
    said("lseek before 0", lseek(fd, -100, SEEK_SET));
    contents("data");
    said("truncate down", ftruncate(fd, 4));
    said("truncate up", ftruncate(fd, 6));
    contents("data");
    struct stat st;
    must("fstat", fstat(fd, &st));
    printf("size %ld, regular %d, links %d\n", (long)st.st_size, S_ISREG(st.st_mode),
           (int)st.st_nlink);
    said("sync", fsync(fd));
    said("datasync", fdatasync(fd));
    said("close", close(fd));
    said("close again", close(fd));

    fd = must("append", open(in("data"), O_WRONLY | O_APPEND));
    must("seek", lseek(fd, 0, SEEK_SET));
    said("write appended", write(fd, "end", 3));
    refused("read of a write-only file", read(fd, four, 4));
    close(fd);
    contents("data");

    said("exclusive create", open(in("data"), O_WRONLY | O_CREAT | O_EXCL, 0644));
    said("open missing", open(in("absent"), O_RDONLY));
    said("open file as directory", open(in("data"), O_RDONLY | O_DIRECTORY));
    said("open below a file", open(in("data/below"), O_RDONLY));
    fd = must("truncate", open(in("data"), O_WRONLY | O_TRUNC));
    close(fd);
    contents("data");
}

static void times(void) {
    struct timespec set[2] = {{1000000000, 0}, {1234567890, 0}};
    said("utimens", utimensat(AT_FDCWD, in("data"), set, 0));
    struct stat st;
    must("stat", stat(in("data"), &st));
    printf("times %lld %lld.%09ld\n", (long long)st.st_atim.tv_sec, (long long)st.st_mtim.tv_sec,
           st.st_mtim.tv_nsec);
}

static void directories(void) {
    said("mkdir", mkdir(in("d"), 0755));
    said("mkdir again", mkdir(in("d"), 0755));
    said("mkdir below", mkdir(in("d/e"), 0755));
    said("mkdir orphan", mkdir(in("no/e"), 0755));
    said("rmdir full", rmdir(in("d")));
    said("rmdir of a file", rmdir(in("data")));
    refused("unlink of a directory", unlink(in("d")));
    said("rename into", rename(in("data"), in("d/e/data")));
    said("rename directory", rename(in("d"), in("f")));
    struct stat st;
    said("stat old", stat(in("d"), &st));
    said("stat new", stat(in("f/e/data"), &st));
    said("rename back", rename(in("f/e/data"), in("data")));
    said("rmdir", rmdir(in("f/e")));

    // Enough entries that a listing takes several calls.
    char name[64];
    for (int i = 0; i < 200; i++) {
        snprintf(name, sizeof name, "f/an-entry-with-a-longish-name-%03d", i);
        close(must(name, open(in(name), O_WRONLY | O_CREAT, 0644)));
    }
    char seen[200] = {0};
    int count = 0, files = 0;
    DIR *dir = opendir(in("f"));
    if (dir == NULL) must("opendir", -1);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        int number;
        if (sscanf(entry->d_name, "an-entry-with-a-longish-name-%d", &number) == 1) {
            count += !seen[number]++;
            files += entry->d_type == DT_REG;
        }
    }
    printf("listed %d distinct, %d files\n", count, files);
    rewinddir(dir);
    int again = 0;
    while (readdir(dir) != NULL) again++;
    printf("listed again: %s\n", again >= 200 ? "all" : "too few");
    closedir(dir);
    for (int i = 0; i < 200; i++) {
        snprintf(name, sizeof name, "f/an-entry-with-a-longish-name-%03d", i);
        must(name, unlink(in(name)));
    }
    said("rmdir emptied", rmdir(in("f")));
}

static void links(void) {
    int fd = must("open", open(in("data"), O_WRONLY | O_TRUNC));
    must("write", (int)write(fd, "linked", 6));
    close(fd);
    said("link", link(in("data"), in("hard")));
    struct stat st;
    must("stat", stat(in("hard"), &st));
    printf("links %d\n", (int)st.st_nlink);
    said("symlink", symlink("data", in("soft")));
    char target[64] = {0};
    said("readlink", readlink(in("soft"), target, sizeof target - 1));
    printf("target %s\n", target);
    contents("soft");
    must("lstat", lstat(in("soft"), &st));
    printf("is a link %d\n", S_ISLNK(st.st_mode));
    said("open not following", open(in("soft"), O_RDONLY | O_NOFOLLOW));
    said("symlink dangling", symlink("nowhere", in("dangling")));
    said("open dangling", open(in("dangling"), O_RDONLY));
    said("stat dangling", stat(in("dangling"), &st));
    said("lstat dangling", lstat(in("dangling"), &st));
    said("symlink to itself", symlink("loop", in("loop")));
    said("open loop", open(in("loop"), O_RDONLY));
    said("readlink of a file", readlink(in("data"), target, sizeof target));
    must("unlink", unlink(in("loop")));
    must("unlink", unlink(in("dangling")));
    must("unlink", unlink(in("soft")));
    must("unlink", unlink(in("hard")));
    contents("data");
}

static void escapes(void) {
    struct stat st;
    refused("open ../", open(in("../"), O_RDONLY));
    refused("open ../../etc/passwd", open(in("../../etc/passwd"), O_RDONLY));
    refused("stat x/../../y", stat(in("x/../../y"), &st));
    refused("open /etc/passwd", open("/etc/passwd", O_RDONLY));
    refused("create ../escaped", open(in("../escaped"), O_WRONLY | O_CREAT, 0644));
    refused("mkdir ../escaped", mkdir(in("../escaped"), 0755));
    refused("rename out", rename(in("data"), in("../escaped")));
    if (symlink("../..", in("up")) == 0) {
        refused("open through a link upwards", open(in("up/etc/passwd"), O_RDONLY));
        must("unlink", unlink(in("up")));
    } else {
        // A system may also refuse to make such a link.
        printf("open through a link upwards: refused\n");
    }
}

static void clocks(void) {
    struct timespec before, after, pause = {0, 20000000};
    must("clock", clock_gettime(CLOCK_MONOTONIC, &before));
    must("nanosleep", nanosleep(&pause, NULL));
    must("clock", clock_gettime(CLOCK_MONOTONIC, &after));
    int64_t passed = (after.tv_sec - before.tv_sec) * INT64_C(1000000000)
        + (after.tv_nsec - before.tv_nsec);
    printf("slept long enough: %s\n", passed >= 20000000 ? "yes" : "no");
    printf("slept not too long: %s\n", passed < 5000000000 ? "yes" : "no");
    must("clock", clock_gettime(CLOCK_REALTIME, &before));
    printf("after 2020: %s\n", before.tv_sec > 1577836800 ? "yes" : "no");
    must("resolution", clock_getres(CLOCK_MONOTONIC, &before));
    printf("resolution: %s\n", before.tv_sec == 0 && before.tv_nsec > 0 ? "positive" : "zero");
}

static void randomness(void) {
    unsigned char a[200], b[200];
    must("getentropy", getentropy(a, sizeof a));
    must("getentropy", getentropy(b, sizeof b));
    printf("random: %s\n", memcmp(a, b, sizeof a) == 0 ? "the same twice" : "differs");
}

static void polling(void) {
    int fd = must("open", open(in("data"), O_RDONLY));
    struct pollfd request = {.fd = fd, .events = POLLIN};
    said("poll a file", poll(&request, 1, 1000));
    printf("readable: %s\n", request.revents & POLLIN ? "yes" : "no");
    close(fd);
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    directory = argv[1];
    setvbuf(stdout, NULL, _IOLBF, 4096);
    reading_and_writing();
    times();
    directories();
    links();
    escapes();
    clocks();
    randomness();
    polling();
    must("unlink", unlink(in("data")));
    said("unlink again", unlink(in("data")));
    return 0;
}
