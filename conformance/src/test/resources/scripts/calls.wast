;; Copyright The Nacelle Authors
;; SPDX-License-Identifier: Apache-2.0

;; Calls of every kind: deep, in tail position, and too deep.

(module
  (type $n (func (param i64) (result i64)))
  (table funcref (elem $down $even $odd))
  (global $calls (mut i32) (i32.const 0))
  (func $fac (export "fac") (param i64) (result i64)
    (if (result i64) (i64.eqz (local.get 0))
      (then (i64.const 1))
      (else (i64.mul (local.get 0) (call $fac (i64.sub (local.get 0) (i64.const 1)))))))
  (func $fib (export "fib") (param i32) (result i32)
    (if (result i32) (i32.lt_u (local.get 0) (i32.const 2))
      (then (local.get 0))
      (else
        (i32.add
          (call $fib (i32.sub (local.get 0) (i32.const 1)))
          (call $fib (i32.sub (local.get 0) (i32.const 2)))))))

  ;; A million tail calls need no more of the stack than one.
  (func $down (export "down") (param i64) (result i64)
    (if (i64.eqz (local.get 0)) (then (return (i64.const 44))))
    (return_call $down (i64.sub (local.get 0) (i64.const 1))))
  (func $even (export "even") (param i64) (result i64)
    (if (i64.eqz (local.get 0)) (then (return (i64.const 1))))
    (return_call $odd (i64.sub (local.get 0) (i64.const 1))))
  (func $odd (param i64) (result i64)
    (if (i64.eqz (local.get 0)) (then (return (i64.const 0))))
    (return_call $even (i64.sub (local.get 0) (i64.const 1))))
  (func $down-indirect (export "down-indirect") (param i64) (result i64)
    (if (i64.eqz (local.get 0)) (then (return (i64.const 45))))
    (return_call_indirect (type $n) (i64.sub (local.get 0) (i64.const 1)) (i32.const 0)))
  (func $down-ref (export "down-ref") (param i64) (result i64)
    (if (i64.eqz (local.get 0)) (then (return (i64.const 46))))
    (return_call_ref $n (i64.sub (local.get 0) (i64.const 1)) (ref.func $down-ref)))
  (elem declare func $down-ref)

  ;; Frames of different sizes take turns.
  (func $wide (export "wide") (param i64) (result i64)
    (local i64 i64 i64 i64 i64 i64 i64 i64 f64 v128)
    (local.set 8 (local.get 0))
    (if (i64.eqz (local.get 0)) (then (return (i64.add (i64.const 47) (local.get 4)))))
    (return_call $narrow (i64.sub (local.get 8) (i64.const 1)) (i64.const 3) (f32.const 1)))
  (func $narrow (param i64 i64 f32) (result i64)
    (if (i64.eqz (local.get 0)) (then (return (i64.const 48))))
    (return_call $wide (i64.sub (local.get 0) (i64.const 1))))

  ;; Locals are zero at every entry, even where an earlier frame has left something.
  (func $dirty (param i64) (result i64) (local i64 i64 i64)
    (local.set 1 (local.get 0)) (local.set 2 (local.get 0)) (local.set 3 (local.get 0))
    (local.get 3))
  (func $clean (result i64) (local i64 i64 i64 i64)
    (i64.or (i64.or (local.get 0) (local.get 1)) (i64.or (local.get 2) (local.get 3))))
  (func (export "clean") (result i64)
    (drop (call $dirty (i64.const -1)))
    (call $clean))

  (func $runaway (export "runaway") (call $runaway))
  (func $runaway-a (export "runaway-mutual") (param i64) (call $runaway-b (local.get 0)))
  (func $runaway-b (param i64) (local i64 i64) (call $runaway-a (local.get 0)))
  (func $runaway-indirect (export "runaway-indirect") (result i64)
    (i64.add (i64.const 1) (call_indirect $self (result i64) (i32.const 0))))
  (table $self funcref (elem $runaway-indirect))
  (func (export "calls") (result i32) (global.get $calls))
  (func $count (export "count")
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (call $count)))

(assert_return (invoke "fac" (i64.const 20)) (i64.const 2432902008176640000))
(assert_return (invoke "fib" (i32.const 20)) (i32.const 6765))
(assert_return (invoke "down" (i64.const 1_000_000)) (i64.const 44))
(assert_return (invoke "even" (i64.const 1_000_000)) (i64.const 1))
(assert_return (invoke "even" (i64.const 1_000_001)) (i64.const 0))
(assert_return (invoke "down-indirect" (i64.const 1_000_000)) (i64.const 44))
(assert_return (invoke "down-ref" (i64.const 1_000_000)) (i64.const 46))
(assert_return (invoke "wide" (i64.const 1_000_000)) (i64.const 47))
(assert_return (invoke "wide" (i64.const 1_000_001)) (i64.const 48))
(assert_return (invoke "clean") (i64.const 0))
(assert_exhaustion (invoke "runaway") "call stack exhausted")
(assert_exhaustion (invoke "runaway-mutual" (i64.const 1)) "call stack exhausted")
(assert_exhaustion (invoke "runaway-indirect") "call stack exhausted")
(assert_exhaustion (invoke "runaway") "call stack exhausted")

;; After that all is as before.
(assert_return (invoke "fib" (i32.const 15)) (i32.const 610))
(assert_exhaustion (invoke "count") "call stack exhausted")
(assert_return (invoke "fac" (i64.const 5)) (i64.const 120))

;; A start function runs once; one that traps makes no instance.
(module $s
  (memory (export "memory") 1)
  (func $start (i32.store8 (i32.const 0) (i32.add (i32.load8_u (i32.const 0)) (i32.const 1))))
  (start $start)
  (func (export "count") (result i32) (i32.load8_u (i32.const 0))))
(assert_return (invoke "count") (i32.const 1))
(register "s" $s)
(assert_trap
  (module
    (import "s" "memory" (memory 1))
    (func $start (i32.store8 (i32.const 0) (i32.const 9)) (unreachable))
    (start $start))
  "unreachable")
(assert_return (invoke $s "count") (i32.const 9))
