import { assertKnownOptions } from '@adlib/core';
import type { Scores } from '@adlib/metrics';
import { fitLabelled } from './labelled.js';
import type { LabelledOptions, Objective } from './labelled.js';
import type { Threshold } from './threshold.js';

/**
 * The limit with the highest accuracy, `(TP + TN) / n`, over labelled scores. Candidates lie midway between neighbouring
 * distinct scores and at both ends; among equally accurate ones a limit between scores beats the ends, then the widest
 * gap wins, then the lowest limit (it lets fewer defects through).
 *
 * With few defective scores the best accuracy is reached by flagging almost nothing: prefer {@link maxBalancedAccuracy} then.
 *
 * @param good - scores of good parts, raw units
 * @param defective - scores of defective parts, raw units
 * @param options - see {@link LabelledOptions}
 * @returns the threshold, plain JSON; `parameters.accuracyCrossValidated` is the accuracy on held-out folds
 * @throws RangeError if either kind is missing or a score is not finite
 * @example
 * ```ts
 * import { maxAccuracy } from '@adlib/thresholds';
 * console.log(maxAccuracy([1, 2, 3, 6], [5, 8, 9]).value); // 4
 * ```
 * @see Zanon-Diaz et al., attention-guided autoencoders for medical device inspection, equation 6
 */
export function maxAccuracy(good: Scores, defective: Scores, options: LabelledOptions = {}): Threshold {
  const { oracle = false } = options;
  assertKnownOptions('maxAccuracy', options, ['oracle']);
  const of: Objective = (c, nGood, nDefective) => (c.found + nGood - c.falseAlarms) / (nGood + nDefective);
  return fitLabelled('maxAccuracy', { name: 'accuracy', of }, { good, defective, oracle });
}
