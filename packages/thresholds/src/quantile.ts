import { argumentMessage, assertFinite, assertKnownOptions } from '@adlib/core';
import type { Scores } from '@adlib/metrics';
import { buildThreshold, onGood, percent } from './build.js';
import { quantileOfSorted, readSorted } from './scores.js';
import type { Threshold } from './threshold.js';

/** Options of {@link quantile}. */
export interface QuantileOptions {
  /** Which quantile, in [0, 1]. @defaultValue 0.95 */
  q?: number;
}

/**
 * A quantile of good scores by linear interpolation at position `(n - 1) q` of the sorted scores (numpy's default).
 *
 * The stated false-positive rate counts the finite sample: a new score exceeds the limit at position `h` (counted from
 * 1) with probability `(n + 1 - h) / (n + 1)`, exact where `h` is an integer. It is above `1 - q`, by `q - 1/2` parts in `n / 2`.
 *
 * @param good - scores of good parts that were not trained on, raw units
 * @param options - see {@link QuantileOptions}
 * @returns the threshold, plain JSON
 * @throws RangeError if there are no scores, one is not finite, or `q` is outside [0, 1]
 * @example
 * ```ts
 * import { quantile } from '@adlib/thresholds';
 * console.log(quantile([1, 2, 3, 4, 10], { q: 0.9 }).value); // 7.6
 * ```
 * @see `numpy.quantile(scores, q)`
 */
export function quantile(good: Scores, options: QuantileOptions = {}): Threshold {
  const { q = 0.95 } = options;
  assertKnownOptions('quantile', options, ['q']);
  assertFinite('quantile', 'q', q);
  if (q < 0 || q > 1) {
    throw new RangeError(argumentMessage('quantile', 'q', 'in [0, 1]', q, 'For the 95th percentile use 0.95.'));
  }
  const sorted = readSorted('quantile', 'good', good);
  const n = sorted.length;
  const warnings: string[] = [];
  if (n * (1 - q) < 1) {
    warnings.push(
      `${n} scores do not reach the ${q} quantile: the limit is set by the largest score alone. ` +
        `Use at least ${Math.ceil(1 / Math.max(1 - q, 1e-6))} scores, or extremeValue.`,
    );
  }
  const expected = (n - (n - 1) * q) / (n + 1);
  if (expected > 1.5 * (1 - q) && q < 1) {
    warnings.push(`With ${n} scores the expected false-positive rate is ${percent(expected)}, not ${percent(1 - q)}.`);
  }
  return buildThreshold({
    rule: 'quantile',
    value: quantileOfSorted(sorted, q),
    expectedFalsePositiveRate: expected,
    fittedOn: onGood(n),
    parameters: { q },
    warnings,
  });
}
