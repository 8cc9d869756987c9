import { assertFinite } from '@adlib/core';
import { operatingSteps, sortedClasses, type Labels, type Scores } from './classes.js';

/**
 * Recall at a tolerated false-positive rate: the highest share of defective images flagged by any threshold that flags at
 * most the share `fpr` of the good ones. No interpolation: some threshold reaches it.
 *
 * @param scores - one per image, higher = more anomalous; not modified
 * @param labels - 1 or true = defective, 0 or false = good; not modified
 * @param fpr - tolerated false-positive rate, in [0, 1]
 * @returns a rate in [0, 1]; NaN when there is no good or no defective image
 * @throws TypeError or RangeError if a score is NaN, a label is not 0 or 1, the lengths differ, or `fpr` is out of range
 * @example
 * ```ts
 * import { tprAtFpr } from '@adlib/metrics';
 * console.log(tprAtFpr([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], 0)); // 0.5
 * ```
 */
export function tprAtFpr(scores: Scores, labels: Labels, fpr: number): number {
  assertFinite('tprAtFpr', 'fpr', fpr, 0, 1);
  const classes = sortedClasses('tprAtFpr', scores, labels);
  const good = classes.negatives.length;
  if (good === 0) return NaN;
  const { tp, fp } = operatingSteps(classes);
  return tp[fp.findLastIndex((count) => count / good <= fpr)]! / classes.positives.length;
}
