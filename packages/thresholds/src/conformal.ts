import { argumentMessage, assertFinite, assertKnownOptions } from '@adlib/core';
import type { Scores } from '@adlib/metrics';
import { buildThreshold, onGood } from './build.js';
import { readSorted } from './scores.js';
import { incompleteBeta } from './special.js';
import type { Threshold } from './threshold.js';

/** Options of {@link conformal}. */
export interface ConformalOptions {
  /** Highest false-positive rate to allow, in (0, 1). @defaultValue 0.05 */
  fpr?: number;
  /**
   * Without it, the rate is kept on average over calibration sets. With it, in (0, 1), this very calibration set keeps
   * the rate with that probability; that takes more scores.
   */
  confidence?: number;
}

/**
 * The order statistic that keeps the false-positive rate at any distribution of scores: `T = s_(k)` with
 * `k = ceil((n + 1)(1 - fpr))`. A new good score, exchangeable with these, exceeds it with probability at most `fpr`;
 * exactly `(n + 1 - k) / (n + 1)` where no two scores are equal, and that is the stated rate.
 *
 * The rate of one calibration set follows Beta(n + 1 - k, k); with `confidence`, k is the smallest rank for which
 * that rate is at most `fpr` with that probability.
 *
 * @param good - scores of good parts that were not trained on, raw units
 * @param options - see {@link ConformalOptions}
 * @returns the threshold, plain JSON
 * @throws RangeError if there are too few scores for the promise: at least `1 / fpr - 1`, or with `confidence`
 * at least `ln(1 - confidence) / ln(1 - fpr)`
 * @example
 * ```ts
 * import { conformal } from '@adlib/thresholds';
 * const good = Array.from({ length: 99 }, (_, i) => i);
 * const { value, expectedFalsePositiveRate } = conformal(good, { fpr: 0.05 });
 * console.log(value, expectedFalsePositiveRate); // 94 0.05
 * ```
 * @see Vovk, Gammerman and Shafer, "Algorithmic learning in a random world", 2005; with confidence: Wilks,
 * "Determination of sample sizes for setting tolerance limits", 1941
 */
export function conformal(good: Scores, options: ConformalOptions = {}): Threshold {
  const { fpr = 0.05, confidence } = options;
  assertKnownOptions('conformal', options, ['fpr', 'confidence']);
  assertShare('fpr', fpr);
  if (confidence !== undefined) assertShare('confidence', confidence);
  const sorted = readSorted('conformal', 'good', good);
  const n = sorted.length;
  // The allowance keeps products such as 0.07 * 100 = 7.000000000000001 from moving the rank.
  const average = n + 1 - Math.floor(fpr * (n + 1) * (1 + 1e-12));
  const rank = confidence === undefined ? average : confidentRank(n, fpr, confidence);
  if (rank > n) {
    const needed =
      confidence === undefined
        ? Math.ceil((1 / fpr - 1) * (1 - 1e-12))
        : Math.ceil(Math.log(1 - confidence) / Math.log1p(-fpr));
    throw new RangeError(
      `conformal: good must have at least ${needed} scores to keep a false-positive rate of ${fpr}` +
        `${confidence === undefined ? '' : ` with confidence ${confidence}`}, got ${n}. Allow a higher rate or collect more.`,
    );
  }
  return buildThreshold({
    rule: 'conformal',
    value: sorted[rank - 1]!,
    expectedFalsePositiveRate: (n + 1 - rank) / (n + 1),
    fittedOn: onGood(n),
    parameters: { fpr, rank, ...(confidence === undefined ? {} : { confidence }) },
  });
}

function assertShare(arg: string, value: number): void {
  assertFinite('conformal', arg, value);
  if (value <= 0 || value >= 1) throw new RangeError(argumentMessage('conformal', arg, 'in (0, 1)', value));
}

/** Smallest rank k with P(Beta(n + 1 - k, k) <= fpr) >= confidence; n + 1 where there is none. */
function confidentRank(n: number, fpr: number, confidence: number): number {
  let low = 1;
  let high = n + 1;
  while (low < high) {
    const k = (low + high) >>> 1;
    if (incompleteBeta(fpr, n + 1 - k, k) >= confidence) high = k;
    else low = k + 1;
  }
  return low;
}
