/** Factors of {@link RowMath.similarity}. */
export interface SimilarityTerms {
  /** 1 with the luminance term, 0 without. */
  readonly luminance: number;
  /** Constant of the luminance term; 1 without that term. */
  readonly c1: number;
  /** Factor on variances and covariance; 0 without the contrast term. */
  readonly covariance: number;
  /** Constant of the contrast term; 1 without that term. */
  readonly c2: number;
}

/**
 * Inner loops over rows that lie in a workspace, in WebAssembly or plain. Each row has room for one number more, which may
 * be overwritten.
 */
export interface RowMath {
  /** `x *= scales[0]`, `y *= scales[1]`, `squares = x² + y²`, `product = x y`. */
  products(
    x: Float64Array,
    y: Float64Array,
    squares: Float64Array,
    product: Float64Array,
    scales: readonly [number, number],
  ): void;
  /**
   * Similarity from local means, `l (2 x y) + C1` over `l (x² + y²) + C1`, times `2 s (product - x y) + C2` over
   * `s (squares - x² - y²) + C2`, with `l` the factor of the luminance and `s` that of the covariance. It overwrites `x`.
   */
  similarity(
    x: Float64Array,
    y: Float64Array,
    squares: Float64Array,
    product: Float64Array,
    terms: SimilarityTerms,
  ): void;
  /**
   * `scale sqrt(gx² + gy²)` of three rows that begin a number before `out` and end one after it; the kernel of `gx` is
   * `[[1, 0, -1], [m, 0, -m], [1, 0, -1]]`, that of `gy` its transpose.
   */
  gradient(
    above: Float64Array,
    at: Float64Array,
    below: Float64Array,
    out: Float64Array,
    middle: number,
    scale: number,
  ): void;
  /** `out[i] = Σ_c weights[c] from[3 i + c]`. */
  grey(from: Float64Array, out: Float64Array, weights: readonly [number, number, number]): void;
  /** Mean of 2×2 blocks of two rows of twice the length. */
  halve(top: Float64Array, bottom: Float64Array, out: Float64Array): void;
  /** `Σ (a - b)²`, relative error at most 3e-7 unless squares leave the range of float32; the length is a multiple of 16. */
  squaredDifferences(a: Float32Array, b: Float32Array): number;
  /**
   * Copies the values that are not below a limit (and NaN) to `out`, which has room for one number more than `values`, and
   * returns how many; the length is a multiple of 16.
   */
  notBelow(values: Float32Array, limit: number, out: Float32Array): number;
}

/** The same without WebAssembly. */
export const plainMath: RowMath = {
  products(x, y, squares, product, [scaleX, scaleY]) {
    for (let i = 0; i < x.length; i++) {
      const a = x[i]! * scaleX;
      const b = y[i]! * scaleY;
      x[i] = a;
      y[i] = b;
      squares[i] = a * a + b * b;
      product[i] = a * b;
    }
  },
  similarity(x, y, squares, product, { luminance, c1, covariance, c2 }) {
    for (let i = 0; i < x.length; i++) {
      const mxy = x[i]! * y[i]!;
      const mm = x[i]! * x[i]! + y[i]! * y[i]!;
      const top = (2 * luminance * mxy + c1) * (2 * covariance * (product[i]! - mxy) + c2);
      x[i] = top / ((luminance * mm + c1) * (covariance * (squares[i]! - mm) + c2));
    }
  },
  gradient(above, at, below, out, middle, scale) {
    for (let i = 0; i < out.length; i++) {
      const one = above[i]! - below[i + 2]!;
      const other = above[i + 2]! - below[i]!;
      const gx = one - other + middle * (at[i]! - at[i + 2]!);
      const gy = one + other + middle * (above[i + 1]! - below[i + 1]!);
      out[i] = scale * Math.sqrt(gx * gx + gy * gy);
    }
  },
  grey(from, out, [red, green, blue]) {
    for (let i = 0, k = 0; i < out.length; i++, k += 3) {
      out[i] = red * from[k]! + green * from[k + 1]! + blue * from[k + 2]!;
    }
  },
  halve(top, bottom, out) {
    for (let i = 0, k = 0; i < out.length; i++, k += 2) {
      out[i] = 0.25 * (top[k]! + bottom[k]! + (top[k + 1]! + bottom[k + 1]!));
    }
  },
  squaredDifferences(a, b) {
    let [even, odd] = [0, 0];
    for (let i = 0; i < a.length; i += 2) {
      const d = a[i]! - b[i]!;
      const e = a[i + 1]! - b[i + 1]!;
      even += d * d;
      odd += e * e;
    }
    return even + odd;
  },
  notBelow(values, limit, out) {
    let count = 0;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (!(value < limit)) out[count++] = value;
    }
    return count;
  },
};
