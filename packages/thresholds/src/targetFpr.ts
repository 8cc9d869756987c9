import { assertFinite, assertKnownOptions } from '@adlib/core';
import type { Scores } from '@adlib/metrics';
import { buildThreshold, onGood, percent } from './build.js';
import { countAtMost, readSorted } from './scores.js';
import { clopperPearsonUpper } from './special.js';
import type { Threshold } from './threshold.js';

/** Options of {@link targetFpr}. */
export interface TargetFprOptions {
  /** Highest share of the given good scores that may lie above the limit, in [0, 1]. @defaultValue 0.01 */
  fpr?: number;
}

/**
 * The lowest good score with at most a share `fpr` of the given good scores above it. `fpr: 0` gives the largest score.
 *
 * The stated rate is that of a new score, `(c + 1) / (n + 1)` with `c` scores above the limit: larger than the share
 * counted on the scores that chose the limit. `parameters.upper95` is the upper end of the Clopper-Pearson interval of `c / n`.
 * {@link conformal} keeps the rate for new scores; this rule keeps it for the given ones.
 *
 * @param good - scores of good parts that were not trained on, raw units
 * @param options - see {@link TargetFprOptions}
 * @returns the threshold, plain JSON
 * @throws RangeError if there are no scores, one is not finite, or `fpr` is outside [0, 1]
 * @example
 * ```ts
 * import { targetFpr } from '@adlib/thresholds';
 * console.log(targetFpr([1, 2, 3, 4, 10], { fpr: 0.2 }).value); // 4
 * ```
 */
export function targetFpr(good: Scores, options: TargetFprOptions = {}): Threshold {
  const { fpr = 0.01 } = options;
  assertKnownOptions('targetFpr', options, ['fpr']);
  assertFinite('targetFpr', 'fpr', fpr, 0, 1);
  const sorted = readSorted('targetFpr', 'good', good);
  const n = sorted.length;
  const value = sorted[Math.max(n - 1 - allowedCount(fpr, n), 0)]!;
  const above = n - countAtMost(sorted, value);
  const upper95 = clopperPearsonUpper(above, n);
  const warnings: string[] = [];
  if (upper95 > 2 * Math.max(fpr, above / n)) {
    warnings.push(
      `${above} of ${n} good scores lie above the limit, but the true rate may be up to ${percent(upper95)} (95 % interval).`,
    );
  }
  return buildThreshold({
    rule: 'targetFpr',
    value,
    expectedFalsePositiveRate: (above + 1) / (n + 1),
    fittedOn: onGood(n),
    parameters: { fpr, measured: above / n, upper95 },
    warnings,
  });
}

/**
 * Largest whole count within a share of `n`, safe against products such as `0.29 * 100 = 28.999999999999996`.
 *
 * @param share - in [0, 1]
 * @param n - out of how many
 * @returns the count, in [0, n]
 */
export function allowedCount(share: number, n: number): number {
  return Math.min(Math.floor(share * n * (1 + 1e-12)), n);
}
