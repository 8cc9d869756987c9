import { argumentMessage, assertFinite, assertKnownOptions } from '@adlib/core';
import type { Scores } from '@adlib/metrics';
import { between, buildLabelled, justBelow, noneSeen } from './labelled.js';
import type { LabelledOptions } from './labelled.js';
import { countAtMost, readSorted } from './scores.js';
import { clopperPearsonUpper } from './special.js';
import { allowedCount } from './targetFpr.js';
import type { Threshold } from './threshold.js';

/** Options of {@link targetRecall}. */
export interface TargetRecallOptions extends LabelledOptions {
  /** Share of the given defective scores to flag at least, in (0, 1]. @defaultValue 1 */
  recall?: number;
}

/**
 * The highest limit that still flags a share `recall` of the given defective scores. It lies midway between the lowest
 * score it must flag and the next lower score of any kind, so that there is a margin.
 *
 * @param good - scores of good parts, raw units
 * @param defective - scores of defective parts, raw units
 * @param options - see {@link TargetRecallOptions}
 * @returns the threshold, plain JSON; `parameters.missRateUpper95` is the upper end of the Clopper-Pearson interval of the miss rate
 * @throws RangeError if either kind is missing, a score is not finite, or `recall` is outside (0, 1]
 * @example
 * ```ts
 * import { targetRecall } from '@adlib/thresholds';
 * console.log(targetRecall([1, 2, 3, 6], [5, 8, 9]).value); // 4
 * ```
 */
export function targetRecall(good: Scores, defective: Scores, options: TargetRecallOptions = {}): Threshold {
  const { recall = 1, oracle = false } = options;
  assertKnownOptions('targetRecall', options, ['recall', 'oracle']);
  assertFinite('targetRecall', 'recall', recall);
  if (recall <= 0 || recall > 1) throw new RangeError(argumentMessage('targetRecall', 'recall', 'in (0, 1]', recall));
  const sortedGood = readSorted('targetRecall', 'good', good);
  const sorted = readSorted('targetRecall', 'defective', defective);
  const n = sorted.length;
  const value = limitBelow(sorted[Math.min(allowedCount(1 - recall, n), n - 1)]!, sortedGood, sorted);
  const missed = countAtMost(sorted, value);
  const missRateUpper95 = clopperPearsonUpper(missed, n);
  return buildLabelled(
    'targetRecall',
    { value, falseAlarms: sortedGood.length - countAtMost(sortedGood, value), found: n - missed },
    sortedGood.length,
    n,
    oracle,
    {
      parameters: { targetRecall: recall, missRateUpper95 },
      warnings: missed === 0 ? [noneSeen('missed', missRateUpper95)] : [],
    },
  );
}

/**
 * A limit midway between a score and the next lower one of either kind; just below it where there is none.
 *
 * @param score - a score that must be above the limit
 * @param good - ascending scores of good parts
 * @param defective - ascending scores of defective parts
 * @returns the limit, below `score`
 */
export function limitBelow(score: number, good: Float64Array, defective: Float64Array): number {
  const under = justBelow(score);
  const next = Math.max(
    good[countAtMost(good, under) - 1] ?? -Infinity,
    defective[countAtMost(defective, under) - 1] ?? -Infinity,
  );
  return next === -Infinity ? under : between(next, score);
}
