import { argumentMessage, NotFittedError, toRowMajor, type NdArray } from '@adlib/core';
import { assertView } from './plane.js';
import type { ScorerState } from './scorerState.js';

/**
 * What every scorer of features implements: options in the constructor, `fit` on features of good parts replaces what was
 * learned, `score` gives one raw number per row, higher = more anomalous.
 */
export interface FeatureScorer {
  /** Name of the scorer. */
  readonly kind: string;
  /** What it scores: rows of features. */
  readonly needs: 'features';
  /** Whether it has learned something. */
  readonly fitted: boolean;
  /** Learns from rows of features of good parts, shape `[n, d]`. */
  fit(features: NdArray): this;
  /** Scores rows of features, shape `[n, d]`; a row with NaN or Infinity scores NaN. */
  score(features: NdArray): Float64Array;
  /** What was learned. Throws NotFittedError. */
  save(): ScorerState;
  /** Restores what {@link FeatureScorer.save} returned of a scorer with the same options. */
  load(state: ScorerState): this;
}

/** Rows of features. */
export interface Rows {
  /** `n * d` values, a copy. */
  readonly data: Float64Array;
  /** Number of rows. */
  readonly n: number;
  /** Features per row. */
  readonly d: number;
}

/**
 * Checks rows of features and copies them to float64.
 *
 * @param fn - caller, for the message
 * @param features - shape `[n, d]`
 * @param d - number of features expected; any if absent
 * @returns the rows
 * @throws TypeError or RangeError if it is not two-dimensional, empty or of another width
 */
export function toRows(fn: string, features: NdArray, d?: number): Rows {
  assertView(fn, 'features', features);
  if (features.shape.length !== 2 || (d !== undefined && features.shape[1] !== d)) {
    throw new RangeError(argumentMessage(fn, 'features', `of shape [n, ${d ?? 'd'}]`, features.shape));
  }
  return { data: new Float64Array(toRowMajor(features)), n: features.shape[0]!, d: features.shape[1]! };
}

/**
 * The same for rows to learn from: every value must be finite.
 *
 * @param fn - caller, for the message
 * @param features - shape `[n, d]`
 * @param least - smallest number of rows
 * @param d - number of features expected; any if absent
 * @returns the rows
 * @throws RangeError also if a value is not finite or there are too few rows
 */
export function toTrainingRows(fn: string, features: NdArray, least: number, d?: number): Rows {
  const rows = toRows(fn, features, d);
  if (rows.n < least)
    throw new RangeError(argumentMessage(fn, 'features', `of at least ${least} rows`, features.shape));
  const bad = rows.data.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) {
    const at = `${rows.data[bad]!} in row ${Math.floor(bad / rows.d)}`;
    throw new RangeError(`${fn}: features must be finite, got ${at}. Leave that row out.`);
  }
  return rows;
}

/**
 * Scores each row with a function; rows that are not finite score NaN.
 *
 * @param rows - the rows
 * @param score - gets one row
 * @returns one score per row
 */
export function scoreRows({ data, n, d }: Rows, score: (row: Float64Array) => number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => {
    const row = data.subarray(i * d, (i + 1) * d);
    return row.every(Number.isFinite) ? score(row) : NaN;
  });
}

/**
 * Throws unless something has been learned.
 *
 * @param where - the call, for the message
 * @param learned - what was learned, or undefined
 * @returns what was learned
 * @throws NotFittedError
 */
export function needFitted<T>(where: string, learned: T | undefined): T {
  if (learned === undefined) throw new NotFittedError(where);
  return learned;
}
