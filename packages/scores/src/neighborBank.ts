import { argumentMessage, assertInteger, toRowMajor, type NdArray } from '@adlib/core';
import { assertView } from './plane.js';
import { saveTensor, savedTensor, type ScorerState } from './scorerState.js';

/** Rows of float32 features. */
export interface FloatRows {
  /** `n * d` values. */
  readonly data: Float32Array;
  /** Number of rows. */
  readonly n: number;
  /** Features per row. */
  readonly d: number;
}

/**
 * Copies rows to look up to float32.
 *
 * @param fn - caller, for the message
 * @param features - shape `[n, d]`; any values
 * @param d - number of features expected; any if absent
 * @returns the rows
 * @throws TypeError or RangeError if it is not two-dimensional, empty or of another width
 */
export function toFloatRows(fn: string, features: NdArray, d?: number): FloatRows {
  assertView(fn, 'features', features);
  if (features.shape.length !== 2 || (d !== undefined && features.shape[1] !== d)) {
    throw new RangeError(argumentMessage(fn, 'features', `of shape [n, ${d ?? 'd'}]`, features.shape));
  }
  return { data: new Float32Array(toRowMajor(features)), n: features.shape[0]!, d: features.shape[1]! };
}

/**
 * Copies rows for a bank to float32: finite, and as many as neighbours are asked for.
 *
 * @param fn - caller, for the message
 * @param features - shape `[n, d]`
 * @param k - smallest number of rows
 * @param d - number of features expected; any if absent
 * @returns the rows
 * @throws RangeError also if a value is not finite or there are too few rows
 */
export function toBank(fn: string, features: NdArray, k: number, d?: number): FloatRows {
  const bank = toFloatRows(fn, features, d);
  const bad = bank.data.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) {
    throw new RangeError(
      `${fn}: features must be finite as float32, got ${bank.data[bad]!} in row ${Math.floor(bad / bank.d)}.`,
    );
  }
  if (bank.n < k) {
    throw new RangeError(argumentMessage(fn, 'features', `of at least ${k} rows`, features.shape));
  }
  return bank;
}

/**
 * A bank with rows added at the end. Holds both while it copies.
 *
 * @param fn - caller, for the message
 * @param bank - not changed
 * @param features - shape `[m, d]`, finite
 * @returns a new bank
 */
export function withRows(fn: string, bank: FloatRows, features: NdArray): FloatRows {
  const more = toBank(fn, features, 1, bank.d);
  const data = new Float32Array(bank.data.length + more.data.length);
  data.set(bank.data);
  data.set(more.data, bank.data.length);
  return { data, n: bank.n + more.n, d: bank.d };
}

/**
 * Rows without some of them; the rows after those move up.
 *
 * @param fn - caller, for the message
 * @param rows - not changed
 * @param indices - numbers of the rows that go; repetitions count once
 * @param least - smallest number of rows left
 * @returns new rows
 * @throws RangeError if a number is no row's, or too few rows are left
 */
export function withoutRows<T extends Float32Array | Float64Array>(
  fn: string,
  rows: { readonly data: T; readonly n: number; readonly d: number },
  indices: ArrayLike<number>,
  least: number,
): { data: T; n: number; d: number } {
  const { data, n, d } = rows;
  const gone = new Set<number>();
  for (let i = 0; i < indices.length; i++) {
    assertInteger(fn, `indices[${i}]`, indices[i], 0, n - 1);
    gone.add(indices[i]!);
  }
  const left = n - gone.size;
  if (left < least) throw new RangeError(`${fn}: indices must leave at least ${least} rows, got ${left} left.`);
  const kept = data.slice(0, left * d) as T;
  for (let r = 0, to = 0; r < n; r++) {
    if (gone.has(r)) continue;
    kept.set(data.subarray(r * d, (r + 1) * d), to);
    to += d;
  }
  return { data: kept, n: left, d };
}

/**
 * What every scorer with a bank saves.
 *
 * @param bank - the bank; copied
 * @returns its tensors
 */
export function saveBank({ data, n, d }: FloatRows): ScorerState['tensors'] {
  return { bank: saveTensor(data, [n, d]) };
}

/**
 * Reads what {@link saveBank} wrote.
 *
 * @param fn - caller, for the message
 * @param state - the state
 * @param kind - kind the state must have
 * @param k - smallest number of rows
 * @returns a copy of the bank
 * @throws RangeError if the state is of another kind or damaged
 */
export function loadBank(fn: string, state: ScorerState, kind: string, k: number): FloatRows {
  const { shape, data } = savedTensor(fn, state, kind, 'bank', 2);
  const [n, d] = shape as [number, number];
  if (n < k || !data.every(Number.isFinite)) {
    throw new RangeError(`${fn}: state must have a bank of at least ${k} finite rows, got ${n}. The state is damaged.`);
  }
  return { data: Float32Array.from(data), n, d };
}
