import { operatingSteps, sortedClasses, type Labels, type Scores } from './classes.js';

/** Result of {@link rocCurve}: one entry per operating point, from the strictest threshold to the loosest. */
export interface RocCurve {
  /** Share of good images flagged, from 0 to 1. */
  fpr: Float64Array;
  /** Share of defective images flagged, from 0 to 1. */
  tpr: Float64Array;
  /** An image is flagged when `score > thresholds[k]`: the distinct scores, descending, then the number below the least. */
  thresholds: Float64Array;
}

/**
 * ROC curve with tied scores grouped: `fpr = FP / n-`, `tpr = TP / n+` at every distinct threshold. The trapezoid area
 * under it is {@link auroc}.
 *
 * @param scores - one per image, higher = more anomalous; not modified
 * @param labels - 1 or true = defective, 0 or false = good; not modified
 * @returns new arrays of (distinct scores + 1) points, (0, 0) first and (1, 1) last; `tpr` is NaN throughout when no image
 *   is defective, `fpr` when none is good
 * @throws TypeError or RangeError if a score is NaN, a label is not 0 or 1, or the lengths differ
 * @example
 * ```ts
 * import { rocCurve } from '@adlib/metrics';
 * const { fpr, tpr } = rocCurve([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]);
 * console.log([...fpr], [...tpr]); // [0, 0, 0.5, 0.5, 1] [0, 0.5, 0.5, 1, 1]
 * ```
 * @see Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27, 2006, algorithm 1
 */
export function rocCurve(scores: Scores, labels: Labels): RocCurve {
  const classes = sortedClasses('rocCurve', scores, labels);
  const { thresholds, tp, fp } = operatingSteps(classes);
  const good = classes.negatives.length;
  const defective = classes.positives.length;
  return { fpr: fp.map((count) => count / good), tpr: tp.map((count) => count / defective), thresholds };
}
