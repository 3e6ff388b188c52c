;; Copyright The Nacelle Authors
;; SPDX-License-Identifier: Apache-2.0

;; Operands that wait on the stack while others are computed and locals change.

(module
  (memory 1)
  (type $box (struct (field (mut i32))))
  (global $g (mut i32) (i32.const 0))
  (table $t 2 externref)

  ;; A sum waits while the local that it is to go to is read once more.
  (func (export "stored") (param $a i32) (param $b i32) (result i32 i32)
    local.get $a
    local.get $b
    i32.add
    local.get $b
    local.get $a
    i32.store
    local.set $a
    local.get $a
    (i32.load (local.get $b)))

  (func (export "to-global") (param $a i32) (param $b i32) (result i32 i32)
    local.get $a
    local.get $b
    i32.add
    local.get $a
    global.set $g
    local.set $a
    local.get $a
    global.get $g)

  (func (export "to-field") (param $a i32) (result i32 i32) (local $box (ref null $box))
    (local.set $box (struct.new_default $box))
    local.get $a
    i32.const 1
    i32.add
    local.get $box
    local.get $a
    struct.set $box 0
    local.set $a
    local.get $a
    (struct.get $box 0 (local.get $box)))

  (func (export "to-table") (param $r externref) (param $s externref) (result externref externref)
    (table.set $t (i32.const 1) (local.get $s))
    i32.const 1
    table.get $t
    i32.const 0
    local.get $r
    table.set $t
    local.set $r
    local.get $r
    (table.get $t (i32.const 0)))

  (func (export "filled") (param $a i32) (result i32 i32)
    local.get $a
    i32.const 3
    i32.mul
    i32.const 64
    local.get $a
    i32.const 1
    memory.fill
    local.tee $a
    (i32.load8_u (i32.const 64)))

  ;; A parameter of both ways: only one of them puts it into a local.
  (func (export "one-way") (param $a i32) (param $c i32) (result i32)
    local.get $a
    i32.const 5
    i32.mul
    local.get $c
    if (param i32)
      local.set $a
    else
      drop
    end
    local.get $a)
  (func (export "both-ways") (param $a i32) (param $c i32) (result i32 i32) (local $b i32)
    local.get $a
    i32.const 5
    i32.mul
    local.get $c
    if (param i32)
      local.set $a
    else
      local.set $b
    end
    local.get $a
    local.get $b)

  ;; An operand is where another was before, which something has used.
  (func (export "in-its-place") (param $a i32) (result i32 i32)
    i32.const 128
    local.get $a
    i32.const 5
    i32.mul
    i32.store
    i32.const 1
    i32.const 7
    block (param i32 i32)
      local.set $a
      drop
    end
    local.get $a
    (i32.load (i32.const 128))))

(assert_return (invoke "stored" (i32.const 8) (i32.const 16)) (i32.const 24) (i32.const 8))
(assert_return (invoke "to-global" (i32.const 8) (i32.const 16)) (i32.const 24) (i32.const 8))
(assert_return (invoke "to-field" (i32.const 8)) (i32.const 9) (i32.const 8))
(assert_return
  (invoke "to-table" (ref.extern 1) (ref.extern 2))
  (ref.extern 2) (ref.extern 1))
(assert_return (invoke "filled" (i32.const 8)) (i32.const 24) (i32.const 8))
(assert_return (invoke "one-way" (i32.const 8) (i32.const 1)) (i32.const 40))
(assert_return (invoke "one-way" (i32.const 8) (i32.const 0)) (i32.const 8))
(assert_return (invoke "both-ways" (i32.const 8) (i32.const 1)) (i32.const 40) (i32.const 0))
(assert_return (invoke "both-ways" (i32.const 8) (i32.const 0)) (i32.const 8) (i32.const 40))
(assert_return (invoke "in-its-place" (i32.const 8)) (i32.const 7) (i32.const 40))
