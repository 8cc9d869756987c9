import { assertKnownOptions } from '@adlib/core';
import type { Scores } from '@adlib/metrics';
import { fitLabelled } from './labelled.js';
import type { LabelledOptions, Objective } from './labelled.js';
import type { Threshold } from './threshold.js';

/**
 * The limit with the highest balanced accuracy, `(recall + specificity) / 2`, over labelled scores; the same limit
 * maximises Youden's J. How many parts there are of either kind has no influence. Candidates and ties as in {@link maxAccuracy}.
 *
 * @param good - scores of good parts, raw units
 * @param defective - scores of defective parts, raw units
 * @param options - see {@link LabelledOptions}
 * @returns the threshold, plain JSON; `parameters.balancedAccuracyCrossValidated` is the figure on held-out folds
 * @throws RangeError if either kind is missing or a score is not finite
 * @example
 * ```ts
 * import { maxBalancedAccuracy } from '@adlib/thresholds';
 * console.log(maxBalancedAccuracy([1, 2, 3, 6], [5, 8, 9]).value); // 4
 * ```
 * @see Youden, "Index for rating diagnostic tests", 1950
 */
export function maxBalancedAccuracy(good: Scores, defective: Scores, options: LabelledOptions = {}): Threshold {
  const { oracle = false } = options;
  assertKnownOptions('maxBalancedAccuracy', options, ['oracle']);
  const of: Objective = (c, nGood, nDefective) =>
    (c.found * nGood + (nGood - c.falseAlarms) * nDefective) / (2 * nGood * nDefective);
  return fitLabelled('maxBalancedAccuracy', { name: 'balancedAccuracy', of }, { good, defective, oracle });
}
