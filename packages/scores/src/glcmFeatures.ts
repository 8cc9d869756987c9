import { argumentMessage, type NdArray } from '@adlib/core';
import { toPlane } from './plane.js';

/** Figures of one co-occurrence matrix, in the names of scikit-image; levels count from 0. */
export interface GlcmFeatures {
  /** `Σ p (i - j)²`. */
  contrast: number;
  /** `Σ p |i - j|`. */
  dissimilarity: number;
  /** `Σ p / (1 + (i - j)²)`. */
  homogeneity: number;
  /** Angular second moment `Σ p²`. */
  asm: number;
  /** `√ASM`. */
  energy: number;
  /** `Σ p (i - μi)(j - μj) / (σi σj)`; 1 where a σ is under 1e-15. */
  correlation: number;
  /** `μ = Σ i p`. */
  mean: number;
  /** `Σ (i - μ)² p`. */
  variance: number;
  /** `√variance`. */
  std: number;
  /** `-Σ p ln p`, in nats. */
  entropy: number;
}

/**
 * Texture features of one co-occurrence matrix.
 *
 * @param matrix - shape `[levels, levels]`, for example `glcm(...).pick(0, 0)`; it is divided by its sum; not modified
 * @returns the features; all 0 but correlation (1) for a matrix of zeros
 * @throws TypeError or RangeError if it is not square, or a value is negative or not finite
 * @example
 * ```ts
 * import { glcm, glcmFeatures } from '@adlib/scores';
 * const image = { data: new Uint8Array([0, 0, 255, 255, 0, 0]), width: 3, height: 2, channels: 1 } as const;
 * console.log(glcmFeatures(glcm(image, { levels: 8 }).pick(0, 0)).contrast);
 * ```
 * @see Haralick et al. 1973; scikit-image `graycoprops`
 */
export function glcmFeatures(matrix: NdArray): GlcmFeatures {
  const { p, n } = toProbabilities('glcmFeatures', matrix);
  let contrast = 0;
  let dissimilarity = 0;
  let homogeneity = 0;
  let asm = 0;
  let entropy = 0;
  let mi = 0;
  let mj = 0;
  forEachCell(p, n, (v, i, j) => {
    const d = i - j;
    contrast += v * d * d;
    dissimilarity += v * Math.abs(d);
    homogeneity += v / (1 + d * d);
    asm += v * v;
    entropy -= v * Math.log(v);
    mi += i * v;
    mj += j * v;
  });
  let vi = 0;
  let vj = 0;
  let covariance = 0;
  forEachCell(p, n, (v, i, j) => {
    vi += v * (i - mi) ** 2;
    vj += v * (j - mj) ** 2;
    covariance += v * (i - mi) * (j - mj);
  });
  const [si, sj] = [Math.sqrt(vi), Math.sqrt(vj)];
  const correlation = si < 1e-15 || sj < 1e-15 ? 1 : covariance / (si * sj);
  return {
    contrast,
    dissimilarity,
    homogeneity,
    asm,
    energy: Math.sqrt(asm),
    correlation,
    mean: mi,
    variance: vi,
    std: si,
    entropy,
  };
}

/**
 * Checks a co-occurrence matrix and divides it by its sum.
 *
 * @param fn - caller, for the message
 * @param matrix - shape `[levels, levels]`
 * @returns probabilities (all 0 for a matrix of zeros) and the number of levels
 * @throws TypeError or RangeError if it is not square, or a value is negative or not finite
 */
export function toProbabilities(fn: string, matrix: NdArray): { p: Float64Array; n: number } {
  const { data, height, width } = toPlane(fn, 'matrix', matrix);
  if (height !== width) throw new RangeError(argumentMessage(fn, 'matrix', 'square', [height, width]));
  let sum = 0;
  for (let i = 0; i < data.length; i++) {
    const v = data[i]!;
    if (!(v >= 0 && v < Infinity)) throw new RangeError(argumentMessage(fn, 'matrix', 'of finite values >= 0', v));
    sum += v;
  }
  return { p: Float64Array.from(data, (v) => (sum > 0 ? v / sum : 0)), n: height };
}

/**
 * Calls a function for every cell that is not 0.
 *
 * @param p - `n * n` values
 * @param n - levels
 * @param visit - value, row, column
 */
export function forEachCell(p: Float64Array, n: number, visit: (v: number, i: number, j: number) => void): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const v = p[i * n + j]!;
      if (v > 0) visit(v, i, j);
    }
  }
}
