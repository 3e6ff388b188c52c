;; Copyright The Nacelle Authors
;; SPDX-License-Identifier: Apache-2.0
;; Loops that copy and fill bytes, which a compiler may do at once: also where that is not the same.

(module (memory (export "m") 1)
 (func (export "up") (param $d i32) (param $s i32) (param $n i32) (result i32)
  (loop $l (i32.store8 (local.get $d) (i32.load8_u (local.get $s)))
   (local.set $d (i32.add (local.get $d) (i32.const 1))) (local.set $s (i32.add (local.get $s) (i32.const 1)))
   (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
  (i32.add (i32.add (local.get $d) (local.get $s)) (local.get $n)))
 (func (export "sum") (result i32) (local $i i32) (local $h i32)
  (loop $l (local.set $h (i32.add (i32.mul (local.get $h) (i32.const 31)) (i32.load8_u (local.get $i))))
   (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 65536)))) (local.get $h))
 (func (export "fill") (param $d i32) (param $v i32) (param $n i32) (result i32)
  (loop $l (i32.store8 offset=2 (local.get $d) (local.get $v))
   (local.set $d (i32.add (local.get $d) (i32.const 1)))
   (br_if $l (i32.ne (local.get $d) (local.get $n))))
  (local.get $d)))

(assert_return (invoke "fill" (i32.const 10) (i32.const 7) (i32.const 20)) (i32.const 20))
(assert_return (invoke "fill" (i32.const 100) (i32.const 9) (i32.const 101)) (i32.const 101))
(assert_return (invoke "up" (i32.const 200) (i32.const 10) (i32.const 8)) (i32.const 226))
;; The bytes that are copied are copied again.
(assert_return (invoke "up" (i32.const 11) (i32.const 10) (i32.const 100)) (i32.const 221))
(assert_return (invoke "sum") (i32.const -1710220640))
;; What was copied before the end of memory stays.
(assert_trap (invoke "up" (i32.const 65530) (i32.const 10) (i32.const 10)) "out of bounds memory access")
(assert_return (invoke "sum") (i32.const -1710220640))
(assert_trap (invoke "up" (i32.const 10) (i32.const 65535) (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "fill" (i32.const -3) (i32.const 1) (i32.const 5)) "out of bounds memory access")
(assert_trap (invoke "fill" (i32.const 5) (i32.const 1) (i32.const 2)) "out of bounds memory access")
(assert_return (invoke "sum") (i32.const 673792129))
