import { argumentMessage, assertFinite, assertKnownOptions } from '@adlib/core';
import type { Scores } from '@adlib/metrics';
import { fitLabelled } from './labelled.js';
import type { LabelledOptions, Objective } from './labelled.js';
import type { Threshold } from './threshold.js';

/** Options of {@link cost}. */
export interface CostOptions extends LabelledOptions {
  /** What a defective part called good costs, in any unit, zero or more. */
  miss: number;
  /** What a good part called defective costs, in the same unit, zero or more. @defaultValue 1 */
  falseAlarm?: number;
  /** Share of defective parts on the line, in [0, 1]; the default is the share among the given scores, which is rarely the line's. */
  defectRate?: number;
}

/**
 * The limit with the lowest expected cost per part, `p miss (1 - recall) + (1 - p) falseAlarm FPR` with the share `p` of
 * defective parts. Candidates and ties as in {@link maxAccuracy}.
 *
 * @param good - scores of good parts, raw units
 * @param defective - scores of defective parts, raw units
 * @param options - see {@link CostOptions}
 * @returns the threshold, plain JSON; `parameters.costPerPart` is the expected cost per part
 * @throws RangeError if either kind is missing, a score is not finite, or both costs are zero
 * @example
 * ```ts
 * import { cost } from '@adlib/thresholds';
 * const careful = cost([1, 2, 3, 6], [5, 8, 9], { miss: 100, defectRate: 0.1 });
 * console.log(careful.value, careful.parameters['costPerPart']); // 4 0.225
 * ```
 * @see Elkan, "The foundations of cost-sensitive learning", 2001
 */
export function cost(good: Scores, defective: Scores, options: CostOptions): Threshold {
  const { miss, falseAlarm = 1, defectRate, oracle = false } = options;
  assertKnownOptions('cost', options, ['miss', 'falseAlarm', 'defectRate', 'oracle']);
  assertFinite('cost', 'miss', miss, 0);
  assertFinite('cost', 'falseAlarm', falseAlarm, 0);
  if (miss === 0 && falseAlarm === 0) {
    throw new RangeError(argumentMessage('cost', 'miss and falseAlarm', 'not both 0', [miss, falseAlarm]));
  }
  if (defectRate !== undefined) assertFinite('cost', 'defectRate', defectRate, 0, 1);
  const of: Objective = (c, nGood, nDefective) => {
    const p = defectRate ?? nDefective / (nGood + nDefective);
    return p * miss * (1 - c.found / nDefective) + (1 - p) * falseAlarm * (c.falseAlarms / nGood);
  };
  const parameters = { miss, falseAlarm, ...(defectRate === undefined ? {} : { defectRate }) };
  return fitLabelled('cost', { name: 'costPerPart', of, smaller: true, parameters }, { good, defective, oracle });
}
