;; Copyright The Nacelle Authors
;; SPDX-License-Identifier: Apache-2.0
;;
;; Has the reader read and the counter count, and prints what the counter reports.
(module
  (import "reader" "load" (func $load (result i32)))
  (import "counter" "count" (func $count (param i32) (result i32)))
  (import "nacelle:channel/report" "receive" (func $receive (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (local $length i32)
    (local.set $length (call $load))
    (if (i32.lt_s (local.get $length) (i32.const 0)) (then unreachable))
    (drop (call $count (local.get $length)))
    (i32.store (i32.const 0) (i32.const 1024))
    (i32.store (i32.const 4) (call $receive (i32.const 1024) (i32.const 1024)))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
