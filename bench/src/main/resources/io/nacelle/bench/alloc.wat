;; Copyright The Nacelle Authors
;; SPDX-License-Identifier: Apache-2.0

;; Each export goes round $n times and returns how often it has.
(module
  (import "host" "next" (func $next (param i32) (result i32)))
  (type $step (func (param i32) (result i32)))
  (table funcref (elem $increment))
  (memory 1)

  (func $increment (export "increment") (type $step)
    (i32.add (local.get 0) (i32.const 1)))

  (func $pair (param i32 i64) (result i64 i32)
    (i64.add (local.get 1) (i64.const 3))
    (i32.add (local.get 0) (i32.const 1)))

  ;; Eleven instructions a round.
  (func (export "loop") (param $n i32) (result i32)
    (local $i i32)
    (loop $more
      (i32.store (i32.const 8) (local.get $i))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $more (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $i))

  (func (export "calls") (param $n i32) (result i32)
    (local $i i32)
    (loop $more
      (local.set $i (call $increment (local.get $i)))
      (br_if $more (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $i))

  (func (export "indirect") (param $n i32) (result i32)
    (local $i i32)
    (loop $more
      (local.set $i (call_indirect (type $step) (local.get $i) (i32.const 0)))
      (br_if $more (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $i))

  (func (export "multi") (param $n i32) (result i32)
    (local $i i32) (local $sum i64)
    (loop $more
      (call $pair (local.get $i) (local.get $sum))
      (local.set $i)
      (local.set $sum)
      (br_if $more (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $i))

  (func (export "vector") (param $n i32) (result i32)
    (local $v v128)
    (loop $more
      (local.set $v (i32x4.add (local.get $v) (v128.const i32x4 1 2 3 4)))
      (v128.store (i32.const 16) (local.get $v))
      (br_if $more (i32.lt_u (i32x4.extract_lane 0 (local.get $v)) (local.get $n))))
    (i32x4.extract_lane 0 (local.get $v)))

  (func $tail (param $i i32) (param $n i32) (result i32)
    (if (result i32) (i32.ge_u (local.get $i) (local.get $n))
      (then (local.get $i))
      (else
        (return_call $tail
          (i32.add (local.get $i) (i32.const 1)) (local.get $n)))))

  (func (export "tail") (param $n i32) (result i32)
    (call $tail (i32.const 0) (local.get $n)))

  (func (export "host") (param $n i32) (result i32)
    (local $i i32)
    (loop $more
      (local.set $i (call $next (local.get $i)))
      (br_if $more (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $i)))
