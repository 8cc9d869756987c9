import type { NdArray } from '@adlib/core';
import { forEachCell, glcmFeatures, toProbabilities } from './glcmFeatures.js';
import { symmetricEigen } from './symmetricEigen.js';

/** The fourteen features of Haralick et al. 1973, levels counted from 1, logarithms natural. */
export interface HaralickFeatures {
  /** f1, `Σ p²`. */
  angularSecondMoment: number;
  /** f2, `Σ p (i - j)²`. */
  contrast: number;
  /** f3; 1 where a standard deviation is under 1e-15. */
  correlation: number;
  /** f4, `Σ (i - μ)² p`. */
  sumOfSquares: number;
  /** f5, `Σ p / (1 + (i - j)²)`. */
  inverseDifferenceMoment: number;
  /** f6, `Σ k p₊(k)`. */
  sumAverage: number;
  /** f7, `Σ (k - f6)² p₊(k)`; the paper prints f8 in place of f6, a known misprint. */
  sumVariance: number;
  /** f8, `-Σ p₊ ln p₊`. */
  sumEntropy: number;
  /** f9, `-Σ p ln p`. */
  entropy: number;
  /** f10, variance of `p₋`. */
  differenceVariance: number;
  /** f11, `-Σ p₋ ln p₋`. */
  differenceEntropy: number;
  /** f12, `(HXY - HXY1) / max(HX, HY)`; 0 where both entropies are 0. */
  informationCorrelation1: number;
  /** f13, `√(1 - exp(-2 (HXY2 - HXY)))`. */
  informationCorrelation2: number;
  /** f14, square root of the second largest eigenvalue of `Q_ij = Σ_k p_ik p_jk / (p_x(i) p_y(k))`. */
  maximalCorrelation: number;
}

/**
 * Haralick's fourteen features of one co-occurrence matrix.
 *
 * @param matrix - shape `[levels, levels]`, for example `glcm(...).pick(0, 0)`; it is divided by its sum; not modified
 * @returns the features, f1 to f14 in order
 * @throws TypeError or RangeError if it is not square, or a value is negative or not finite
 * @example
 * ```ts
 * import { glcm, haralickFeatures } from '@adlib/scores';
 * const image = { data: new Uint8Array([0, 0, 255, 255, 0, 0]), width: 3, height: 2, channels: 1 } as const;
 * console.log(Object.values(haralickFeatures(glcm(image, { levels: 8 }).pick(0, 0))).length); // 14
 * ```
 * @see Haralick, Shanmugam, Dinstein, "Textural Features for Image Classification", IEEE TSMC 1973, appendix I
 */
export function haralickFeatures(matrix: NdArray): HaralickFeatures {
  const { p, n } = toProbabilities('haralickFeatures', matrix);
  const base = glcmFeatures(matrix);
  const rows = new Float64Array(n);
  const columns = new Float64Array(n);
  const sums = new Float64Array(2 * n - 1); // index k stands for the sum k + 2 of levels from 1
  const differences = new Float64Array(n);
  forEachCell(p, n, (v, i, j) => {
    rows[i]! += v;
    columns[j]! += v;
    sums[i + j]! += v;
    differences[Math.abs(i - j)]! += v;
  });
  let hxy1 = 0;
  forEachCell(p, n, (v, i, j) => (hxy1 -= v * Math.log(rows[i]! * columns[j]!)));
  const hx = entropy(rows);
  const hy = entropy(columns);
  const hxy2 = hx + hy;
  const widest = Math.max(hx, hy);
  const difference = moments(differences);
  const sum = moments(sums);
  return {
    angularSecondMoment: base.asm,
    contrast: base.contrast,
    correlation: base.correlation,
    sumOfSquares: base.variance,
    inverseDifferenceMoment: base.homogeneity,
    sumAverage: sum.mean + 2 * sum.total,
    sumVariance: sum.variance,
    sumEntropy: entropy(sums),
    entropy: base.entropy,
    differenceVariance: difference.variance,
    differenceEntropy: entropy(differences),
    informationCorrelation1: widest === 0 ? 0 : (base.entropy - hxy1) / widest,
    informationCorrelation2: Math.sqrt(Math.max(0, 1 - Math.exp(-2 * (hxy2 - base.entropy)))),
    maximalCorrelation: maximalCorrelation(p, n, rows, columns),
  };
}

function entropy(p: Float64Array): number {
  return p.reduce((sum, v) => (v > 0 ? sum - v * Math.log(v) : sum), 0);
}

function moments(p: Float64Array): { mean: number; variance: number; total: number } {
  const mean = p.reduce((sum, v, k) => sum + k * v, 0);
  return {
    mean,
    variance: p.reduce((sum, v, k) => sum + (k - mean) ** 2 * v, 0),
    total: p.reduce((sum, v) => sum + v, 0),
  };
}

/** Q is similar to the symmetric A Aᵀ with `A_ik = p_ik / √(p_x(i) p_y(k))`, which has the same eigenvalues. */
function maximalCorrelation(p: Float64Array, n: number, rows: Float64Array, columns: Float64Array): number {
  const a = new Float64Array(n * n);
  forEachCell(p, n, (v, i, k) => (a[i * n + k] = v / Math.sqrt(rows[i]! * columns[k]!)));
  const q = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += a[i * n + k]! * a[j * n + k]!;
      q[i * n + j] = sum;
    }
  }
  return n < 2 ? 0 : Math.sqrt(Math.max(0, symmetricEigen(q, n).values[1]!));
}
