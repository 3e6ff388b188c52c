;; Copyright The Nacelle Authors
;; SPDX-License-Identifier: Apache-2.0
;;
;; Copies standard input to standard output.
;;
;;   echo some text | ./nacelle run examples/cat.wat

(module
  (import "wasi_snapshot_preview1" "fd_read"
    (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit"
    (func $proc_exit (param i32)))

  ;; 0: address and length of the buffer; 8: bytes transferred; 1024 to 65536: the buffer.
  (memory (export "memory") 1)

  ;; Ends the process when a call has failed.
  (func $check (param $errno i32)
    (if (local.get $errno) (then (call $proc_exit (i32.const 1)))))

  (func (export "_start")
    (local $left i32)
    (loop $read
      (i32.store (i32.const 0) (i32.const 1024))
      (i32.store (i32.const 4) (i32.const 64512))
      (call $check
        (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
      (local.set $left (i32.load (i32.const 8)))
      (if (i32.eqz (local.get $left)) (then (return)))
      (loop $write
        ;; A write may take less than it was given, so go on with the rest.
        (i32.store (i32.const 4) (local.get $left))
        (call $check
          (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
        (i32.store (i32.const 0)
          (i32.add (i32.load (i32.const 0)) (i32.load (i32.const 8))))
        (local.set $left (i32.sub (local.get $left) (i32.load (i32.const 8))))
        (br_if $write (local.get $left)))
      (br $read))))
