import {
  argumentMessage,
  assertInteger,
  assertKnownOptions,
  assertOneOf,
  ndarray,
  toRowMajor,
  type NdArray,
  type View,
} from '@adlib/core';
import { needFitted, stateTensor, type FeatureScorer, type ScorerState } from './features.js';
import { searchNeighbors } from './neighborSearch.js';
import { assertView } from './plane.js';

/** Options of {@link NearestNeighbors}. */
export interface NearestNeighborsOptions {
  /** Neighbours of each row. @defaultValue 5 */
  k?: number;
  /** How their distances become one score: their `mean`, or the `kth` (largest) one. @defaultValue 'mean' */
  reduce?: 'mean' | 'kth';
}

/** Neighbours of some rows. */
export interface Neighbors {
  /** Euclidean distances, nearest first, shape `[rows, k]`. */
  distances: View<Float64Array>;
  /** Row numbers in the bank, shape `[rows, k]`; equal distances by number. */
  indices: View<Uint32Array>;
}

interface Bank {
  data: Float32Array;
  n: number;
  d: number;
}

/**
 * Euclidean distance to the nearest of the good rows it holds. Exact: every row of the bank is looked at, O(n d) per query,
 * in blocks that stay in the cache. Memory: the bank in float32 (`4 n d` bytes) and a few rows.
 *
 * @example
 * ```ts
 * import { ndarray } from '@adlib/core';
 * import { NearestNeighbors } from '@adlib/scores';
 * const bank = new NearestNeighbors({ k: 1 }).fit(ndarray(new Float32Array([0, 0, 3, 4]), [2, 2]));
 * console.log(bank.score(ndarray(new Float32Array([0, 1, 3, 6]), [2, 2]))); // 1, 2
 * ```
 * @see Ramaswamy, Rastogi, Shim 2000 (k-th neighbour distance)
 */
export class NearestNeighbors implements FeatureScorer {
  /** Name of the scorer. */
  readonly kind = 'nearest-neighbors';
  /** What it scores. */
  readonly needs = 'features';
  /** Options with defaults filled in. */
  readonly options: Readonly<Required<NearestNeighborsOptions>>;
  #bank: Bank | undefined;

  /** @param options - see {@link NearestNeighborsOptions} */
  constructor(options: NearestNeighborsOptions = {}) {
    const { k = 5, reduce = 'mean' } = options;
    assertKnownOptions('NearestNeighbors', options, ['k', 'reduce']);
    assertInteger('NearestNeighbors', 'k', k, 1);
    assertOneOf('NearestNeighbors', 'reduce', reduce, ['mean', 'kth']);
    this.options = { k, reduce };
  }

  /** Whether it has learned something. */
  get fitted(): boolean {
    return this.#bank !== undefined;
  }

  /** Rows in the bank. */
  get count(): number {
    return needFitted('NearestNeighbors.count', this.#bank).n;
  }

  /** Puts rows of features into the bank, shape `[n, d]`, n >= k; finite. They are copied to float32. */
  fit(features: NdArray): this {
    const bank = toBank('NearestNeighbors.fit', features);
    if (bank.n < this.options.k) {
      const expected = `of at least ${this.options.k} rows (k)`;
      throw new RangeError(argumentMessage('NearestNeighbors.fit', 'features', expected, features.shape));
    }
    this.#bank = bank;
    return this;
  }

  /** Adds rows at the end of the bank. */
  add(features: NdArray): this {
    const bank = needFitted('NearestNeighbors.add', this.#bank);
    const more = toBank('NearestNeighbors.add', features, bank.d);
    const data = new Float32Array(bank.data.length + more.data.length);
    data.set(bank.data);
    data.set(more.data, bank.data.length);
    this.#bank = { data, n: bank.n + more.n, d: bank.d };
    return this;
  }

  /** Takes rows out of the bank by number; the rows after them move up. */
  remove(indices: ArrayLike<number>): this {
    const { data, n, d } = needFitted('NearestNeighbors.remove', this.#bank);
    const gone = new Set<number>();
    for (let i = 0; i < indices.length; i++) {
      assertInteger('NearestNeighbors.remove', `indices[${i}]`, indices[i], 0, n - 1);
      gone.add(indices[i]!);
    }
    const left = n - gone.size;
    if (left < this.options.k) {
      throw new RangeError(
        `NearestNeighbors.remove: indices must leave at least ${this.options.k} rows (k), got ${left} left.`,
      );
    }
    const kept = new Float32Array(left * d);
    for (let r = 0, to = 0; r < n; r++) {
      if (gone.has(r)) continue;
      kept.set(data.subarray(r * d, (r + 1) * d), to);
      to += d;
    }
    this.#bank = { data: kept, n: left, d };
    return this;
  }

  /**
   * The nearest rows of the bank.
   *
   * @param features - rows to look up, shape `[m, d]`
   * @param k - how many; the option `k` if absent
   * @returns distances and row numbers; a row that is not finite has distances NaN and numbers 0
   */
  neighbors(features: NdArray, k = this.options.k): Neighbors {
    const bank = needFitted('NearestNeighbors.neighbors', this.#bank);
    assertInteger('NearestNeighbors.neighbors', 'k', k, 1, bank.n);
    const queries = toFloatRows('NearestNeighbors.neighbors', features, bank.d);
    const { distances, indices } = searchNeighbors(queries.data, queries.n, bank.data, bank.n, bank.d, k);
    return { distances: ndarray(distances, [queries.n, k]), indices: ndarray(indices, [queries.n, k]) };
  }

  /** Score of each row, shape `[n, d]`; >= 0; NaN for a row that is not finite. */
  score(features: NdArray): Float64Array {
    const { k, reduce } = this.options;
    const { distances } = this.neighbors(features);
    return Float64Array.from({ length: distances.shape[0]! }, (_, r) => {
      const row = distances.data.subarray(r * k, (r + 1) * k);
      return reduce === 'kth' ? row[k - 1]! : row.reduce((a, b) => a + b, 0) / k;
    });
  }

  /** What was learned: the bank. */
  save(): ScorerState {
    const { data, n, d } = needFitted('NearestNeighbors.save', this.#bank);
    return {
      kind: this.kind,
      options: this.options,
      facts: {},
      tensors: { bank: { shape: [n, d], data: new Float64Array(data) } },
    };
  }

  /** Restores what {@link NearestNeighbors.save} returned. */
  load(state: ScorerState): this {
    const { shape, data } = stateTensor('NearestNeighbors.load', state, this.kind, 'bank');
    return this.fit(ndarray(data, shape));
  }
}

function toFloatRows(fn: string, features: NdArray, d?: number): Bank {
  assertView(fn, 'features', features);
  if (features.shape.length !== 2 || (d !== undefined && features.shape[1] !== d)) {
    throw new RangeError(argumentMessage(fn, 'features', `of shape [n, ${d ?? 'd'}]`, features.shape));
  }
  return { data: new Float32Array(toRowMajor(features)), n: features.shape[0]!, d: features.shape[1]! };
}

function toBank(fn: string, features: NdArray, d?: number): Bank {
  const bank = toFloatRows(fn, features, d);
  const bad = bank.data.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) {
    throw new RangeError(
      `${fn}: features must be finite as float32, got ${bank.data[bad]!} in row ${Math.floor(bad / bank.d)}.`,
    );
  }
  return bank;
}
