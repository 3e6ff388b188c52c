// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// Threads without a C library: a mutex and a barrier made of atomics, wait and notify, threads that
// are spawned through wasi-threads, and their results, which no order of events may change.

#define EXPORT(name) __attribute__((export_name(#name)))
#define WASI(name) \
    __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name)))

enum { THREADS = 8, ROUNDS = 2000, STACK = 16384 };

struct vector {
    const char *text;
    unsigned long length;
};

WASI(fd_write) int fd_write(int fd, const struct vector *vectors, int count, int *written);
WASI(proc_exit) _Noreturn void proc_exit(int code);
__attribute__((import_module("wasi"), import_name("thread-spawn"))) int spawn(void *argument);

// A thread begins with the stack pointer of a new instance, which is that of the first thread: its
// own is the first thing in its argument.
struct thread {
    char *stack;
    int number;
    int id;
};

__asm__(
    ".globaltype __stack_pointer, i32\n"
    ".functype thread_main (i32, i32) -> ()\n"
    ".globl wasi_thread_start\n"
    ".export_name wasi_thread_start, wasi_thread_start\n"
    ".type wasi_thread_start,@function\n"
    "wasi_thread_start:\n"
    ".functype wasi_thread_start (i32, i32) -> ()\n"
    "local.get 1\n"
    "i32.load 0\n"
    "global.set __stack_pointer\n"
    "local.get 0\n"
    "local.get 1\n"
    "call thread_main\n"
    "end_function\n");

static struct thread threads[THREADS];
static char stacks[THREADS][STACK] __attribute__((aligned(16)));

// 0 free, 1 taken, 2 taken and somebody may wait.
static int mutex;
static long counter;
static long histogram[THREADS];

static int arrived;
static int generation;
static int ended;
static long long wide;
static unsigned char narrow;

static void lock(void) {
    int seen = 0;
    if (__atomic_compare_exchange_n(&mutex, &seen, 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
        return;
    }
    while (__atomic_exchange_n(&mutex, 2, __ATOMIC_SEQ_CST) != 0) {
        __builtin_wasm_memory_atomic_wait32(&mutex, 2, -1);
    }
}

static void unlock(void) {
    if (__atomic_exchange_n(&mutex, 0, __ATOMIC_SEQ_CST) == 2) {
        __builtin_wasm_memory_atomic_notify(&mutex, 1);
    }
}

static void barrier(void) {
    int mine = __atomic_load_n(&generation, __ATOMIC_SEQ_CST);
    if (__atomic_add_fetch(&arrived, 1, __ATOMIC_SEQ_CST) == THREADS) {
        __atomic_store_n(&arrived, 0, __ATOMIC_SEQ_CST);
        __atomic_add_fetch(&generation, 1, __ATOMIC_SEQ_CST);
        __builtin_wasm_memory_atomic_notify(&generation, THREADS);
        return;
    }
    while (__atomic_load_n(&generation, __ATOMIC_SEQ_CST) == mine) {
        __builtin_wasm_memory_atomic_wait32(&generation, mine, -1);
    }
}

void thread_main(int id, struct thread *self) {
    // On this thread's stack: another one on it would change these.
    volatile long own[16];
    for (int i = 0; i < 16; i++) {
        own[i] = self->number;
    }
    self->id = id;
    for (int round = 0; round < ROUNDS; round++) {
        lock();
        counter++;
        histogram[(counter + self->number) % THREADS]++;
        unlock();
        __atomic_add_fetch(&wide, 0x100000001LL, __ATOMIC_SEQ_CST);
        __atomic_add_fetch(&narrow, 1, __ATOMIC_SEQ_CST);
    }
    for (int round = 0; round < 50; round++) {
        barrier();
    }
    for (int i = 0; i < 16; i++) {
        if (own[i] != self->number) {
            __builtin_trap();
        }
    }
    __atomic_add_fetch(&ended, 1, __ATOMIC_SEQ_CST);
    __builtin_wasm_memory_atomic_notify(&ended, -1);
}

static void print(const char *name, long long value) {
    char text[80];
    int length = 0;
    while (name[length]) {
        text[length] = name[length];
        length++;
    }
    char digits[20];
    int count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    while (count) {
        text[length++] = digits[--count];
    }
    text[length++] = '\n';
    struct vector vector = {text, (unsigned long)length};
    int written;
    fd_write(1, &vector, 1, &written);
}

EXPORT(_start) void start(void) {
    for (int i = 0; i < THREADS; i++) {
        threads[i].stack = stacks[i] + STACK;
        threads[i].number = i;
        if (spawn(&threads[i]) <= 0) {
            proc_exit(1);
        }
    }
    int seen;
    while ((seen = __atomic_load_n(&ended, __ATOMIC_SEQ_CST)) < THREADS) {
        __builtin_wasm_memory_atomic_wait32(&ended, seen, -1);
    }
    print("counted under the mutex ", counter);
    long sum = 0;
    for (int i = 0; i < THREADS; i++) {
        sum += histogram[i];
    }
    print("in the histogram ", sum);
    print("in 64 bits ", wide);
    print("in 8 bits ", narrow);
    print("barriers ", generation);
    int different = 1;
    for (int i = 0; i < THREADS; i++) {
        for (int j = 0; j < i; j++) {
            different &= threads[i].id != threads[j].id;
        }
        different &= threads[i].id > 0;
    }
    print("ids differ ", different);
    proc_exit(3);
}
