import { midThreshold, operatingSteps, sortedClasses, type Labels, type Scores } from './classes.js';

/** Result of {@link f1Max} and of its pixel counterpart. */
export interface F1Max {
  /** The best F1, in [0, 1]; NaN when nothing is defective. */
  f1: number;
  /** A threshold that reaches it with the rule `score > threshold`; NaN when nothing is defective. */
  threshold: number;
  /** Precision there. */
  precision: number;
  /** Recall there. */
  recall: number;
}

/**
 * Best F1 over all thresholds, `F1 = 2 TP / (2 TP + FP + FN)`. It looks at the labels it is measured on: an upper bound,
 * not the F1 of a threshold that was fixed before.
 *
 * @param scores - one per image, higher = more anomalous; not modified
 * @param labels - 1 or true = defective, 0 or false = good; not modified
 * @returns the best F1 and a threshold half way to the next lower score (the number below the least score where all are
 *   flagged); of several best thresholds the highest; every field NaN when no image is defective
 * @throws TypeError or RangeError if a score is NaN, a label is not 0 or 1, or the lengths differ
 * @example
 * ```ts
 * import { f1Max } from '@adlib/metrics';
 * console.log(f1Max([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])); // f1 0.8, threshold 0.225, precision 0.666..., recall 1
 * ```
 */
export function f1Max(scores: Scores, labels: Labels): F1Max {
  const classes = sortedClasses('f1Max', scores, labels);
  const { thresholds, tp, fp } = operatingSteps(classes);
  const defective = classes.positives.length;
  if (defective === 0) return { f1: NaN, threshold: NaN, precision: NaN, recall: NaN };
  let best = 0;
  let bestF1 = -1;
  for (let k = 1; k < tp.length; k++) {
    const f1 = (2 * tp[k]!) / (tp[k]! + fp[k]! + defective);
    if (f1 > bestF1) {
      bestF1 = f1;
      best = k;
    }
  }
  return {
    f1: bestF1,
    threshold: midThreshold(thresholds, best),
    precision: tp[best]! / (tp[best]! + fp[best]!),
    recall: tp[best]! / defective,
  };
}
