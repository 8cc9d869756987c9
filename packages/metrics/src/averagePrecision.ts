import { operatingSteps, sortedClasses, type Labels, type Scores } from './classes.js';

/**
 * Average precision, the area under the precision-recall curve by steps: `AP = sum over k of (R_k - R_{k-1}) P_k`, tied
 * scores grouped, no interpolation (scikit-learn's definition).
 *
 * @param scores - one per image, higher = more anomalous; not modified
 * @param labels - 1 or true = defective, 0 or false = good; not modified
 * @returns a number in (0, 1]; 1 when every image is defective; NaN when none is
 * @throws TypeError or RangeError if a score is NaN, a label is not 0 or 1, or the lengths differ
 * @example
 * ```ts
 * import { averagePrecision } from '@adlib/metrics';
 * console.log(averagePrecision([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])); // 0.8333...
 * ```
 * @see scikit-learn, `average_precision_score`
 */
export function averagePrecision(scores: Scores, labels: Labels): number {
  const classes = sortedClasses('averagePrecision', scores, labels);
  const { tp, fp } = operatingSteps(classes);
  let sum = 0;
  for (let k = 1; k < tp.length; k++) {
    if (tp[k]! > tp[k - 1]!) sum += ((tp[k]! - tp[k - 1]!) * tp[k]!) / (tp[k]! + fp[k]!);
  }
  return sum / classes.positives.length;
}
