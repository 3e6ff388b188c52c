;; Copyright The Nacelle Authors
;; SPDX-License-Identifier: Apache-2.0
;;
;; Prints a greeting with WASI's fd_write.
;;
;;   ./nacelle run examples/hello.wat

(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))

  (memory (export "memory") 1)

  ;; One element of WASI's list of buffers: where the bytes are, and how many.
  (data (i32.const 0) "\08\00\00\00\14\00\00\00")
  (data (i32.const 8) "Hello from Nacelle!\n")

  (func (export "_start")
    (drop
      (call $fd_write
        (i32.const 1)      ;; standard output
        (i32.const 0)      ;; the list of buffers
        (i32.const 1)      ;; its length
        (i32.const 28))))) ;; where the number of bytes written goes
