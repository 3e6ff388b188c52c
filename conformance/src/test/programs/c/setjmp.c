// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0

// An evaluator that reports errors with longjmp, from deep recursion and across several buffers.

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SYNTAX = 1, DIVISION, DEPTH, NAME };

struct parser {
    const char *at;
    int depth;
    int variables['z' - 'a' + 1];
    jmp_buf failed;
};

static int cleanups;

static _Noreturn void fail(struct parser *p, int why) { longjmp(p->failed, why); }

static int sum(struct parser *p);

static void blanks(struct parser *p) {
    while (*p->at == ' ') p->at++;
}

static int primary(struct parser *p) {
    blanks(p);
    if (++p->depth > 40) fail(p, DEPTH);
    int value;
    if (*p->at == '(') {
        p->at++;
        value = sum(p);
        blanks(p);
        if (*p->at++ != ')') fail(p, SYNTAX);
    } else if (*p->at >= '0' && *p->at <= '9') {
        value = (int) strtol(p->at, (char **) &p->at, 10);
    } else if (*p->at >= 'a' && *p->at <= 'z') {
        value = p->variables[*p->at++ - 'a'];
        if (value == 0) fail(p, NAME);
    } else {
        fail(p, SYNTAX);
    }
    p->depth--;
    return value;
}

static int product(struct parser *p) {
    int value = primary(p);
    for (blanks(p); *p->at == '*' || *p->at == '/'; blanks(p)) {
        char operator = *p->at++;
        int right = primary(p);
        if (operator == '/' && right == 0) fail(p, DIVISION);
        value = operator == '*' ? value * right : value / right;
    }
    return value;
}

static int sum(struct parser *p) {
    int value = product(p);
    for (blanks(p); *p->at == '+' || *p->at == '-'; blanks(p)) {
        char operator = *p->at++;
        int right = product(p);
        value = operator == '+' ? value + right : value - right;
    }
    return value;
}

// A function pointer, so that the jump crosses an indirect call too.
static int (*volatile entry)(struct parser *) = sum;

static void evaluate(const char *text) {
    struct parser p = {.at = text};
    p.variables['x' - 'a'] = 7;
    volatile int tries = 0;
    int why = setjmp(p.failed);
    tries++;
    switch (why) {
    case 0: {
        int value = entry(&p);
        if (*p.at != '\0') fail(&p, SYNTAX);
        printf("%s = %d", text, value);
        break;
    }
    case SYNTAX: printf("%s: syntax at %d", text, (int) (p.at - text)); break;
    case DIVISION: printf("%s: division by zero", text); break;
    case DEPTH: printf("%s: too deep", text); break;
    case NAME:
        // Once more, with the name known.
        p.variables[p.at[-1] - 'a'] = 100 * tries;
        p.at = text;
        p.depth = 0;
        if (tries < 4) {
            int value = entry(&p);
            printf("%s = %d", text, value);
        } else {
            printf("%s: gave up", text);
        }
        break;
    }
    printf(" (%d)\n", tries);
}

// Two buffers at once: the inner one passes on what it does not want.
static jmp_buf outer, inner;

static void work(int n) {
    volatile char space[100];
    memset((char *) space, n, sizeof space);
    if (n > 0) {
        work(n - 1);
        cleanups += space[99];
    }
    longjmp(inner, 5);
}

static void middle(int n) {
    int got = setjmp(inner);
    if (got == 0) work(n);
    cleanups++;
    longjmp(outer, got + n);
}

int main(void) {
    evaluate("1 + 2 * (x - 3)");
    evaluate("8 / (4 - 2 * 2)");
    evaluate("2 * (3 + ");
    evaluate("4 5");
    evaluate("a + x");
    evaluate("a + b * c");
    evaluate("((((((((((((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))))))))))))))");

    for (volatile int round = 0; round < 4; round++) {
        int got = setjmp(outer);
        if (got == 0) middle(round * 10);
        printf("round %d: %d\n", round, got);
    }
    printf("cleanups %d\n", cleanups);

    // longjmp of 0 arrives as 1.
    static jmp_buf again;
    volatile int count = 0;
    if (setjmp(again) == 0) {
        longjmp(again, 0);
    } else if (++count < 10000) {
        longjmp(again, count);
    }
    printf("count %d\n", count);
    return 0;
}
