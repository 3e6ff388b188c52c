;; A plugin: it prices an order, and may give a discount.
(module
  (func (export "price") (param $amount i32) (param $each i32) (result i32)
    (local $price i32)
    (local.set $price (i32.mul (local.get $amount) (local.get $each)))
    (if (result i32) (i32.ge_u (local.get $amount) (i32.const 10))
      (then (i32.div_u (i32.mul (local.get $price) (i32.const 9)) (i32.const 10)))
      (else (local.get $price)))))
