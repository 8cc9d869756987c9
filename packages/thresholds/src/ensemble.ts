import { assertKnownOptions, assertOneOf } from '@adlib/core';
import { fitScaling, readRows, scaleRow } from './rows.js';
import type { Scaling, ScoreRows } from './rows.js';
import { fitThreshold } from './rules.js';
import type { Threshold } from './threshold.js';

/** Several scores combined without labels, as plain JSON. */
export interface Ensemble {
  /** Mean and standard deviation of each score over good parts. */
  readonly scaling: Scaling;
  /** How the scaled scores are combined. */
  readonly combine: 'mean' | 'max';
  /** Limit for {@link ensembleScore}. */
  readonly threshold: Threshold;
}

/** Options of {@link ensemble}. */
export interface EnsembleOptions {
  /** `mean` averages what the scores agree on; `max` flags what any one of them finds. @defaultValue 'mean' */
  combine?: 'mean' | 'max';
  /** Name of the rule for the combined score, one that needs good scores only. @defaultValue 'quantile' */
  rule?: string;
  /** The rule's own options. @defaultValue {} */
  options?: object;
}

/**
 * Combines several scores per part (of several detectors) into one, from good parts alone: every score is scaled to
 * mean 0 and standard deviation 1 over good parts, then averaged, or the largest is taken.
 *
 * @param good - several scores of each good part, one row per part
 * @param options - see {@link EnsembleOptions}
 * @returns the ensemble, plain JSON; use it with {@link ensembleScore}
 * @throws RangeError if there are fewer than two parts, rows differ in length, or a score is not finite
 * @example
 * ```ts
 * import { decide, ensemble, ensembleScore } from '@adlib/thresholds';
 * const good = Array.from({ length: 40 }, (_, i) => [i % 7, 100 * (i % 5)]);
 * const combined = ensemble(good, { combine: 'max', rule: 'conformal', options: { fpr: 0.05 } });
 * console.log(decide(combined.threshold, ensembleScore(combined, [3, 900]))); // defective
 * ```
 */
export function ensemble(good: ScoreRows, options: EnsembleOptions = {}): Ensemble {
  const { combine = 'mean', rule = 'quantile', options: ruleOptions = {} } = options;
  assertKnownOptions('ensemble', options, ['combine', 'rule', 'options']);
  assertOneOf('ensemble', 'combine', combine, ['mean', 'max']);
  const rows = readRows('ensemble', 'good', good);
  if (rows.length < 2) throw new RangeError('ensemble: good must have at least 2 rows, got 1.');
  const scaling = fitScaling(rows);
  const scores = rows.map((row) => combined({ scaling, combine }, row));
  return { scaling, combine, threshold: fitThreshold(rule, { good: scores }, ruleOptions) };
}

function combined({ scaling, combine }: Pick<Ensemble, 'scaling' | 'combine'>, row: ArrayLike<number>): number {
  const scaled = scaleRow(row, scaling);
  if (combine === 'mean') return scaled.reduce((sum, value) => sum + value, 0) / scaled.length;
  return scaled.reduce((most, value) => Math.max(most, value), -Infinity);
}

/**
 * The one score of a part's several scores.
 *
 * @param fitted - what {@link ensemble} returned, or its JSON
 * @param row - the part's scores, in the order it was fitted with
 * @returns higher = more anomalous, in standard deviations of good parts
 * @throws RangeError if the number of scores differs or one is not finite
 * @example
 * ```ts
 * import { ensemble, ensembleScore } from '@adlib/thresholds';
 * const fitted = ensemble([[0, 0], [2, 4], [4, 8]]);
 * console.log(ensembleScore(fitted, [2, 4])); // 0
 * ```
 */
export function ensembleScore(fitted: Ensemble, row: ArrayLike<number>): number {
  return combined(fitted, readRows('ensembleScore', 'rows', [row], fitted.scaling.mean.length)[0]!);
}
