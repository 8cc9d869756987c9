import { assertInteger, assertKnownOptions } from '@adlib/core';
import type { Scores } from './classes.js';
import { assertFiniteEnds, sortedSamples } from './samples.js';

/** Options of {@link jensenShannon}. */
export interface JensenShannonOptions {
  /** Bins of equal width from the least to the greatest score of both samples. @defaultValue 20 */
  bins?: number;
}

/**
 * Jensen-Shannon divergence of the histograms of two samples, in bits: `H((p + q) / 2) - (H(p) + H(q)) / 2`. Its square root
 * is a distance.
 *
 * @param reference - scores of the first sample, finite; not modified
 * @param current - scores of the second sample, finite; not modified
 * @param options - bins
 * @returns a number in [0, 1]: 0 = the same histogram, 1 = no bin in common
 * @throws TypeError or RangeError if a sample is empty, a score is NaN or infinite, or an option is out of range
 * @example
 * ```ts
 * import { jensenShannon } from '@adlib/metrics';
 * console.log(jensenShannon([0, 0, 1], [1, 2, 2], { bins: 3 })); // 0.666...
 * ```
 * @see Lin, "Divergence measures based on the Shannon entropy", IEEE Transactions on Information Theory 37, 1991, eq. 4.1
 */
export function jensenShannon(reference: Scores, current: Scores, options: JensenShannonOptions = {}): number {
  const { bins = 20 } = options;
  assertKnownOptions('jensenShannon', options, ['bins']);
  assertInteger('jensenShannon', 'bins', bins, 1);
  const [a, b] = sortedSamples('jensenShannon', reference, current);
  assertFiniteEnds('jensenShannon', a, b);
  const low = Math.min(a[0]!, b[0]!);
  const high = Math.max(a.at(-1)!, b.at(-1)!);
  const p = histogram(a, low, high, bins);
  const q = histogram(b, low, high, bins);
  let sum = 0;
  for (let k = 0; k < bins; k++) {
    const middle = (p[k]! + q[k]!) / 2;
    if (p[k]! > 0) sum += (p[k]! * Math.log2(p[k]! / middle)) / 2;
    if (q[k]! > 0) sum += (q[k]! * Math.log2(q[k]! / middle)) / 2;
  }
  return Math.min(Math.max(sum, 0), 1);
}

function histogram(sorted: Float64Array, low: number, high: number, bins: number): Float64Array {
  const shares = new Float64Array(bins);
  for (const value of sorted) {
    const bin = high === low ? 0 : Math.min(Math.floor(((value - low) / (high - low)) * bins), bins - 1);
    shares[bin]! += 1 / sorted.length;
  }
  return shares;
}
