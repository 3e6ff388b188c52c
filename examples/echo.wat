;; Copyright The Nacelle Authors
;; SPDX-License-Identifier: Apache-2.0
;;
;; Prints its arguments, one a line. Asking for more arguments than fit into the one page of memory
;; is out of bounds, which traps.
;;
;;   ./nacelle run examples/echo.wat one 'two and three'

(module
  (import "wasi_snapshot_preview1" "args_sizes_get"
    (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get"
    (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))

  ;; 0: count of arguments; 4: their bytes; 8: two buffers (argument, newline); 24: bytes written;
  ;; 28: the newline; 32: the addresses of the arguments, and after them their text.
  (memory (export "memory") 1)
  (data (i32.const 28) "\n")

  (func $length (param $string i32) (result i32)
    (local $end i32)
    (local.set $end (local.get $string))
    (block $done
      (loop $next
        (br_if $done (i32.eqz (i32.load8_u (local.get $end))))
        (local.set $end (i32.add (local.get $end) (i32.const 1)))
        (br $next)))
    (i32.sub (local.get $end) (local.get $string)))

  (func (export "_start")
    (local $i i32)
    (local $argument i32)
    (drop (call $args_sizes_get (i32.const 0) (i32.const 4)))
    (if
      (call $args_get
        (i32.const 32)
        (i32.add (i32.const 32) (i32.shl (i32.load (i32.const 0)) (i32.const 2))))
      (then (unreachable)))
    (i32.store (i32.const 16) (i32.const 28))
    (i32.store (i32.const 20) (i32.const 1))
    (block $done
      (loop $next
        ;; The first argument is the name of the program.
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $done (i32.ge_u (local.get $i) (i32.load (i32.const 0))))
        (local.set $argument
          (i32.load (i32.add (i32.const 32) (i32.shl (local.get $i) (i32.const 2)))))
        (i32.store (i32.const 8) (local.get $argument))
        (i32.store (i32.const 12) (call $length (local.get $argument)))
        (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 2) (i32.const 24)))
        (br $next)))))
