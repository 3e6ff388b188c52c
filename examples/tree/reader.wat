;; Copyright The Nacelle Authors
;; SPDX-License-Identifier: Apache-2.0
;;
;; Reads /in/fox.txt into the buffer "page".
(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read"
    (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "nacelle:buffer/page" "write" (func $write (param i32 i32 i32)))
  (memory (export "memory") 2)
  (data (i32.const 16) "fox.txt")
  (data (i32.const 0) "\00\04\00\00\00\fc\00\00") ;; one vector: 64,512 bytes at 1024

  ;; The length of the file; -1 when it cannot be read.
  (func (export "load") (result i32)
    ;; Descriptor 3 is the first directory that was granted.
    (if (call $path_open (i32.const 3) (i32.const 0) (i32.const 16) (i32.const 7) (i32.const 0)
          (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 8))
      (then (return (i32.const -1))))
    (if (call $fd_read (i32.load (i32.const 8)) (i32.const 0) (i32.const 1) (i32.const 12))
      (then (return (i32.const -1))))
    (drop (call $fd_close (i32.load (i32.const 8))))
    (call $write (i32.const 0) (i32.const 1024) (i32.load (i32.const 12)))
    (i32.load (i32.const 12))))
