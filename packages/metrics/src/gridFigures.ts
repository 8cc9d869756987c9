import { argumentMessage, assertFinite } from '@adlib/core';
import type { F1Max } from './f1Max.js';
import type { ScoreGrid } from './scoreGrid.js';

/** Result of {@link iouMax}. */
export interface IouMax {
  /** The best intersection over union, in [0, 1]; NaN when nothing is defective. */
  iou: number;
  /** A threshold that reaches it with the rule `score > threshold`; NaN when nothing is defective. */
  threshold: number;
}

/** Result of {@link proCurve}: one entry per corner of the curve, from the strictest threshold to the loosest. */
export interface ProCurve {
  /** Share of pixels outside every region that are flagged, ascending from 0 to 1. */
  fpr: Float64Array;
  /** Mean over all regions of the share of the region that is flagged, ascending from 0 to 1. */
  pro: Float64Array;
  /** A pixel is flagged when `score > thresholds[k]`; the last is -Infinity. */
  thresholds: Float64Array;
}

/**
 * AUROC of a grid.
 *
 * @param grid - counts at the scores of defective pixels
 * @returns the area, or NaN when a class is empty
 */
export function aurocOfGrid(grid: ScoreGrid): number {
  let twice = 0;
  for (let k = 0; k < grid.keys.length; k++) {
    twice += grid.defective[k]! * (2 * (grid.goodTotal - grid.goodAbove[k]!) - grid.goodEqual[k]!);
  }
  return twice / 2 / (grid.goodTotal * grid.defectiveTotal);
}

/**
 * Half the share of pairs that are ties: how far the area could be off if the ties only come from bins.
 *
 * @param grid - counts per bin
 * @returns the bound, or NaN when a class is empty
 */
export function aurocErrorOfGrid(grid: ScoreGrid): number {
  let ties = 0;
  for (let k = 0; k < grid.keys.length; k++) ties += grid.defective[k]! * grid.goodEqual[k]!;
  return ties / 2 / (grid.goodTotal * grid.defectiveTotal);
}

/**
 * Average precision of a grid.
 *
 * @param grid - counts at the scores of defective pixels
 * @returns the average precision, or NaN when nothing is defective
 */
export function averagePrecisionOfGrid(grid: ScoreGrid): number {
  let tp = 0;
  let sum = 0;
  for (let k = grid.keys.length - 1; k >= 0; k--) {
    tp += grid.defective[k]!;
    sum += (grid.defective[k]! * tp) / (tp + grid.goodAbove[k]! + grid.goodEqual[k]!);
  }
  return sum / grid.defectiveTotal;
}

/**
 * Best F1 of a grid.
 *
 * @param grid - counts at the scores of defective pixels
 * @param thresholdBelow - threshold that just flags a key
 * @returns the best F1 and where it is; NaN when nothing is defective
 */
export function f1MaxOfGrid(grid: ScoreGrid, thresholdBelow: (key: number) => number): F1Max {
  const best: F1Max = { f1: NaN, threshold: NaN, precision: NaN, recall: NaN };
  let tp = 0;
  for (let k = grid.keys.length - 1; k >= 0; k--) {
    tp += grid.defective[k]!;
    const flagged = tp + grid.goodAbove[k]! + grid.goodEqual[k]!;
    const f1 = (2 * tp) / (flagged + grid.defectiveTotal);
    if (f1 <= best.f1) continue;
    best.f1 = f1;
    best.threshold = thresholdBelow(grid.keys[k]!);
    best.precision = tp / flagged;
    best.recall = tp / grid.defectiveTotal;
  }
  return best;
}

/**
 * Best IoU of a grid.
 *
 * @param grid - counts at the scores of defective pixels
 * @param thresholdBelow - threshold that just flags a key
 * @returns the best IoU and where it is; NaN when nothing is defective
 */
export function iouMaxOfGrid(grid: ScoreGrid, thresholdBelow: (key: number) => number): IouMax {
  const best: IouMax = { iou: NaN, threshold: NaN };
  let tp = 0;
  for (let k = grid.keys.length - 1; k >= 0; k--) {
    tp += grid.defective[k]!;
    const iou = tp / (grid.defectiveTotal + grid.goodAbove[k]! + grid.goodEqual[k]!);
    if (iou <= best.iou) continue;
    best.iou = iou;
    best.threshold = thresholdBelow(grid.keys[k]!);
  }
  return best;
}

/**
 * Calls `visit` at every corner of the curve, (0, 0) first and (1, 1) last.
 *
 * @param grid - counts at the scores of defective pixels
 * @param visit - gets FPR, PRO, the index of the grid key, and whether that key is flagged (-1 for the last point)
 */
function walkPro(grid: ScoreGrid, visit: (fpr: number, pro: number, k: number, flagged: boolean) => void): void {
  const { goodAbove, goodEqual, goodTotal, regions } = grid;
  let sum = 0;
  let pro = 0 / regions;
  visit(0 / goodTotal, pro, grid.keys.length - 1, false);
  for (let k = grid.keys.length - 1; k >= 0; k--) {
    if (goodAbove[k]! > 0) visit(goodAbove[k]! / goodTotal, pro, k, false);
    sum += grid.overlap[k]!;
    // The sum of 1 / area over all pixels is the number of regions up to rounding.
    pro = k === 0 ? regions / regions : Math.min(sum / regions, 1);
    visit((goodAbove[k]! + goodEqual[k]!) / goodTotal, pro, k, true);
  }
  visit(goodTotal / goodTotal, pro, -1, true);
}

/**
 * The curve of a grid.
 *
 * @param grid - counts at the scores of defective pixels
 * @param thresholdAt - threshold that just leaves out a key
 * @param thresholdBelow - threshold that just flags a key
 * @returns new arrays
 */
export function proCurveOfGrid(
  grid: ScoreGrid,
  thresholdAt: (key: number) => number,
  thresholdBelow: (key: number) => number,
): ProCurve {
  const most = 2 * grid.keys.length + 2;
  const fpr = new Float64Array(most);
  const pro = new Float64Array(most);
  const thresholds = new Float64Array(most);
  let n = 0;
  walkPro(grid, (x, y, k, flagged) => {
    // A corner that repeats the one before (no good pixel between two defective scores) is on the line.
    if (n > 1 && x === fpr[n - 1] && x === fpr[n - 2]) n--;
    fpr[n] = x;
    pro[n] = y;
    thresholds[n++] = k < 0 ? -Infinity : flagged ? thresholdBelow(grid.keys[k]!) : thresholdAt(grid.keys[k]!);
  });
  return { fpr: fpr.slice(0, n), pro: pro.slice(0, n), thresholds: thresholds.slice(0, n) };
}

/**
 * Throws unless the limit is in (0, 1].
 *
 * @param fn - caller, for the message
 * @param fprLimit - the limit
 * @throws TypeError or RangeError
 */
export function assertFprLimit(fn: string, fprLimit: unknown): asserts fprLimit is number {
  assertFinite(fn, 'fprLimit', fprLimit);
  if (fprLimit <= 0 || fprLimit > 1) {
    throw new RangeError(argumentMessage(fn, 'fprLimit', 'in (0, 1]', fprLimit, "MVTec's evaluation uses 0.3."));
  }
}

/**
 * AUPRO of a grid.
 *
 * @param grid - counts at the scores of defective pixels
 * @param fprLimit - in (0, 1]
 * @returns the normalised area, or NaN when it is undefined
 */
export function auproOfGrid(grid: ScoreGrid, fprLimit: number): number {
  if (grid.goodTotal === 0 || grid.regions === 0) return NaN;
  let area = 0;
  let lastX = 0;
  let lastY = 0;
  walkPro(grid, (x, y) => {
    if (lastX < fprLimit && x > lastX) {
      const right = Math.min(x, fprLimit);
      const yRight = x > fprLimit ? lastY + ((y - lastY) * (fprLimit - lastX)) / (x - lastX) : y;
      area += ((right - lastX) * (lastY + yRight)) / 2;
    }
    lastX = x;
    lastY = y;
  });
  return area / fprLimit;
}
