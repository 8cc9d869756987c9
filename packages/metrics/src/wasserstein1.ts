import type { Scores } from './classes.js';
import { assertFiniteEnds, sortedSamples } from './samples.js';

/**
 * Wasserstein-1 (earth mover's) distance of two samples: the integral of `|F_a - F_b|`, the mean distance by which scores
 * have moved.
 *
 * @param reference - scores of the first sample, finite; not modified
 * @param current - scores of the second sample, finite; not modified
 * @returns a distance >= 0 in the units of the scores
 * @throws TypeError or RangeError if a sample is empty or a score is NaN or infinite
 * @example
 * ```ts
 * import { wasserstein1 } from '@adlib/metrics';
 * console.log(wasserstein1([0, 1, 3], [5, 6, 8])); // 5
 * ```
 * @see scipy, `scipy.stats.wasserstein_distance`
 */
export function wasserstein1(reference: Scores, current: Scores): number {
  const [a, b] = sortedSamples('wasserstein1', reference, current);
  assertFiniteEnds('wasserstein1', a, b);
  let i = 0;
  let j = 0;
  let at = Math.min(a[0]!, b[0]!);
  let distance = 0;
  while (i < a.length || j < b.length) {
    const next = Math.min(a[i] ?? Infinity, b[j] ?? Infinity);
    if (next > at) distance += (next - at) * Math.abs(i / a.length - j / b.length);
    at = next;
    while (i < a.length && a[i] === next) i++;
    while (j < b.length && b[j] === next) j++;
  }
  return distance;
}
