;; Copyright The Nacelle Authors
;; SPDX-License-Identifier: Apache-2.0

;; The caller of a tree: each loop goes round $n times and returns what its calls made of a number.
(module
  (import "early" "step" (func $early (param i32) (result i32)))
  (import "late" "step" (func $late (param i32) (result i32)))
  (import "host" "step" (func $host (param i32) (result i32)))
  (import "nacelle:buffer/page" "load_i32" (func $load (param i32) (result i32)))
  (import "nacelle:buffer/page" "store_i32" (func $store (param i32 i32)))
  (import "nacelle:buffer/page" "read" (func $read (param i32 i32 i32)))
  (import "nacelle:channel/mail" "send" (func $send (param i32 i32) (result i32)))
  (import "nacelle:channel/mail" "receive" (func $receive (param i32 i32) (result i32)))
  (memory (export "memory") 2)

  (func $same (param i32) (result i32)
    (i32.add (i32.mul (local.get 0) (i32.const 31)) (i32.const 7)))

  (func (export "nothing") (param $n i32) (result i32)
    (local $x i32)
    (loop $more
      (local.set $x (i32.xor (local.get $x) (local.get $n)))
      (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $x))

  (func (export "inline") (param $n i32) (result i32)
    (local $x i32)
    (loop $more
      (local.set $x
        (i32.xor
          (i32.add (i32.mul (local.get $x) (i32.const 31)) (i32.const 7))
          (local.get $n)))
      (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $x))

  (func (export "same instance") (param $n i32) (result i32)
    (local $x i32)
    (loop $more
      (local.set $x (i32.xor (call $same (local.get $x)) (local.get $n)))
      (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $x))

  (func (export "other instance") (param $n i32) (result i32)
    (local $x i32)
    (loop $more
      (local.set $x (i32.xor (call $early (local.get $x)) (local.get $n)))
      (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $x))

  (func (export "bound late") (param $n i32) (result i32)
    (local $x i32)
    (loop $more
      (local.set $x (i32.xor (call $late (local.get $x)) (local.get $n)))
      (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $x))

  (func (export "host function") (param $n i32) (result i32)
    (local $x i32)
    (loop $more
      (local.set $x (i32.xor (call $host (local.get $x)) (local.get $n)))
      (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $x))

  ;; The following do not compute what the others do.
  (func (export "buffer, load") (param $n i32) (result i32)
    (local $x i32)
    (loop $more
      (local.set $x
        (i32.xor (call $load (i32.and (local.get $n) (i32.const 0xfffc))) (local.get $n)))
      (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $x))

  (func (export "buffer, store") (param $n i32) (result i32)
    (loop $more
      (call $store (i32.and (local.get $n) (i32.const 0xfffc)) (local.get $n))
      (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.const 0))

  (func (export "buffer, 64 KiB") (param $n i32) (result i32)
    (loop $more
      (call $read (i32.const 0) (i32.const 0) (i32.const 65536))
      (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i32.const 0))

  (func (export "message, 64 B") (param $n i32) (result i32)
    (local $x i32)
    (loop $more
      (local.set $x
        (i32.add
          (i32.add (local.get $x) (call $send (i32.const 0) (i32.const 64)))
          (call $receive (i32.const 1024) (i32.const 64))))
      (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $x))

  (func (export "message, 64 KiB") (param $n i32) (result i32)
    (local $x i32)
    (loop $more
      (local.set $x
        (i32.add
          (i32.add (local.get $x) (call $send (i32.const 0) (i32.const 65536)))
          (call $receive (i32.const 0) (i32.const 65536))))
      (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $x)))
