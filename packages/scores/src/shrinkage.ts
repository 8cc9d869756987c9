import { mirrorLower } from './linalg.js';

/**
 * How a covariance is made invertible: `none`; `ridge`: `S + ε I` on the sample covariance (N - 1); `ledoitWolf` and
 * `oas`: `(1 - ρ) S + ρ (tr S / d) I` on the maximum-likelihood covariance (N), as scikit-learn.
 */
export type Shrinkage = 'none' | 'ridge' | 'ledoitWolf' | 'oas';

/** Every {@link Shrinkage}. */
export const shrinkages: readonly Shrinkage[] = ['none', 'ridge', 'ledoitWolf', 'oas'];

/**
 * Share of the identity by Ledoit and Wolf.
 *
 * @param s - covariance with divisor n, `d * d` values
 * @param d - features
 * @param centred - the rows the covariance is of, less their mean
 * @param n - rows
 * @returns ρ in [0, 1]
 * @see Ledoit and Wolf, "A well-conditioned estimator for large-dimensional covariance matrices", 2004
 */
export function ledoitWolfShare(s: Float64Array, d: number, centred: Float64Array, n: number): number {
  const m = trace(s, d) / d;
  const square = s.reduce((sum, v) => sum + v * v, 0);
  let fourth = 0;
  for (let r = 0; r < n; r++) {
    let length = 0;
    for (let j = 0; j < d; j++) length += centred[r * d + j]! ** 2;
    fourth += length * length;
  }
  const delta = (square - 2 * m * trace(s, d) + d * m * m) / d;
  const beta = Math.min(delta, (fourth / n - square) / (d * n));
  return beta === 0 ? 0 : beta / delta;
}

/**
 * Share of the identity by the oracle approximating shrinkage.
 *
 * @param s - covariance with divisor n, `d * d` values
 * @param d - features
 * @param n - rows
 * @returns ρ in [0, 1]
 * @see Chen, Wiesel, Eldar, Hero, "Shrinkage Algorithms for MMSE Covariance Estimation", 2010
 */
export function oasShare(s: Float64Array, d: number, n: number): number {
  const alpha = s.reduce((sum, v) => sum + v * v, 0) / (d * d);
  const mu = trace(s, d) / d;
  const bottom = (n + 1) * (alpha - (mu * mu) / d);
  return bottom === 0 ? 1 : Math.min(1, (alpha + mu * mu) / bottom);
}

/**
 * `(1 - ρ) S + ρ (tr S / d) I`.
 *
 * @param s - `d * d` values; changed
 * @param d - features
 * @param share - ρ
 * @returns `s`
 */
export function shrinkCovariance(s: Float64Array, d: number, share: number): Float64Array {
  const target = share * (trace(s, d) / d);
  for (let i = 0; i < s.length; i++) s[i]! *= 1 - share;
  return addDiagonal(s, d, target);
}

/**
 * Adds a number to the diagonal.
 *
 * @param s - `d * d` values; changed
 * @param d - features
 * @param value - what to add
 * @returns `s`, symmetric
 */
export function addDiagonal(s: Float64Array, d: number, value: number): Float64Array {
  for (let i = 0; i < d; i++) s[i * d + i]! += value;
  return mirrorLower(s, d);
}

function trace(s: Float64Array, d: number): number {
  let sum = 0;
  for (let i = 0; i < d; i++) sum += s[i * d + i]!;
  return sum;
}
