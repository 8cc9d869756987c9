;; The inner loops of resampling integer pictures, four float32 at a time. See ../resampleWasm.ts, which lays out the memory.
(module
  (import "resample" "memory" (memory 1))

  ;; Bytes to float32, `count` rounded up to a multiple of 16.
  (func (export "widen") (param $from i32) (param $to i32) (param $count i32)
    (local $end i32) (local $bytes v128) (local $half v128)
    (local.set $end (i32.add (local.get $from) (local.get $count)))
    (loop $next
      (local.set $bytes (v128.load (local.get $from)))
      (local.set $half (i16x8.extend_low_i8x16_u (local.get $bytes)))
      (v128.store (local.get $to) (f32x4.convert_i32x4_u (i32x4.extend_low_i16x8_u (local.get $half))))
      (v128.store offset=16 (local.get $to) (f32x4.convert_i32x4_u (i32x4.extend_high_i16x8_u (local.get $half))))
      (local.set $half (i16x8.extend_high_i8x16_u (local.get $bytes)))
      (v128.store offset=32 (local.get $to) (f32x4.convert_i32x4_u (i32x4.extend_low_i16x8_u (local.get $half))))
      (v128.store offset=48 (local.get $to) (f32x4.convert_i32x4_u (i32x4.extend_high_i16x8_u (local.get $half))))
      (local.set $from (i32.add (local.get $from) (i32.const 16)))
      (local.set $to (i32.add (local.get $to) (i32.const 64)))
      (br_if $next (i32.lt_u (local.get $from) (local.get $end)))))

  ;; sums = sum over k of weights[k] * rows[k], over `bytes` (a multiple of 32) bytes. `rows` lists `n` byte offsets.
  (func (export "down")
    (param $rows i32) (param $weights i32) (param $n i32) (param $sums i32) (param $bytes i32)
    (local $x i32) (local $k i32) (local $end i32) (local $a i32)
    (local $w v128) (local $s0 v128) (local $s1 v128)
    (local.set $end (i32.shl (local.get $n) (i32.const 2)))
    (loop $across
      (local.set $a (i32.add (i32.load (local.get $rows)) (local.get $x)))
      (local.set $w (v128.load32_splat (local.get $weights)))
      (local.set $s0 (f32x4.mul (local.get $w) (v128.load (local.get $a))))
      (local.set $s1 (f32x4.mul (local.get $w) (v128.load offset=16 (local.get $a))))
      (local.set $k (i32.const 4))
      (block $done
        (loop $taps
          (br_if $done (i32.ge_u (local.get $k) (local.get $end)))
          (local.set $a (i32.add (i32.load (i32.add (local.get $rows) (local.get $k))) (local.get $x)))
          (local.set $w (v128.load32_splat (i32.add (local.get $weights) (local.get $k))))
          (local.set $s0 (f32x4.add (local.get $s0) (f32x4.mul (local.get $w) (v128.load (local.get $a)))))
          (local.set $s1 (f32x4.add (local.get $s1) (f32x4.mul (local.get $w) (v128.load offset=16 (local.get $a)))))
          (local.set $k (i32.add (local.get $k) (i32.const 4)))
          (br $taps)))
      (local.set $a (i32.add (local.get $sums) (local.get $x)))
      (v128.store (local.get $a) (local.get $s0))
      (v128.store offset=16 (local.get $a) (local.get $s1))
      (local.set $x (i32.add (local.get $x) (i32.const 32)))
      (br_if $across (i32.lt_u (local.get $x) (local.get $bytes)))))

  ;; Three channels: out[i] = shift + factor * sum over k < taps of weights[taps i + k] * pixel k from byte first[i] of sums.
  ;; A pixel is loaded and stored with the first value of the next one, which is written after it.
  (func (export "right3")
    (param $sums i32) (param $first i32) (param $weights i32) (param $taps i32) (param $out i32) (param $count i32)
    (param $affine i32)
    (local $a i32) (local $k i32) (local $end i32) (local $sum v128) (local $factor v128) (local $shift v128)
    (local.set $factor (v128.load (local.get $affine)))
    (local.set $shift (v128.load offset=16 (local.get $affine)))
    (local.set $end (i32.add (local.get $first) (i32.shl (local.get $count) (i32.const 2))))
    (loop $pixels
      (local.set $a (i32.add (local.get $sums) (i32.load (local.get $first))))
      (local.set $sum (f32x4.mul (v128.load32_splat (local.get $weights)) (v128.load (local.get $a))))
      (local.set $weights (i32.add (local.get $weights) (i32.const 4)))
      (local.set $k (i32.sub (local.get $taps) (i32.const 1)))
      (block $done
        (loop $taps
          (br_if $done (i32.eqz (local.get $k)))
          (local.set $a (i32.add (local.get $a) (i32.const 12)))
          (local.set $sum (f32x4.add (local.get $sum)
            (f32x4.mul (v128.load32_splat (local.get $weights)) (v128.load (local.get $a)))))
          (local.set $weights (i32.add (local.get $weights) (i32.const 4)))
          (local.set $k (i32.sub (local.get $k) (i32.const 1)))
          (br $taps)))
      (v128.store (local.get $out)
        (f32x4.add (f32x4.mul (local.get $sum) (local.get $factor)) (local.get $shift)))
      (local.set $out (i32.add (local.get $out) (i32.const 12)))
      (local.set $first (i32.add (local.get $first) (i32.const 4)))
      (br_if $pixels (i32.lt_u (local.get $first) (local.get $end)))))

  ;; One channel, `taps` a multiple of 4: the same, written `step` bytes apart: 4, or 12 where it is repeated three times.
  (func (export "right1")
    (param $sums i32) (param $first i32) (param $weights i32) (param $taps i32) (param $out i32) (param $count i32)
    (param $affine i32) (param $step i32)
    (local $a i32) (local $k i32) (local $end i32) (local $sum v128) (local $factor v128) (local $shift v128)
    (local.set $factor (v128.load (local.get $affine)))
    (local.set $shift (v128.load offset=16 (local.get $affine)))
    (local.set $end (i32.add (local.get $first) (i32.shl (local.get $count) (i32.const 2))))
    (loop $pixels
      (local.set $a (i32.add (local.get $sums) (i32.load (local.get $first))))
      (local.set $sum (f32x4.mul (v128.load (local.get $weights)) (v128.load (local.get $a))))
      (local.set $weights (i32.add (local.get $weights) (i32.const 16)))
      (local.set $k (i32.sub (local.get $taps) (i32.const 4)))
      (block $done
        (loop $taps
          (br_if $done (i32.eqz (local.get $k)))
          (local.set $a (i32.add (local.get $a) (i32.const 16)))
          (local.set $sum (f32x4.add (local.get $sum)
            (f32x4.mul (v128.load (local.get $weights)) (v128.load (local.get $a)))))
          (local.set $weights (i32.add (local.get $weights) (i32.const 16)))
          (local.set $k (i32.sub (local.get $k) (i32.const 4)))
          (br $taps)))
      ;; Every lane becomes the sum of all four.
      (local.set $sum (f32x4.add (local.get $sum)
        (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $sum) (local.get $sum))))
      (local.set $sum (f32x4.add (local.get $sum)
        (i8x16.shuffle 4 5 6 7 0 1 2 3 12 13 14 15 8 9 10 11 (local.get $sum) (local.get $sum))))
      (v128.store (local.get $out)
        (f32x4.add (f32x4.mul (local.get $sum) (local.get $factor)) (local.get $shift)))
      (local.set $out (i32.add (local.get $out) (local.get $step)))
      (local.set $first (i32.add (local.get $first) (i32.const 4)))
      (br_if $pixels (i32.lt_u (local.get $first) (local.get $end))))))
