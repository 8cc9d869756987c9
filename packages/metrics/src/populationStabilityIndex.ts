import { assertFinite, assertInteger, assertKnownOptions } from '@adlib/core';
import type { Scores } from './classes.js';
import { sortedSamples } from './samples.js';
import { quantileOfSorted } from './quantile.js';

/** Options of {@link populationStabilityIndex}. */
export interface PopulationStabilityOptions {
  /** Bins, cut at quantiles of the reference; fewer where quantiles coincide. @defaultValue 10 */
  bins?: number;
  /** Share that an empty bin is given, so that the logarithm exists. @defaultValue 1e-4 */
  floor?: number;
}

/**
 * Population stability index, `sum over bins of (q - p) ln(q / p)` with `p` the shares of the reference and `q` those of the
 * current scores, in bins of equal share of the reference. A habit of practice: under 0.1 stable, over 0.25 shifted.
 *
 * @param reference - scores that define the bins; not modified
 * @param current - scores compared; not modified
 * @param options - bins, floor
 * @returns an index >= 0
 * @throws TypeError or RangeError if a sample is empty, a score is NaN, or an option is out of range
 * @example
 * ```ts
 * import { populationStabilityIndex } from '@adlib/metrics';
 * console.log(populationStabilityIndex([1, 2, 3, 4], [1, 2, 3, 4], { bins: 2 })); // 0
 * ```
 * @see Siddiqi, "Credit risk scorecards", 2006, section 9 (the index); Kullback and Leibler, 1951, equation 2.6 (J divergence)
 */
export function populationStabilityIndex(
  reference: Scores,
  current: Scores,
  options: PopulationStabilityOptions = {},
): number {
  const { bins = 10, floor = 1e-4 } = options;
  assertKnownOptions('populationStabilityIndex', options, ['bins', 'floor']);
  assertInteger('populationStabilityIndex', 'bins', bins, 2);
  assertFinite('populationStabilityIndex', 'floor', floor, Number.MIN_VALUE, 0.5);
  const [a, b] = sortedSamples('populationStabilityIndex', reference, current);
  const cuts = new Set<number>();
  for (let k = 1; k < bins; k++) cuts.add(quantileOfSorted(a, k / bins));
  let index = 0;
  let usedA = 0;
  let usedB = 0;
  for (const cut of [...cuts, Infinity]) {
    const endA = countUpTo(a, cut);
    const endB = countUpTo(b, cut);
    const p = Math.max((endA - usedA) / a.length, floor);
    const q = Math.max((endB - usedB) / b.length, floor);
    index += (q - p) * Math.log(q / p);
    usedA = endA;
    usedB = endB;
  }
  return index;
}

/** Values up to and including a limit. */
function countUpTo(sorted: Float64Array, limit: number): number {
  const at = sorted.findIndex((v) => v > limit);
  return at < 0 ? sorted.length : at;
}
