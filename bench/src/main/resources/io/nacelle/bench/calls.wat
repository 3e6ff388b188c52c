;; Copyright The Nacelle Authors
;; SPDX-License-Identifier: Apache-2.0

;; Each loop goes round $n times and returns what all its calls made of a number, so that none of them
;; can be left out.
(module
  (type $step (func (param i32) (result i32)))
  (import "host" "one" (func $one (type $step)))
  (import "host" "two" (func $two (type $step)))
  (import "host" "three" (func $three (type $step)))
  (import "host" "four" (func $four (type $step)))
  (import "host" "five" (func $five (type $step)))
  (import "host" "six" (func $six (type $step)))
  (import "host" "seven" (func $seven (type $step)))
  (import "host" "eight" (func $eight (type $step)))
  (table funcref (elem $first $second $third $fourth $fifth $sixth $seventh $eighth))
  (table funcref (elem $one $two $three $four $five $six $seven $eight))

  (func $first (export "first") (type $step)
    (i32.add (local.get 0) (i32.const 1)))
  (func $second (export "second") (type $step)
    (i32.xor (local.get 0) (i32.const 0x5bd1e995)))
  (func $third (export "third") (type $step)
    (i32.rotl (local.get 0) (i32.const 7)))
  (func $fourth (export "fourth") (type $step)
    (i32.sub (local.get 0) (i32.const 12345)))
  (func $fifth (export "fifth") (type $step)
    (i32.mul (local.get 0) (i32.const 0x2c9277b5)))
  (func $sixth (export "sixth") (type $step)
    (i32.add (local.get 0) (i32.shr_u (local.get 0) (i32.const 3))))
  (func $seventh (export "seventh") (type $step)
    (i32.xor (local.get 0) (i32.shl (local.get 0) (i32.const 5))))
  (func $eighth (export "eighth") (type $step)
    (i32.sub (i32.const 99) (local.get 0)))

  ;; What the loops below have beside their calls.
  (func (export "nothing") (param $n i32) (result i32)
    (local $x i32)
    (loop $more
      (local.set $x (i32.add (local.get $x) (i32.and (local.get $n) (i32.const 7))))
      (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $x))

  (func (export "direct") (param $n i32) (result i32)
    (local $x i32)
    (loop $more
      (local.set $x (i32.add (call $first (local.get $x)) (i32.and (local.get $n) (i32.const 7))))
      (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $x))

  (func (export "indirect, one") (param $n i32) (result i32)
    (local $x i32)
    (loop $more
      (local.set $x
        (i32.add
          (call_indirect (type $step) (local.get $x) (i32.const 4))
          (i32.and (local.get $n) (i32.const 7))))
      (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $x))

  (func (export "indirect, eight") (param $n i32) (result i32)
    (local $x i32)
    (loop $more
      (local.set $x
        (i32.add
          (call_indirect (type $step) (local.get $x) (i32.and (local.get $n) (i32.const 7)))
          (i32.and (local.get $n) (i32.const 7))))
      (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $x))

  ;; Three calls a round.
  (func (export "host") (param $n i32) (result i32)
    (local $x i32)
    (loop $more
      (local.set $x (call $three (call $two (call $one (local.get $x)))))
      (local.set $x (i32.add (local.get $x) (i32.and (local.get $n) (i32.const 7))))
      (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $x))

  ;; Eight calls a round.
  (func (export "host, eight") (param $n i32) (result i32)
    (local $x i32)
    (loop $more
      (local.set $x (call $four (call $three (call $two (call $one (local.get $x))))))
      (local.set $x (call $eight (call $seven (call $six (call $five (local.get $x))))))
      (local.set $x (i32.add (local.get $x) (i32.and (local.get $n) (i32.const 7))))
      (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $x))

  ;; One call a round, of a function that is not known before.
  (func (export "host, any") (param $n i32) (result i32)
    (local $x i32)
    (loop $more
      (local.set $x
        (i32.add
          (call_indirect 1 (type $step) (local.get $x) (i32.and (local.get $n) (i32.const 7)))
          (i32.and (local.get $n) (i32.const 7))))
      (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (local.get $x))

  ;; Two functions that end in a call of each other.
  (func $even (param $n i32) (param $x i32) (result i32)
    (if (result i32) (i32.eqz (local.get $n))
      (then (local.get $x))
      (else
        (return_call $odd
          (i32.sub (local.get $n) (i32.const 1))
          (i32.add (local.get $x) (local.get $n))))))
  (func $odd (param $n i32) (param $x i32) (result i32)
    (if (result i32) (i32.eqz (local.get $n))
      (then (i32.xor (local.get $x) (i32.const -1)))
      (else
        (return_call $even
          (i32.sub (local.get $n) (i32.const 1))
          (i32.xor (local.get $x) (local.get $n))))))
  (func (export "tail") (param $n i32) (result i32)
    (call $even (local.get $n) (i32.const 0))))
