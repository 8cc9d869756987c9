import { argumentMessage, assertFinite, assertKnownOptions } from '@adlib/core';
import type { Scores } from '@adlib/metrics';
import { buildThreshold, onGood } from './build.js';
import { quantileOfSorted, readScores, shareAbove } from './scores.js';
import type { Threshold } from './threshold.js';

/** Options of {@link medianMultiple}. */
export interface MedianMultipleOptions {
  /** Factor on the median, above 0. The paper gives no value, so there is no default. */
  lambda: number;
}

/**
 * A multiple of the median: `T = lambda median(s)`. Made for pruning a training set that holds some defective parts;
 * it implies no false-positive rate, so none is stated. `parameters.shareAbove` is the share of the given scores above it;
 * `fittedOn` counts all of them as good, as their labels are not asked for.
 *
 * @param scores - scores of parts that are mostly good, zero or more
 * @param options - see {@link MedianMultipleOptions}
 * @returns the threshold, plain JSON
 * @throws RangeError if a score is negative or not finite, there is none, or `lambda` is not above 0
 * @example
 * ```ts
 * import { medianMultiple } from '@adlib/thresholds';
 * console.log(medianMultiple([1, 2, 3, 4, 10], { lambda: 2 }).value); // 6
 * ```
 * @see the iterative refinement process (IRP) for robust anomaly detection, equation 5
 */
export function medianMultiple(scores: Scores, options: MedianMultipleOptions): Threshold {
  const { lambda } = options;
  assertKnownOptions('medianMultiple', options, ['lambda']);
  assertFinite('medianMultiple', 'lambda', lambda);
  if (lambda <= 0) throw new RangeError(argumentMessage('medianMultiple', 'lambda', 'above 0', lambda));
  const values = readScores('medianMultiple', 'scores', scores);
  const negative = values.findIndex((value) => value < 0);
  if (negative >= 0) {
    const hint = 'A multiple of the median means nothing there. Try medianPlusMad.';
    throw new RangeError(
      argumentMessage('medianMultiple', `scores[${negative}]`, 'zero or more', values[negative], hint),
    );
  }
  const sorted = values.sort();
  const median = quantileOfSorted(sorted, 0.5);
  const value = lambda * median;
  const warnings: string[] = [];
  if (median === 0) warnings.push('The median is 0, so the limit is 0 whatever lambda is.');
  if (lambda < 1) warnings.push('With lambda below 1 more than half of the parts may be flagged.');
  if (sorted.length < 30)
    warnings.push(`The median stands on ${sorted.length} scores; 30 or more are needed to trust it.`);
  return buildThreshold({
    rule: 'medianMultiple',
    value,
    fittedOn: onGood(sorted.length),
    parameters: { lambda, median, shareAbove: shareAbove(sorted, value) },
    warnings,
  });
}
