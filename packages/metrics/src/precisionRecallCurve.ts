import { operatingSteps, sortedClasses, type Labels, type Scores } from './classes.js';

/** Result of {@link precisionRecallCurve}: one entry per operating point, from the strictest threshold to the loosest. */
export interface PrecisionRecallCurve {
  /** Share of flagged images that are defective; 1 by convention at the first point, where nothing is flagged. */
  precision: Float64Array;
  /** Share of defective images flagged, from 0 to 1. */
  recall: Float64Array;
  /** An image is flagged when `score > thresholds[k]`: the distinct scores, descending, then the number below the least. */
  thresholds: Float64Array;
}

/**
 * Precision and recall with tied scores grouped: `precision = TP / (TP + FP)`, `recall = TP / n+` at every distinct
 * threshold.
 *
 * @param scores - one per image, higher = more anomalous; not modified
 * @param labels - 1 or true = defective, 0 or false = good; not modified
 * @returns new arrays of (distinct scores + 1) points, recall ascending; `recall` is NaN throughout when no image is
 *   defective
 * @throws TypeError or RangeError if a score is NaN, a label is not 0 or 1, or the lengths differ
 * @example
 * ```ts
 * import { precisionRecallCurve } from '@adlib/metrics';
 * const { precision, recall } = precisionRecallCurve([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]);
 * console.log(precision[3], recall[3]); // 0.666..., 1
 * ```
 * @see Davis and Goadrich, "The relationship between precision-recall and ROC curves", ICML 2006
 */
export function precisionRecallCurve(scores: Scores, labels: Labels): PrecisionRecallCurve {
  const classes = sortedClasses('precisionRecallCurve', scores, labels);
  const { thresholds, tp, fp } = operatingSteps(classes);
  const defective = classes.positives.length;
  return {
    precision: tp.map((count, k) => (k === 0 ? 1 : count / (count + fp[k]!))),
    recall: tp.map((count) => count / defective),
    thresholds,
  };
}
