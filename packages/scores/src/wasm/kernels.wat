;; Inner loops over rows of numbers, two float64 at a time. See ../rowMath.ts and ../workspace.ts, which say what they compute.
;; Arguments are byte offsets unless said otherwise. A count of numbers is rounded up to the numbers made per turn.
(module
  (import "workspace" "memory" (memory 1))

  ;; `starts` lists 2 radius + 1 byte offsets of stretches of numbers; `taps` lists radius + 1 weights, the middle one first.
  ;; Eight numbers per turn.
  (func (export "weigh")
    (param $starts i32) (param $taps i32) (param $out i32) (param $radius i32) (param $count i32)
    (local $x i32) (local $bytes i32) (local $middle i32)
    (local $below i32) (local $above i32) (local $tap i32) (local $a i32) (local $b i32)
    (local $w v128) (local $s0 v128) (local $s1 v128) (local $s2 v128) (local $s3 v128)
    (local.set $bytes (i32.shl (local.get $count) (i32.const 3)))
    (local.set $middle (i32.add (local.get $starts) (i32.shl (local.get $radius) (i32.const 2))))
    (loop $columns
      (local.set $a (i32.add (i32.load (local.get $middle)) (local.get $x)))
      (local.set $w (v128.load64_splat (local.get $taps)))
      (local.set $s0 (f64x2.mul (local.get $w) (v128.load (local.get $a))))
      (local.set $s1 (f64x2.mul (local.get $w) (v128.load offset=16 (local.get $a))))
      (local.set $s2 (f64x2.mul (local.get $w) (v128.load offset=32 (local.get $a))))
      (local.set $s3 (f64x2.mul (local.get $w) (v128.load offset=48 (local.get $a))))
      (local.set $below (local.get $middle))
      (local.set $above (local.get $middle))
      (local.set $tap (local.get $taps))
      (block $done
        (loop $pairs
          (br_if $done (i32.eq (local.get $below) (local.get $starts)))
          (local.set $below (i32.sub (local.get $below) (i32.const 4)))
          (local.set $above (i32.add (local.get $above) (i32.const 4)))
          (local.set $tap (i32.add (local.get $tap) (i32.const 8)))
          (local.set $a (i32.add (i32.load (local.get $below)) (local.get $x)))
          (local.set $b (i32.add (i32.load (local.get $above)) (local.get $x)))
          (local.set $w (v128.load64_splat (local.get $tap)))
          (local.set $s0 (f64x2.add (local.get $s0) (f64x2.mul (local.get $w)
            (f64x2.add (v128.load (local.get $a)) (v128.load (local.get $b))))))
          (local.set $s1 (f64x2.add (local.get $s1) (f64x2.mul (local.get $w)
            (f64x2.add (v128.load offset=16 (local.get $a)) (v128.load offset=16 (local.get $b))))))
          (local.set $s2 (f64x2.add (local.get $s2) (f64x2.mul (local.get $w)
            (f64x2.add (v128.load offset=32 (local.get $a)) (v128.load offset=32 (local.get $b))))))
          (local.set $s3 (f64x2.add (local.get $s3) (f64x2.mul (local.get $w)
            (f64x2.add (v128.load offset=48 (local.get $a)) (v128.load offset=48 (local.get $b))))))
          (br $pairs)))
      (local.set $b (i32.add (local.get $out) (local.get $x)))
      (v128.store (local.get $b) (local.get $s0))
      (v128.store offset=16 (local.get $b) (local.get $s1))
      (v128.store offset=32 (local.get $b) (local.get $s2))
      (v128.store offset=48 (local.get $b) (local.get $s3))
      (local.set $x (i32.add (local.get $x) (i32.const 64)))
      (br_if $columns (i32.lt_s (local.get $x) (local.get $bytes)))))

  ;; x *= scaleX, y *= scaleY, squares = x² + y², product = x y. Two numbers per turn.
  (func (export "products")
    (param $x i32) (param $y i32) (param $squares i32) (param $product i32) (param $count i32)
    (param $scaleX f64) (param $scaleY f64)
    (local $end i32) (local $u v128) (local $v v128) (local $p v128) (local $q v128)
    (local.set $p (f64x2.splat (local.get $scaleX)))
    (local.set $q (f64x2.splat (local.get $scaleY)))
    (local.set $end (i32.add (local.get $x) (i32.shl (local.get $count) (i32.const 3))))
    (loop $columns
      (local.set $u (f64x2.mul (v128.load (local.get $x)) (local.get $p)))
      (local.set $v (f64x2.mul (v128.load (local.get $y)) (local.get $q)))
      (v128.store (local.get $x) (local.get $u))
      (v128.store (local.get $y) (local.get $v))
      (v128.store (local.get $squares)
        (f64x2.add (f64x2.mul (local.get $u) (local.get $u)) (f64x2.mul (local.get $v) (local.get $v))))
      (v128.store (local.get $product) (f64x2.mul (local.get $u) (local.get $v)))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (local.set $y (i32.add (local.get $y) (i32.const 16)))
      (local.set $squares (i32.add (local.get $squares) (i32.const 16)))
      (local.set $product (i32.add (local.get $product) (i32.const 16)))
      (br_if $columns (i32.lt_u (local.get $x) (local.get $end)))))

  ;; Similarity from the means of x, y, x² + y² and x y, over that of x. Two numbers per turn.
  (func (export "similarity")
    (param $x i32) (param $y i32) (param $squares i32) (param $product i32) (param $count i32)
    (param $luminance f64) (param $c1 f64) (param $covariance f64) (param $c2 f64)
    (local $end i32) (local $u v128) (local $v v128) (local $mm v128) (local $mxy v128)
    (local $l v128) (local $a v128) (local $s v128) (local $b v128)
    (local.set $l (f64x2.splat (local.get $luminance)))
    (local.set $a (f64x2.splat (local.get $c1)))
    (local.set $s (f64x2.splat (local.get $covariance)))
    (local.set $b (f64x2.splat (local.get $c2)))
    (local.set $end (i32.add (local.get $x) (i32.shl (local.get $count) (i32.const 3))))
    (loop $columns
      (local.set $u (v128.load (local.get $x)))
      (local.set $v (v128.load (local.get $y)))
      (local.set $mm (f64x2.add (f64x2.mul (local.get $u) (local.get $u)) (f64x2.mul (local.get $v) (local.get $v))))
      (local.set $mxy (f64x2.mul (local.get $u) (local.get $v)))
      (local.set $u (f64x2.sub (v128.load (local.get $product)) (local.get $mxy)))
      (v128.store (local.get $x) (f64x2.div
        (f64x2.mul
          (f64x2.add (f64x2.mul (local.get $l) (f64x2.add (local.get $mxy) (local.get $mxy))) (local.get $a))
          (f64x2.add (f64x2.mul (local.get $s) (f64x2.add (local.get $u) (local.get $u))) (local.get $b)))
        (f64x2.mul
          (f64x2.add (f64x2.mul (local.get $l) (local.get $mm)) (local.get $a))
          (f64x2.add
            (f64x2.mul (local.get $s) (f64x2.sub (v128.load (local.get $squares)) (local.get $mm)))
            (local.get $b)))))
      (local.set $x (i32.add (local.get $x) (i32.const 16)))
      (local.set $y (i32.add (local.get $y) (i32.const 16)))
      (local.set $squares (i32.add (local.get $squares) (i32.const 16)))
      (local.set $product (i32.add (local.get $product) (i32.const 16)))
      (br_if $columns (i32.lt_u (local.get $x) (local.get $end)))))

  ;; Gradient magnitude from three rows that begin one number before the first result. Two numbers per turn.
  (func (export "gradient")
    (param $above i32) (param $at i32) (param $below i32) (param $out i32) (param $count i32)
    (param $middle f64) (param $scale f64)
    (local $end i32) (local $a v128) (local $c v128) (local $gx v128) (local $gy v128) (local $m v128) (local $f v128)
    (local.set $m (f64x2.splat (local.get $middle)))
    (local.set $f (f64x2.splat (local.get $scale)))
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $count) (i32.const 3))))
    (loop $columns
      ;; The corners of one diagonal, then of the other.
      (local.set $a (f64x2.sub (v128.load (local.get $above)) (v128.load offset=16 (local.get $below))))
      (local.set $c (f64x2.sub (v128.load offset=16 (local.get $above)) (v128.load (local.get $below))))
      (local.set $gx (f64x2.add (f64x2.sub (local.get $a) (local.get $c))
        (f64x2.mul (local.get $m) (f64x2.sub (v128.load (local.get $at)) (v128.load offset=16 (local.get $at))))))
      (local.set $gy (f64x2.add (f64x2.add (local.get $a) (local.get $c))
        (f64x2.mul (local.get $m) (f64x2.sub (v128.load offset=8 (local.get $above)) (v128.load offset=8 (local.get $below))))))
      (v128.store (local.get $out) (f64x2.mul (local.get $f) (f64x2.sqrt
        (f64x2.add (f64x2.mul (local.get $gx) (local.get $gx)) (f64x2.mul (local.get $gy) (local.get $gy))))))
      (local.set $above (i32.add (local.get $above) (i32.const 16)))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (local.set $below (i32.add (local.get $below) (i32.const 16)))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (br_if $columns (i32.lt_u (local.get $out) (local.get $end)))))

  ;; Weighted sum of three interleaved channels. Two numbers per turn.
  (func (export "grey")
    (param $from i32) (param $out i32) (param $count i32) (param $red f64) (param $green f64) (param $blue f64)
    (local $end i32) (local $a v128) (local $b v128) (local $c v128) (local $r v128) (local $g v128) (local $l v128)
    (local.set $r (f64x2.splat (local.get $red)))
    (local.set $g (f64x2.splat (local.get $green)))
    (local.set $l (f64x2.splat (local.get $blue)))
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $count) (i32.const 3))))
    (loop $columns
      (local.set $a (v128.load (local.get $from)))
      (local.set $b (v128.load offset=16 (local.get $from)))
      (local.set $c (v128.load offset=32 (local.get $from)))
      (v128.store (local.get $out) (f64x2.add
        (f64x2.add
          (f64x2.mul (local.get $r)
            (i8x16.shuffle 0 1 2 3 4 5 6 7 24 25 26 27 28 29 30 31 (local.get $a) (local.get $b)))
          (f64x2.mul (local.get $g)
            (i8x16.shuffle 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 (local.get $a) (local.get $c))))
        (f64x2.mul (local.get $l)
          (i8x16.shuffle 0 1 2 3 4 5 6 7 24 25 26 27 28 29 30 31 (local.get $b) (local.get $c)))))
      (local.set $from (i32.add (local.get $from) (i32.const 48)))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (br_if $columns (i32.lt_u (local.get $out) (local.get $end)))))

  ;; Mean of 2×2 blocks of two rows. Two numbers per turn.
  (func (export "halve")
    (param $top i32) (param $bottom i32) (param $out i32) (param $count i32)
    (local $end i32) (local $a v128) (local $b v128)
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $count) (i32.const 3))))
    (loop $columns
      (local.set $a (f64x2.add (v128.load (local.get $top)) (v128.load (local.get $bottom))))
      (local.set $b (f64x2.add (v128.load offset=16 (local.get $top)) (v128.load offset=16 (local.get $bottom))))
      (v128.store (local.get $out) (f64x2.mul (f64x2.splat (f64.const 0.25)) (f64x2.add
        (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $a) (local.get $b))
        (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $a) (local.get $b)))))
      (local.set $top (i32.add (local.get $top) (i32.const 32)))
      (local.set $bottom (i32.add (local.get $bottom) (i32.const 32)))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (br_if $columns (i32.lt_u (local.get $out) (local.get $end)))))

  ;; Sum of (a - b)² of float32; squares in float32, the sums of four in float64. Sixteen numbers per turn.
  (func (export "squaredDifferences") (param $a i32) (param $b i32) (param $count i32) (result f64)
    (local $end i32) (local $p v128) (local $q v128) (local $r v128) (local $s v128) (local $low v128) (local $high v128)
    (local.set $end (i32.add (local.get $a) (i32.shl (local.get $count) (i32.const 2))))
    (loop $columns
      (local.set $p (f32x4.sub (v128.load (local.get $a)) (v128.load (local.get $b))))
      (local.set $q (f32x4.sub (v128.load offset=16 (local.get $a)) (v128.load offset=16 (local.get $b))))
      (local.set $r (f32x4.sub (v128.load offset=32 (local.get $a)) (v128.load offset=32 (local.get $b))))
      (local.set $s (f32x4.sub (v128.load offset=48 (local.get $a)) (v128.load offset=48 (local.get $b))))
      (local.set $p (f32x4.add
        (f32x4.add (f32x4.mul (local.get $p) (local.get $p)) (f32x4.mul (local.get $q) (local.get $q)))
        (f32x4.add (f32x4.mul (local.get $r) (local.get $r)) (f32x4.mul (local.get $s) (local.get $s)))))
      (local.set $low (f64x2.add (local.get $low) (f64x2.promote_low_f32x4 (local.get $p))))
      (local.set $high (f64x2.add (local.get $high) (f64x2.promote_low_f32x4
        (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $p) (local.get $p)))))
      (local.set $a (i32.add (local.get $a) (i32.const 64)))
      (local.set $b (i32.add (local.get $b) (i32.const 64)))
      (br_if $columns (i32.lt_u (local.get $a) (local.get $end))))
    (local.set $low (f64x2.add (local.get $low) (local.get $high)))
    (f64.add (f64x2.extract_lane 0 (local.get $low)) (f64x2.extract_lane 1 (local.get $low))))

  ;; Copies the float32 that are not below a limit, one after the other; returns how many. Sixteen numbers per turn.
  (func (export "notBelow") (param $from i32) (param $out i32) (param $count i32) (param $limit f32) (result i32)
    (local $end i32) (local $turn i32) (local $start i32) (local $l v128)
    (local.set $l (f32x4.splat (local.get $limit)))
    (local.set $start (local.get $out))
    (local.set $end (i32.add (local.get $from) (i32.shl (local.get $count) (i32.const 2))))
    (loop $turns
      (local.set $turn (i32.add (local.get $from) (i32.const 64)))
      (if (i32x4.all_true (v128.and
            (v128.and
              (f32x4.lt (v128.load (local.get $from)) (local.get $l))
              (f32x4.lt (v128.load offset=16 (local.get $from)) (local.get $l)))
            (v128.and
              (f32x4.lt (v128.load offset=32 (local.get $from)) (local.get $l))
              (f32x4.lt (v128.load offset=48 (local.get $from)) (local.get $l)))))
        (then (local.set $from (local.get $turn)))
        (else
          (loop $numbers
            (f32.store (local.get $out) (f32.load (local.get $from)))
            (local.set $out (i32.add (local.get $out)
              (i32.shl (i32.eqz (f32.lt (f32.load (local.get $from)) (local.get $limit))) (i32.const 2))))
            (local.set $from (i32.add (local.get $from) (i32.const 4)))
            (br_if $numbers (i32.lt_u (local.get $from) (local.get $turn))))))
      (br_if $turns (i32.lt_u (local.get $from) (local.get $end))))
    (i32.shr_u (i32.sub (local.get $out) (local.get $start)) (i32.const 2))))
