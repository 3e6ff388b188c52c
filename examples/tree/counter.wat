;; Copyright The Nacelle Authors
;; SPDX-License-Identifier: Apache-2.0
;;
;; Counts words in the buffer "page" and reports how many as text.
(module
  (import "nacelle:buffer/page" "read" (func $read (param i32 i32 i32)))
  (import "nacelle:channel/report" "send" (func $send (param i32 i32) (result i32)))
  (memory (export "memory") 2)
  (func (export "count") (param $length i32) (result i32)
    (local $at i32) (local $inside i32) (local $words i32) (local $digits i32)
    (call $read (i32.const 0) (i32.const 1024) (local.get $length))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $length)))
        (if (i32.gt_u (i32.load8_u offset=1024 (local.get $at)) (i32.const 32))
          (then
            (local.set $words
              (i32.add (local.get $words) (i32.eqz (local.get $inside))))
            (local.set $inside (i32.const 1)))
          (else (local.set $inside (i32.const 0))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    ;; Decimal digits, backwards from address 64.
    (local.set $at (i32.const 63))
    (i32.store8 (i32.const 63) (i32.const 10))
    (local.set $digits (local.get $words))
    (loop $digit
      (local.set $at (i32.sub (local.get $at) (i32.const 1)))
      (i32.store8 (local.get $at)
        (i32.add (i32.const 48) (i32.rem_u (local.get $digits) (i32.const 10))))
      (local.set $digits (i32.div_u (local.get $digits) (i32.const 10)))
      (br_if $digit (local.get $digits)))
    (call $send (local.get $at) (i32.sub (i32.const 64) (local.get $at)))))
