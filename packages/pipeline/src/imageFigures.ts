import { auroc, averagePrecision, confusion, f1Max, rocCurve } from '@adlib/metrics';
import type { Threshold } from '@adlib/thresholds';
import type { Figure, ImageFigures, ImageResult } from './results.js';
import { thinCurve } from './thinCurve.js';

/**
 * A number for the results: `null` where it is undefined.
 *
 * @param value - a metric, NaN where it is undefined
 * @returns the number, or `null` for NaN and infinities
 */
export function figure(value: number): Figure {
  return Number.isFinite(value) ? value : null;
}

/**
 * Figures over whole images.
 *
 * @param images - one row per test image
 * @param threshold - the calibrated threshold
 * @returns the figures; `null` where one is undefined
 */
export function imageFigures(images: readonly ImageResult[], threshold: Threshold): ImageFigures {
  const scores = images.map((row) => row.score);
  const labels = images.map((row) => row.label === 'defective');
  const both = labels.includes(true) && labels.includes(false);
  const c = confusion(scores, labels, threshold.value);
  return {
    auroc: figure(auroc(scores, labels)),
    ap: both ? figure(averagePrecision(scores, labels)) : null,
    f1Max: both ? figure(f1Max(scores, labels).f1) : null,
    f1: both ? figure(c.f1) : null,
    precision: figure(c.precision),
    recall: figure(c.recall),
    specificity: figure(c.specificity),
    accuracy: figure(c.accuracy),
    balancedAccuracy: figure(c.balancedAccuracy),
    confusion: { tp: c.tp, fp: c.fp, tn: c.tn, fn: c.fn },
  };
}

/**
 * ROC curve over images, thinned.
 *
 * @param images - one row per test image
 * @returns the curve; empty when a class is missing
 */
export function imageRoc(images: readonly ImageResult[]): { fpr: number[]; tpr: number[] } {
  const labels = images.map((row) => row.label === 'defective');
  if (!labels.includes(true) || !labels.includes(false)) return { fpr: [], tpr: [] };
  const { fpr, tpr } = rocCurve(
    images.map((row) => row.score),
    labels,
  );
  const { x, y } = thinCurve(fpr, tpr);
  return { fpr: x, tpr: y };
}
