import { argumentMessage, assertKnownOptions } from '@adlib/core';
import { assertFprLimit } from './gridFigures.js';
import { auroc } from './auroc.js';
import { flat, toFloat64, type Scores } from './classes.js';
import type { PixelAccumulator } from './pixelAccumulator.js';

/** Options of {@link perDefectTable}. */
export interface PerDefectOptions {
  /** Name of the good images among the defect types. @defaultValue 'good' */
  good?: string;
  /** Limit for the detection rate, in the units of the scores; absent = no detection rates. */
  threshold?: number;
  /** Pixels, added with the defect type as their group; absent = no pixel figures. */
  pixels?: PixelAccumulator;
  /** False-positive rate up to which AUPRO counts, in (0, 1]. @defaultValue 0.3 */
  fprLimit?: number;
}

/** One defect type against the good images. A figure that is undefined or was not asked for is NaN. */
export interface DefectRow {
  /** Name of the defect type. */
  defect: string;
  /** Images of this type. */
  count: number;
  /** Mean image score. */
  meanScore: number;
  /** Mean score over the mean score of good images; 1 for good. Only meaningful for scores that cannot be negative. */
  separationRatio: number;
  /** Image AUROC of this type against good; NaN for good. */
  auroc: number;
  /** Share with `score > threshold`; for good images that is the false-positive rate. */
  detectionRate: number;
  /** Pixel AUROC over the maps of this type and of good images; NaN for good. */
  pixelAuroc: number;
  /** AUPRO over the maps of this type and of good images; NaN for good. */
  aupro: number;
}

/**
 * One row per defect type: how many images, how far their scores lie from good ones, and how well the type is found.
 *
 * @param scores - one per image, higher = more anomalous; not modified
 * @param defects - defect type of each image, `good` for good ones
 * @param options - threshold, pixels, name of the good images
 * @returns rows, good first, then the types in alphabetical order
 * @throws TypeError or RangeError if a score or the threshold is NaN, a type is no string, or the lengths differ
 * @example
 * ```ts
 * import { perDefectTable } from '@adlib/metrics';
 * const rows = perDefectTable([0.1, 0.3, 0.5, 0.2], ['good', 'good', 'scratch', 'dent'], { threshold: 0.3 });
 * console.log(rows.map((r) => [r.defect, r.auroc, r.detectionRate])); // good NaN 0, dent 0.5 0, scratch 1 1
 * ```
 */
export function perDefectTable(
  scores: Scores,
  defects: ArrayLike<string>,
  options: PerDefectOptions = {},
): DefectRow[] {
  const { good = 'good', threshold, pixels, fprLimit = 0.3 } = options;
  assertKnownOptions('perDefectTable', options, ['good', 'threshold', 'pixels', 'fprLimit']);
  assertFprLimit('perDefectTable', fprLimit);
  const byType = groupByType(scores, defects);
  if (threshold !== undefined && (typeof threshold !== 'number' || Number.isNaN(threshold))) {
    const ErrorKind = typeof threshold === 'number' ? RangeError : TypeError;
    throw new ErrorKind(argumentMessage('perDefectTable', 'threshold', 'a number', threshold));
  }
  const goodScores = byType.get(good) ?? [];
  const types = [...byType.keys()].filter((type) => type !== good).sort((a, b) => (a < b ? -1 : 1));
  return (byType.has(good) ? [good, ...types] : types).map((defect) => {
    const own = byType.get(defect)!;
    const isGood = defect === good;
    const groups = pixels?.groups.filter((name) => name === defect || name === good) ?? [];
    const located = !isGood && groups.includes(defect) ? pixels : undefined;
    return {
      defect,
      count: own.length,
      meanScore: mean(own),
      separationRatio: mean(own) / mean(goodScores),
      auroc: isGood ? NaN : auroc([...goodScores, ...own], [...goodScores.map(() => 0), ...own.map(() => 1)]),
      detectionRate: threshold === undefined ? NaN : own.filter((score) => score > threshold).length / own.length,
      pixelAuroc: located?.auroc({ groups }) ?? NaN,
      aupro: located?.aupro({ groups, fprLimit }) ?? NaN,
    };
  });
}

function groupByType(scores: Scores, defects: ArrayLike<string>): Map<string, number[]> {
  const values = toFloat64('perDefectTable', 'scores', scores);
  const types = flat<string>('perDefectTable', 'defects', defects);
  if (types.length !== values.length) {
    throw new RangeError(
      `perDefectTable: defects must have ${values.length} values (one per score), got ${types.length}.`,
    );
  }
  const byType = new Map<string, number[]>();
  values.forEach((score, i) => {
    const type: unknown = types[i];
    if (typeof type !== 'string')
      throw new TypeError(argumentMessage('perDefectTable', `defects[${i}]`, 'a string', type));
    const list = byType.get(type);
    if (list === undefined) byType.set(type, [score]);
    else list.push(score);
  });
  return byType;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
