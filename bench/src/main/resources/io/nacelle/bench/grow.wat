;; Copyright The Nacelle Authors
;; SPDX-License-Identifier: Apache-2.0

;; Grows page by page until there are $pages, and writes to the last page each time.
(module
  (memory (export "memory") 1)
  (func (export "grow") (param $pages i32) (result i32)
    (block $done
      (loop $more
        (br_if $done (i32.ge_u (memory.size) (local.get $pages)))
        (br_if $done (i32.eq (memory.grow (i32.const 1)) (i32.const -1)))
        (i32.store (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 4)) (memory.size))
        (br $more)))
    (memory.size)))
