import { assertFinite, assertKnownOptions } from '@adlib/core';
import { buildThreshold, onGood } from './build.js';
import { quantileOfSorted, readSorted } from './scores.js';
import type { Scores } from './scores.js';
import { normalTail } from './special.js';
import type { Threshold } from './threshold.js';

/** Options of {@link medianPlusMad}. */
export interface MedianPlusMadOptions {
  /** Robust standard deviations above the median. @defaultValue 3 */
  k?: number;
}

/** `1 / Phi^-1(3/4)`: makes the median absolute deviation of normal scores their standard deviation. */
const NORMAL_MAD = 1.4826022185056018;

/**
 * Median plus k robust standard deviations: `T = median + k 1.4826 MAD`, with `MAD = median |s - median|`. Up to half
 * of the scores may be wrong (defective parts among the good) without carrying the limit away.
 *
 * The stated false-positive rate, `1 - Phi(k)`, is that of normal scores and many of them.
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
 * @see Leys et al., "Detecting outliers: do not use standard deviation around the mean", 2013
 */
export function medianPlusMad(good: Scores, options: MedianPlusMadOptions = {}): Threshold {
  const { k = 3 } = options;
  assertKnownOptions('medianPlusMad', options, ['k']);
  assertFinite('medianPlusMad', 'k', k);
  const sorted = readSorted('medianPlusMad', 'good', good, 2);
  const median = quantileOfSorted(sorted, 0.5);
  const mad = quantileOfSorted(sorted.map((score) => Math.abs(score - median)).sort(), 0.5);
  const warnings: string[] = [];
  if (mad === 0) {
    warnings.push('At least half of the good scores are equal: the spread is taken as 0 and the rate means nothing.');
  }
  if (sorted.length < 50) {
    warnings.push(
      `The median absolute deviation stands on ${sorted.length} scores; 50 or more are needed to trust it.`,
    );
  }
  return buildThreshold({
    rule: 'medianPlusMad',
    value: median + k * NORMAL_MAD * mad,
    expectedFalsePositiveRate: normalTail(k),
    fittedOn: onGood(sorted.length),
    parameters: { k, median, mad },
    warnings,
  });
}
