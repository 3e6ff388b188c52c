// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

// POSIX threads: create, join, mutexes of both kinds, condition variables with and
// without a time limit, a barrier, once, a read-write lock, and storage of a thread in both forms.

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WORKERS = 4, ITEMS = 2000, ROUNDS = 20000 };

// --- a bounded queue between producers and consumers ----------------------------------------------

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t not_empty, not_full;
    int items[16], head, count, closed;
};

static struct queue queue = {
    PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, PTHREAD_COND_INITIALIZER, {0}, 0, 0, 0};

static void put(struct queue *q, int item) {
    pthread_mutex_lock(&q->lock);
    while (q->count == 16) pthread_cond_wait(&q->not_full, &q->lock);
    q->items[(q->head + q->count++) % 16] = item;
    pthread_cond_signal(&q->not_empty);
    pthread_mutex_unlock(&q->lock);
}

static int get(struct queue *q, int *item) {
    pthread_mutex_lock(&q->lock);
    while (q->count == 0 && !q->closed) pthread_cond_wait(&q->not_empty, &q->lock);
    int got = q->count > 0;
    if (got) {
        *item = q->items[q->head];
        q->head = (q->head + 1) % 16;
        q->count--;
        pthread_cond_signal(&q->not_full);
    }
    pthread_mutex_unlock(&q->lock);
    return got;
}

static void *produce(void *argument) {
    int from = *(int *) argument;
    for (int i = 0; i < ITEMS; i++) put(&queue, from + i);
    return NULL;
}

static void *consume(void *argument) {
    (void) argument;
    long long sum = 0;
    for (int item; get(&queue, &item);) sum += item;
    long long *result = malloc(sizeof *result);
    *result = sum;
    return result;
}

static void queues(void) {
    pthread_t producers[WORKERS], consumers[WORKERS];
    int from[WORKERS];
    for (int i = 0; i < WORKERS; i++) {
        from[i] = i * 1000000;
        pthread_create(&producers[i], NULL, produce, &from[i]);
        pthread_create(&consumers[i], NULL, consume, NULL);
    }
    for (int i = 0; i < WORKERS; i++) pthread_join(producers[i], NULL);
    pthread_mutex_lock(&queue.lock);
    queue.closed = 1;
    pthread_cond_broadcast(&queue.not_empty);
    pthread_mutex_unlock(&queue.lock);
    long long sum = 0;
    for (int i = 0; i < WORKERS; i++) {
        void *part;
        pthread_join(consumers[i], &part);
        sum += *(long long *) part;
        free(part);
    }
    printf("queue: %lld\n", sum);
}

// --- counters, under a lock and without ------------------------------------------------------------

static pthread_mutex_t counter_lock = PTHREAD_MUTEX_INITIALIZER;
static long locked, recursive_total;
static atomic_long atomic_count;
static pthread_mutex_t recursive;

static void nested(int depth) {
    pthread_mutex_lock(&recursive);
    recursive_total++;
    if (depth > 0) nested(depth - 1);
    pthread_mutex_unlock(&recursive);
}

static void *count(void *argument) {
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&counter_lock);
        locked++;
        pthread_mutex_unlock(&counter_lock);
        atomic_fetch_add(&atomic_count, 3);
        if (i % 1000 == 0) nested(4);
    }
    return argument;
}

static void counters(void) {
    pthread_mutexattr_t kind;
    pthread_mutexattr_init(&kind);
    pthread_mutexattr_settype(&kind, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&recursive, &kind);
    pthread_t threads[WORKERS];
    for (long i = 0; i < WORKERS; i++) pthread_create(&threads[i], NULL, count, (void *) (i * i));
    long returned = 0;
    for (int i = 0; i < WORKERS; i++) {
        void *value;
        pthread_join(threads[i], &value);
        returned += (long) value;
    }
    printf("counters: %ld %ld %ld, returned %ld\n", locked, atomic_load(&atomic_count),
           recursive_total, returned);
}

// --- storage of a thread --------------------------------------------------------------------------

static _Thread_local int own = 40;
static _Thread_local char text[32] = "fresh";
static pthread_key_t key;
static atomic_int destroyed;

static void destroy(void *value) {
    atomic_fetch_add(&destroyed, *(int *) value);
    free(value);
}

static void *store(void *argument) {
    int number = *(int *) argument;
    int clean = own == 40 && strcmp(text, "fresh") == 0 && pthread_getspecific(key) == NULL;
    int *kept = malloc(sizeof *kept);
    *kept = 1 << number;
    pthread_setspecific(key, kept);
    for (int i = 0; i < 1000; i++) own += number;
    snprintf(text, sizeof text, "thread %d", number);
    int *result = malloc(sizeof *result);
    *result = clean ? own + (int) strlen(text) + *(int *) pthread_getspecific(key) : -1;
    return result;
}

static void storage(void) {
    pthread_key_create(&key, destroy);
    pthread_t threads[WORKERS];
    int numbers[WORKERS];
    own = 1;
    for (int i = 0; i < WORKERS; i++) {
        numbers[i] = i;
        pthread_create(&threads[i], NULL, store, &numbers[i]);
    }
    printf("storage:");
    for (int i = 0; i < WORKERS; i++) {
        void *value;
        pthread_join(threads[i], &value);
        printf(" %d", *(int *) value);
        free(value);
    }
    printf(", own %d, text %s, destroyed %d\n", own, text, destroyed);
}

// --- a barrier in rounds, once, and a read-write lock -----------------------------------------------

static pthread_barrier_t barrier;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_rwlock_t table_lock = PTHREAD_RWLOCK_INITIALIZER;
static int table[WORKERS], initialised, serial;
static atomic_int torn;

static void initialise(void) { initialised++; }

static void *rounds(void *argument) {
    int me = *(int *) argument;
    pthread_once(&once, initialise);
    for (int round = 0; round < 50; round++) {
        pthread_rwlock_wrlock(&table_lock);
        for (int i = 0; i < WORKERS; i++) table[i]++;
        pthread_rwlock_unlock(&table_lock);
        pthread_rwlock_rdlock(&table_lock);
        for (int i = 1; i < WORKERS; i++) torn += table[i] != table[0];
        pthread_rwlock_unlock(&table_lock);
        if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD) {
            // Between two barriers only one thread is here.
            serial++;
            torn += table[me] != (round + 1) * WORKERS;
        }
        pthread_barrier_wait(&barrier);
    }
    return NULL;
}

static void together(void) {
    pthread_barrier_init(&barrier, NULL, WORKERS);
    pthread_t threads[WORKERS];
    int numbers[WORKERS];
    for (int i = 0; i < WORKERS; i++) {
        numbers[i] = i;
        pthread_create(&threads[i], NULL, rounds, &numbers[i]);
    }
    for (int i = 0; i < WORKERS; i++) pthread_join(threads[i], NULL);
    printf("together: %d, serial %d, once %d, torn %d\n", table[0], serial, initialised, torn);
}

// --- waiting with a limit --------------------------------------------------------------------------

static void limits(void) {
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t never = PTHREAD_COND_INITIALIZER;
    struct timespec until, now;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += 30 * 1000 * 1000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    pthread_mutex_lock(&lock);
    int got = pthread_cond_timedwait(&never, &lock, &until);
    clock_gettime(CLOCK_REALTIME, &now);
    int late = now.tv_sec > until.tv_sec
        || (now.tv_sec == until.tv_sec && now.tv_nsec >= until.tv_nsec);
    printf("limits: %s, %s, %s\n", got == ETIMEDOUT ? "timed out" : "woken",
           late ? "not early" : "early",
           pthread_mutex_trylock(&lock) == EBUSY ? "held" : "free");
    pthread_mutex_unlock(&lock);
}

// --- many threads, one after the other --------------------------------------------------------------

static void *small(void *argument) { return (char *) argument + 1; }

static void many(void) {
    long total = 0;
    for (long i = 0; i < 200; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, small, (void *) i) != 0) {
            printf("many: no thread %ld\n", i);
            return;
        }
        void *value;
        pthread_join(thread, &value);
        total += (long) value;
    }
    printf("many: %ld\n", total);
}

static void *wait_for(void *lock) {
    pthread_mutex_lock(lock);
    return NULL;
}

int main(int argc, char **argv) {
    queues();
    counters();
    storage();
    together();
    limits();
    many();
    fflush(stdout);
    // The program ends while another thread waits for good.
    if (argc > 1) {
        static pthread_mutex_t held = PTHREAD_MUTEX_INITIALIZER;
        pthread_mutex_lock(&held);
        pthread_t thread;
        pthread_create(&thread, NULL, wait_for, &held);
        exit(atoi(argv[1]));
    }
    return 0;
}
