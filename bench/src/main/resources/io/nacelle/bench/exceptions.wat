;; Copyright The Nacelle Authors
;; SPDX-License-Identifier: Apache-2.0

;; Each export goes round n times and gives the sum of what it has caught: n.
(module
  (import "host" "pass" (func $pass))
  (tag $one (param i32))

  (func $thrower (throw $one (i32.const 1)))
  (func $d2 (call $thrower)) (func $d3 (call $d2)) (func $d4 (call $d3)) (func $d5 (call $d4))
  (func $d6 (call $d5)) (func $d7 (call $d6)) (func $d8 (call $d7)) (func $d9 (call $d8))
  (func $d10 (call $d9))
  (func (export "thrower") (call $thrower))
  (func $one_plain (result i32) (i32.const 1))

  ;; The cost of going round, with a call that returns.
  (func (export "call") (param $n i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $sum (i32.add (local.get $sum) (call $one_plain)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; The same within a block with a handler.
  (func (export "try") (param $n i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $sum (i32.add (local.get $sum)
        (block $caught (result i32)
          (try_table (result i32) (catch $one $caught) (call $one_plain)))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  (func (export "depth 0") (param $n i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $sum (i32.add (local.get $sum)
        (block $caught (result i32)
          (try_table (catch $one $caught) (throw $one (i32.const 1)))
          (unreachable))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  (func (export "depth 1") (param $n i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $sum (i32.add (local.get $sum)
        (block $caught (result i32)
          (try_table (catch $one $caught) (call $thrower))
          (unreachable))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  (func (export "depth 10") (param $n i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $sum (i32.add (local.get $sum)
        (block $caught (result i32)
          (try_table (catch $one $caught) (call $d10))
          (unreachable))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  (func (export "legacy 1") (param $n i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $sum (i32.add (local.get $sum)
        (try (result i32) (do (call $thrower) (i32.const 0)) (catch $one))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; Caught, and thrown once more.
  (func (export "rethrow") (param $n i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $sum (i32.add (local.get $sum)
        (block $outer (result i32)
          (try_table (catch $one $outer)
            (block $inner (result exnref)
              (try_table (catch_all_ref $inner) (call $thrower))
              (unreachable))
            (throw_ref))
          (unreachable))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum))

  ;; Through a host function, which calls the one that throws.
  (func (export "host") (param $n i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $sum (i32.add (local.get $sum)
        (block $caught (result i32)
          (try_table (catch $one $caught) (call $pass))
          (unreachable))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $sum)))
