import { midThreshold, operatingSteps, sortedClasses, type Labels, type Scores } from './classes.js';

/** Result of {@link balancedAccuracyMax}. */
export interface BalancedAccuracyMax {
  /** The best mean of recall and specificity, in [0.5, 1]; NaN when a class is missing. */
  balancedAccuracy: number;
  /** A threshold that reaches it with the rule `score > threshold`; NaN when a class is missing. */
  threshold: number;
}

/**
 * Best balanced accuracy over all thresholds, `(TP / n+ + TN / n-) / 2` (Youden's J is twice it less 1). It looks at the
 * labels it is measured on: an upper bound.
 *
 * @param scores - one per image, higher = more anomalous; not modified
 * @param labels - 1 or true = defective, 0 or false = good; not modified
 * @returns the best value and a threshold half way to the next lower score; of several best thresholds the highest
 * @throws TypeError or RangeError if a score is NaN, a label is not 0 or 1, or the lengths differ
 * @example
 * ```ts
 * import { balancedAccuracyMax } from '@adlib/metrics';
 * console.log(balancedAccuracyMax([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])); // 0.75 at 0.6
 * ```
 */
export function balancedAccuracyMax(scores: Scores, labels: Labels): BalancedAccuracyMax {
  const classes = sortedClasses('balancedAccuracyMax', scores, labels);
  const good = classes.negatives.length;
  const defective = classes.positives.length;
  if (good === 0 || defective === 0) return { balancedAccuracy: NaN, threshold: NaN };
  const { thresholds, tp, fp } = operatingSteps(classes);
  let best = 0;
  // Whole numbers, so that equal values are equal: n+ n- (recall - FPR).
  const gain = (k: number): number => tp[k]! * good - fp[k]! * defective;
  for (let k = 1; k < tp.length; k++) if (gain(k) > gain(best)) best = k;
  return {
    balancedAccuracy: (tp[best]! / defective + 1 - fp[best]! / good) / 2,
    threshold: midThreshold(thresholds, best),
  };
}
