import { assertKnownOptions } from '@adlib/core';
import type { Scores } from '@adlib/metrics';
import { fitLabelled } from './labelled.js';
import type { LabelledOptions, Objective } from './labelled.js';
import type { Threshold } from './threshold.js';

/**
 * The limit with the highest `F1 = 2 TP / (2 TP + FP + FN)` over labelled scores. It lies midway between two scores, so
 * that `score > value` flags exactly the parts that reach that F1. Candidates and ties as in {@link maxAccuracy}.
 *
 * @param good - scores of good parts, raw units
 * @param defective - scores of defective parts, raw units
 * @param options - see {@link LabelledOptions}
 * @returns the threshold, plain JSON; `parameters.f1CrossValidated` is the figure on held-out folds
 * @throws RangeError if either kind is missing or a score is not finite
 * @example
 * ```ts
 * import { maxF1 } from '@adlib/thresholds';
 * console.log(maxF1([0.1, 0.3, 0.35, 0.5, 0.62], [0.3, 0.55, 0.7, 0.9]).parameters['f1']); // 0.75
 * ```
 */
export function maxF1(good: Scores, defective: Scores, options: LabelledOptions = {}): Threshold {
  const { oracle = false } = options;
  assertKnownOptions('maxF1', options, ['oracle']);
  const of: Objective = (c, _, nDefective) => (2 * c.found) / (c.found + c.falseAlarms + nDefective);
  return fitLabelled('maxF1', { name: 'f1', of }, { good, defective, oracle });
}
