import { perDefectTable, type PixelAccumulator } from '@adlib/metrics';
import type { Threshold } from '@adlib/thresholds';
import { figure } from './imageFigures.js';
import type { DefectFigures, ImageResult } from './results.js';

/**
 * One row per defect type, good first, then by name.
 *
 * @param images - one row per test image
 * @param threshold - the calibrated threshold
 * @param pixels - maps added with the defect type as their group; absent where there are none
 * @param fprLimit - limit of AUPRO
 * @returns the rows, `null` where a figure is undefined
 */
export function defectFigures(
  images: readonly ImageResult[],
  threshold: Threshold,
  pixels: PixelAccumulator | undefined,
  fprLimit: number,
): DefectFigures[] {
  const table = perDefectTable(
    images.map((row) => row.score),
    images.map((row) => row.defect),
    { threshold: threshold.value, fprLimit, ...(pixels === undefined ? {} : { pixels }) },
  );
  // A ratio of scores means something only where they cannot be negative, as errors and distances cannot.
  const ratios = images.every((row) => row.score >= 0);
  return table.map((row) => ({
    defect: row.defect,
    count: row.count,
    meanScore: figure(row.meanScore),
    separationRatio: ratios ? figure(row.separationRatio) : null,
    auroc: figure(row.auroc),
    detectionRate: figure(row.detectionRate),
    pixelAuroc: figure(row.pixelAuroc),
    aupro: figure(row.aupro),
  }));
}
