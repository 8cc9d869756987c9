import { assertFinite, assertKnownOptions } from '@adlib/core';
import type { Scores } from '@adlib/metrics';
import { buildThreshold, onGood } from './build.js';
import { quantileOfSorted, readSorted } from './scores.js';
import { studentTail } from './special.js';
import type { Threshold } from './threshold.js';

/** Options of {@link medianPlusMad}. */
export interface MedianPlusMadOptions {
  /** Robust standard deviations above the median. @defaultValue 3 */
  k?: number;
}

/** Efficiency of the median absolute deviation against the standard deviation in normal samples. */
const MAD_EFFICIENCY = 0.3674;

/** `1 / Phi^-1(3/4)`: makes the median absolute deviation of normal scores their standard deviation. */
const NORMAL_MAD = 1.4826022185056018;

/**
 * Median plus k robust standard deviations: `T = median + k 1.4826 MAD`, with `MAD = median |s - median|`. Up to half
 * of the scores may be wrong (defective parts among the good) without carrying the limit away.
 *
 * The stated false-positive rate is that of normal scores, with the uncertainty of both estimates counted in:
 * `P(t_(0.3674 n) > k / sqrt(1 + pi / (2 n)))`, as the MAD has 36.74 % of the efficiency of the standard deviation and
 * the median a variance of `pi / (2 n)`. It tends to 0.13 % for k = 3.
 *
 * @param good - scores of good parts, raw units; a minority of defective ones does little harm
 * @param options - see {@link MedianPlusMadOptions}
 * @returns the threshold, plain JSON
 * @throws RangeError if there are fewer than two scores or one is not finite
 * @example
 * ```ts
 * import { medianPlusMad } from '@adlib/thresholds';
 * console.log(medianPlusMad([1, 2, 3, 4, 10]).value); // 7.4478...
 * ```
 * @see Leys et al., "Detecting outliers: do not use standard deviation around the mean", 2013; Rousseeuw and Croux,
 * "Alternatives to the median absolute deviation", 1993 (efficiency)
 */
export function medianPlusMad(good: Scores, options: MedianPlusMadOptions = {}): Threshold {
  const { k = 3 } = options;
  assertKnownOptions('medianPlusMad', options, ['k']);
  assertFinite('medianPlusMad', 'k', k);
  const sorted = readSorted('medianPlusMad', 'good', good, 2);
  const median = quantileOfSorted(sorted, 0.5);
  const mad = quantileOfSorted(sorted.map((score) => Math.abs(score - median)).sort(), 0.5);
  const n = sorted.length;
  const warnings: string[] = [];
  if (mad === 0) {
    warnings.push('At least half of the good scores are equal: the spread is taken as 0 and the rate means nothing.');
  }
  if (n < 50) {
    warnings.push(`The median absolute deviation stands on ${n} scores; 50 or more are needed to trust it.`);
  }
  return buildThreshold({
    rule: 'medianPlusMad',
    value: median + k * NORMAL_MAD * mad,
    expectedFalsePositiveRate: studentTail(k / Math.sqrt(1 + Math.PI / (2 * n)), MAD_EFFICIENCY * n),
    fittedOn: onGood(n),
    parameters: { k, median, mad },
    warnings,
  });
}
