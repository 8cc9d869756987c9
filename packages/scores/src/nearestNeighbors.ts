import { assertInteger, assertKnownOptions, assertOneOf, ndarray, type NdArray, type View } from '@adlib/core';
import { needFitted, type FeatureScorer } from './features.js';
import { loadBank, saveBank, toBank, toFloatRows, withoutRows, withRows, type FloatRows } from './neighborBank.js';
import { searchNeighbors } from './neighborSearch.js';
import type { ScorerState } from './scorerState.js';

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
  #bank: FloatRows | undefined;

  /** @param options - see {@link NearestNeighborsOptions} */
  constructor(options: NearestNeighborsOptions = {}) {
    this.options = neighborOptions('NearestNeighbors', options);
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
    this.#bank = toBank('NearestNeighbors.fit', features, this.options.k);
    return this;
  }

  /** Adds rows at the end of the bank, O(n d). */
  add(features: NdArray): this {
    const bank = needFitted('NearestNeighbors.add', this.#bank);
    this.#bank = withRows('NearestNeighbors.add', bank, features);
    return this;
  }

  /** Takes rows out of the bank by number, O(n d); the rows after them move up. */
  remove(indices: ArrayLike<number>): this {
    const bank = needFitted('NearestNeighbors.remove', this.#bank);
    this.#bank = withoutRows('NearestNeighbors.remove', bank, indices, this.options.k);
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
    const { distances, indices } = searchNeighbors(queries, bank, k);
    return { distances: ndarray(distances, [queries.n, k]), indices: ndarray(indices, [queries.n, k]) };
  }

  /** Score of each row, shape `[n, d]`; >= 0; NaN for a row that is not finite. */
  score(features: NdArray): Float64Array {
    return reduceDistances(this.neighbors(features).distances, this.options.reduce);
  }

  /** What was learned: the bank. */
  save(): ScorerState {
    const bank = needFitted('NearestNeighbors.save', this.#bank);
    return { kind: this.kind, options: this.options, facts: {}, tensors: saveBank(bank) };
  }

  /** Restores what {@link NearestNeighbors.save} or `DeviceNeighbors` of `@adlib/scores/device` returned. */
  load(state: ScorerState): this {
    this.#bank = loadBank('NearestNeighbors.load', state, this.kind, this.options.k);
    return this;
  }
}

/**
 * Checks the options of a search and fills in the defaults.
 *
 * @param fn - caller, for the message
 * @param options - what the caller passed
 * @param more - further options the caller knows
 * @returns the options
 */
export function neighborOptions(
  fn: string,
  options: NearestNeighborsOptions,
  more: readonly string[] = [],
): Required<NearestNeighborsOptions> {
  const { k = 5, reduce = 'mean' } = options;
  assertKnownOptions(fn, options, ['k', 'reduce', ...more]);
  assertInteger(fn, 'k', k, 1);
  assertOneOf(fn, 'reduce', reduce, ['mean', 'kth']);
  return { k, reduce };
}

/**
 * One score per row of distances.
 *
 * @param distances - nearest first, shape `[rows, k]`
 * @param reduce - how the k become one
 * @returns the scores
 */
export function reduceDistances(distances: View<Float64Array>, reduce: 'mean' | 'kth'): Float64Array {
  const [n, k] = distances.shape as [number, number];
  return Float64Array.from({ length: n }, (_, r) => {
    const row = distances.data.subarray(r * k, (r + 1) * k);
    return reduce === 'kth' ? row[k - 1]! : row.reduce((a, b) => a + b, 0) / k;
  });
}
