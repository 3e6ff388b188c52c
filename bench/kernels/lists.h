// Copyright The Nacelle Authors
// SPDX-License-Identifier: Apache-2.0
//
// Linked lists of small items, and a checksum: what the kernels that imitate embedded programs share.

#ifndef LISTS_H
#define LISTS_H

#include "kernel.h"

typedef struct node {
    struct node *next;
    short key, value;
} node;

__attribute__((noinline)) static u16 crc(u32 value, u16 sum) {
    for (u32 i = 0; i < 16; i++) {
        u32 bit = (value ^ sum) & 1;
        sum >>= 1;
        if (bit) sum ^= 0xa001;
        value >>= 1;
    }
    return sum;
}

// A merge sort from the bottom up, which needs no room but the list itself.
__attribute__((noinline)) static node *sort(node *list, i32 (*order)(const node *, const node *)) {
    for (u32 run_length = 1;; run_length *= 2) {
        node *p = list, *tail = 0;
        u32 merges = 0;
        list = 0;
        while (p != 0) {
            node *q = p;
            u32 p_left = 0, q_left = run_length;
            merges++;
            while (p_left < run_length && q != 0) {
                p_left++;
                q = q->next;
            }
            while (p_left > 0 || (q_left > 0 && q != 0)) {
                node *taken;
                if (p_left > 0 && (q_left == 0 || q == 0 || order(p, q) <= 0)) {
                    taken = p;
                    p = p->next;
                    p_left--;
                } else {
                    taken = q;
                    q = q->next;
                    q_left--;
                }
                if (tail == 0) list = taken;
                else tail->next = taken;
                tail = taken;
            }
            p = q;
        }
        tail->next = 0;
        if (merges <= 1) return list;
    }
}

__attribute__((noinline)) static node *reverse(node *list) {
    node *result = 0;
    while (list != 0) {
        node *next = list->next;
        list->next = result;
        result = list;
        list = next;
    }
    return result;
}

__attribute__((noinline)) static const node *search(const node *list, short key) {
    while (list != 0 && list->key != key) list = list->next;
    return list;
}

#endif
