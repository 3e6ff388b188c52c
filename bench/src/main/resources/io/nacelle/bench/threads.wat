(module
  (import "env" "memory" (memory 1 1 shared))
  (func (export "nothing") (param $n i32)
    (loop $l
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "load") (param $n i32)
    (loop $l
      (drop (i32.atomic.load (i32.const 64)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "store") (param $n i32)
    (loop $l
      (i32.atomic.store (i32.const 64) (local.get $n))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "add") (param $n i32)
    (loop $l
      (drop (i32.atomic.rmw.add (i32.const 64) (i32.const 1)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "add8") (param $n i32)
    (loop $l
      (drop (i32.atomic.rmw8.add_u (i32.const 65) (i32.const 1)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "cmpxchg") (param $n i32)
    (loop $l
      (drop (i64.atomic.rmw.cmpxchg (i32.const 64) (i64.const 0) (i64.const 0)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func (export "notify") (param $n i32)
    (loop $l
      (drop (memory.atomic.notify (i32.const 64) (i32.const 1)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  ;; Takes turns with another thread, n times: mine is the number of whose turn it is.
  (func (export "turns") (param $mine i32) (param $n i32) (local $seen i32)
    (loop $l
      (loop $until
        (local.set $seen (i32.atomic.load (i32.const 0)))
        (if (i32.ne (local.get $seen) (local.get $mine))
          (then
            (drop (memory.atomic.wait32 (i32.const 0) (local.get $seen) (i64.const -1)))
            (br $until))))
      (i32.atomic.store (i32.const 0) (i32.eqz (local.get $mine)))
      (drop (memory.atomic.notify (i32.const 0) (i32.const 1)))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))
