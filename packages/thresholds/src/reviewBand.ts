import { assertFinite, assertKnownOptions } from '@adlib/core';
import type { Scores } from '@adlib/metrics';
import { between, buildLabelled } from './labelled.js';
import type { LabelledOptions } from './labelled.js';
import { countAtMost, readSorted } from './scores.js';
import { allowedCount } from './targetFpr.js';
import { limitBelow } from './targetRecall.js';
import type { Threshold } from './threshold.js';

/** Options of {@link reviewBand}. With both rates 0 (the default) the band is the zone where the two kinds overlap. */
export interface ReviewBandOptions extends LabelledOptions {
  /** Share of the given good scores that may be called defective outright, in [0, 1]. @defaultValue 0 */
  fpr?: number;
  /** Share of the given defective scores that may be called good outright, in [0, 1]. @defaultValue 0 */
  missRate?: number;
}

/**
 * Two limits with a review band between them: above `value` defective, at or below `lower` good, between them for a
 * person to look at. `value` is the lowest good score with at most a share `fpr` of the good ones above it; `lower` lies
 * midway below the defective score under which at most a share `missRate` of the defective ones are.
 * Where the kinds are so far apart that no band is needed, one limit midway serves both rates and `lower` is absent.
 *
 * @param good - scores of good parts, raw units
 * @param defective - scores of defective parts, raw units
 * @param options - see {@link ReviewBandOptions}
 * @returns the threshold, plain JSON; `parameters` holds the share of either kind that goes to review, and the miss rate
 * @throws RangeError if either kind is missing, a score is not finite, or a rate is outside [0, 1]
 * @example
 * ```ts
 * import { decide, reviewBand } from '@adlib/thresholds';
 * const band = reviewBand([1, 2, 3, 6], [5, 8, 9]);
 * console.log([2, 5.5, 9].map((score) => decide(band, score))); // [ 'good', 'review', 'defective' ]
 * ```
 */
export function reviewBand(good: Scores, defective: Scores, options: ReviewBandOptions = {}): Threshold {
  const { fpr = 0, missRate = 0, oracle = false } = options;
  assertKnownOptions('reviewBand', options, ['fpr', 'missRate', 'oracle']);
  assertFinite('reviewBand', 'fpr', fpr, 0, 1);
  assertFinite('reviewBand', 'missRate', missRate, 0, 1);
  const g = readSorted('reviewBand', 'good', good);
  const d = readSorted('reviewBand', 'defective', defective);
  const upper = g[Math.max(g.length - 1 - allowedCount(fpr, g.length), 0)]!;
  const lowest = d[Math.min(allowedCount(missRate, d.length), d.length - 1)]!;
  const lower = limitBelow(lowest, g, d);
  const separate = upper < lowest;
  const value = separate ? between(upper, lowest) : upper;
  const floor = separate ? value : lower;
  const falseAlarms = g.length - countAtMost(g, value);
  const found = d.length - countAtMost(d, value);
  const missed = countAtMost(d, floor);
  const reviewedGood = (countAtMost(g, value) - countAtMost(g, floor)) / g.length;
  const reviewedDefective = (countAtMost(d, value) - missed) / d.length;
  const warnings: string[] = [];
  if (reviewedGood > 0.5) warnings.push('More than half of the good parts go to review: these scores separate badly.');
  return buildLabelled('reviewBand', { value, falseAlarms, found }, g.length, d.length, oracle, {
    ...(separate ? {} : { lower }),
    parameters: { fpr, targetMissRate: missRate, missRate: missed / d.length, reviewedGood, reviewedDefective },
    warnings,
  });
}

/**
 * A review band from two fitted thresholds, for example two false-positive rates over good scores alone: above the
 * higher limit defective, between the two for review.
 *
 * @param first - a threshold
 * @param second - another one for the same scores, in any order
 * @returns the threshold of the higher limit with the lower one as `lower`; its warnings are those of both
 * @throws RangeError if either has a review band already
 * @example
 * ```ts
 * import { combineLimits, quantile } from '@adlib/thresholds';
 * const good = Array.from({ length: 400 }, (_, i) => i);
 * console.log(combineLimits(quantile(good, { q: 0.9 }), quantile(good, { q: 0.99 })).lower); // 359.1
 * ```
 */
export function combineLimits(first: Threshold, second: Threshold): Threshold {
  if (first.lower !== undefined || second.lower !== undefined) {
    throw new RangeError('combineLimits: both thresholds must be single limits, got one with a review band.');
  }
  const [low, high] = first.value <= second.value ? [first, second] : [second, first];
  const oracle = low.oracle === true || high.oracle === true;
  return {
    ...high,
    ...(low.value === high.value ? {} : { lower: low.value }),
    parameters: { ...high.parameters, lowerRule: low.rule },
    ...(oracle ? { oracle } : {}),
    warnings: [...new Set([...low.warnings, ...high.warnings])],
  };
}
