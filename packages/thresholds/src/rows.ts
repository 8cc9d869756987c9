import { argumentMessage, toRowMajor } from '@adlib/core';
import type { NdArray } from '@adlib/core';
import { readScores } from './scores.js';

/** Several scores per image: one row per image, every row of the same length; or an `ndarray` of shape `[images, scores]`. */
export type ScoreRows = readonly ArrayLike<number>[] | NdArray;

/**
 * Reads rows into new arrays and checks every value and length.
 *
 * @param fn - caller, for the message
 * @param arg - argument name, for the message
 * @param rows - what was passed
 * @param width - scores per row; the default is that of the first row
 * @returns new arrays, one per row
 */
export function readRows(fn: string, arg: string, rows: ScoreRows, width?: number): Float64Array[] {
  if (typeof rows !== 'object' || rows === null || !(Array.isArray(rows) || 'shape' in rows)) {
    throw new TypeError(argumentMessage(fn, arg, 'an array of rows of scores', rows));
  }
  const list: readonly ArrayLike<number>[] = 'shape' in rows ? rowsOf(fn, arg, rows) : rows;
  if (list.length === 0) throw new RangeError(`${fn}: ${arg} must have at least 1 row, got 0.`);
  const read = list.map((row, i) => readScores(fn, `${arg}[${i}]`, row));
  const expected = width ?? read[0]!.length;
  const odd = read.findIndex((row) => row.length !== expected);
  if (odd >= 0) {
    throw new RangeError(
      `${fn}: ${arg}[${odd}] must have ${expected} scores, as the first row has, got ${read[odd]!.length}.`,
    );
  }
  return read;
}

function rowsOf(fn: string, arg: string, rows: NdArray): ArrayLike<number>[] {
  const [n, width] = rows.shape;
  if (rows.shape.length !== 2 || n === undefined || width === undefined) {
    throw new RangeError(argumentMessage(fn, arg, 'of shape [images, scores]', rows.shape));
  }
  const data = toRowMajor(rows);
  return Array.from({ length: n }, (_, i) => data.subarray(i * width, (i + 1) * width));
}

/** Mean and standard deviation of each column. */
export interface Scaling {
  /** Subtracted from each column. */
  readonly mean: readonly number[];
  /** Each column is divided by it; 1 where all values were equal. */
  readonly sd: readonly number[];
}

/**
 * Scaling that gives every column mean 0 and (population) standard deviation 1.
 *
 * @param rows - at least one row
 * @returns the scaling
 */
export function fitScaling(rows: readonly Float64Array[]): Scaling {
  const n = rows.length;
  const mean = Array.from(rows[0]!, (_, j) => rows.reduce((sum, row) => sum + row[j]! / n, 0));
  const sd = mean.map((m, j) => {
    const spread = Math.sqrt(rows.reduce((sum, row) => sum + (row[j]! - m) ** 2 / n, 0));
    return spread > 1e-12 * Math.abs(m) ? spread : 1;
  });
  return { mean, sd };
}

/**
 * Applies a scaling to one row.
 *
 * @param row - raw scores
 * @param scaling - the scaling
 * @returns a new array
 */
export function scaleRow(row: ArrayLike<number>, scaling: Scaling): Float64Array {
  const { mean, sd } = scaling;
  return Float64Array.from(row, (value, j) => (value - mean[j]!) / sd[j]!);
}
