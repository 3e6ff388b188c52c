// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// The small program, in C. The same program exists in Go, Rust and AssemblyScript, and all of them
// print the same, but for the first line.
//
// usage: hello DIR CODE WORDS…
// Reads its arguments, environment and standard input, works on files in DIR, leaves report.txt
// there, and ends with exit status CODE.

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *directory;

static void fail(const char *what) {
    fprintf(stderr, "failed: %s: %s\n", what, strerror(errno));
    exit(99);
}

static const char *in_directory(const char *name) {
    static char paths[2][1024];
    static int next;
    char *path = paths[next++ & 1];
    snprintf(path, sizeof paths[0], "%s/%s", directory, name);
    return path;
}

static void put(const char *name, const char *mode, const char *text) {
    FILE *file = fopen(in_directory(name), mode);
    if (file == NULL || fputs(text, file) == EOF || fclose(file) != 0) fail(name);
}

static void show(const char *name) {
    char text[256];
    FILE *file = fopen(in_directory(name), "r");
    if (file == NULL) {
        if (errno != ENOENT) fail(name);
        printf("%s: not found\n", name);
        return;
    }
    size_t length = fread(text, 1, sizeof text - 1, file);
    if (ferror(file)) fail(name);
    fclose(file);
    text[length] = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\n') text[i] = '|';
    }
    printf("%s: %s\n", name, text);
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list(void) {
    char *names[64];
    int count = 0;
    DIR *dir = opendir(directory);
    if (dir == NULL) fail("opendir");
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (count < 64) names[count++] = strdup(entry->d_name);
    }
    closedir(dir);
    qsort(names, count, sizeof names[0], by_name);
    printf("entries:");
    for (int i = 0; i < count; i++) {
        printf(" %s", names[i]);
        free(names[i]);
    }
    printf("\n");
}

static void read_input(void) {
    unsigned lines = 0, bytes = 0;
    uint32_t hash = 2166136261u;
    for (int c; (c = getchar()) != EOF;) {
        bytes++;
        if (c == '\n') lines++;
        hash = (hash ^ (uint32_t)c) * 16777619u;
    }
    printf("input: %u lines, %u bytes, hash %08x\n", lines, bytes, (unsigned)hash);
}

static int primes_below(int limit) {
    char *composite = calloc(limit, 1);
    int count = 0;
    for (int i = 2; i < limit; i++) {
        if (composite[i]) continue;
        count++;
        for (int64_t j = (int64_t)i * i; j < limit; j += i) composite[j] = 1;
    }
    free(composite);
    return count;
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fprintf(stderr, "usage: hello DIR CODE WORDS...\n");
        return 2;
    }
    directory = argv[1];
    int code = atoi(argv[2]);
    printf("language: c\n");
    printf("words: %d\n", argc - 3);
    for (int i = 3; i < argc; i++) printf("  %d: %s\n", i - 2, argv[i]);
    const char *greeting = getenv("GREETING");
    printf("GREETING: %s\n", greeting == NULL ? "(not set)" : greeting);
    printf("MISSING: %s\n", getenv("MISSING") == NULL ? "(not set)" : "(set)");
    read_input();

    put("one.txt", "w", "first file\n");
    put("two.txt", "w", "second file\n");
    put("three.txt", "w", "third file\n");
    list();
    put("one.txt", "a", "appended\n");
    show("one.txt");
    if (rename(in_directory("two.txt"), in_directory("four.txt")) != 0) fail("rename");
    show("two.txt");
    show("four.txt");
    list();
    if (unlink(in_directory("one.txt")) != 0) fail("unlink");
    if (unlink(in_directory("three.txt")) != 0) fail("unlink");
    if (unlink(in_directory("four.txt")) != 0) fail("unlink");
    list();
    put("report.txt", "w", "all went well\n");

    printf("primes below 100000: %d\n", primes_below(100000));
    printf("exit: %d\n", code);
    fprintf(stderr, "done\n");
    return code;
}
