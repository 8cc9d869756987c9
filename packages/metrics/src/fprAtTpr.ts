import { assertFinite } from '@adlib/core';
import { operatingSteps, sortedClasses, type Labels, type Scores } from './classes.js';

/**
 * False-positive rate at a required recall: the lowest share of good images flagged by any threshold that flags at least
 * the share `tpr` of the defective ones. No interpolation: some threshold reaches it.
 *
 * @param scores - one per image, higher = more anomalous; not modified
 * @param labels - 1 or true = defective, 0 or false = good; not modified
 * @param tpr - required recall, in [0, 1]
 * @returns a rate in [0, 1]; NaN when there is no good or no defective image
 * @throws TypeError or RangeError if a score is NaN, a label is not 0 or 1, the lengths differ, or `tpr` is out of range
 * @example
 * ```ts
 * import { fprAtTpr } from '@adlib/metrics';
 * console.log(fprAtTpr([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], 0.95)); // 0.5
 * ```
 */
export function fprAtTpr(scores: Scores, labels: Labels, tpr: number): number {
  assertFinite('fprAtTpr', 'tpr', tpr, 0, 1);
  const classes = sortedClasses('fprAtTpr', scores, labels);
  const defective = classes.positives.length;
  if (defective === 0) return NaN;
  const { tp, fp } = operatingSteps(classes);
  return fp[tp.findIndex((count) => count / defective >= tpr)]! / classes.negatives.length;
}
