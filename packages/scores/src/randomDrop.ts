import { assertInteger, assertKnownOptions, createRandom, ndarray, type NdArray, type View } from '@adlib/core';
import { toRows } from './features.js';

/** Options of {@link randomDrop}. */
export interface RandomDropOptions {
  /** Seed of the draw, an integer in [0, 2^32). @defaultValue 0 */
  seed?: number;
}

/**
 * Draws which features to keep: the first `k` of a random order of `0 .. d - 1`. The same seed gives the same draw, and
 * a smaller `k` a part of it.
 *
 * @param dimensions - features there are
 * @param k - features to keep; all of them if there are no more
 * @param options - see {@link RandomDropOptions}
 * @returns a new array of indices, in the order drawn
 * @throws TypeError or RangeError if a number is not a positive integer
 * @example
 * ```ts
 * import { randomDrop } from '@adlib/scores';
 * console.log(randomDrop(4096, 500, { seed: 7 }).length); // 500
 * ```
 */
export function randomDrop(dimensions: number, k: number, options: RandomDropOptions = {}): Uint32Array {
  const { seed = 0 } = options;
  assertKnownOptions('randomDrop', options, ['seed']);
  assertInteger('randomDrop', 'dimensions', dimensions, 1, 0xffffffff);
  assertInteger('randomDrop', 'k', k, 1);
  return createRandom(seed).split('randomDrop').permutation(dimensions).slice(0, k);
}

/**
 * Keeps some of the features of every row.
 *
 * @param features - shape `[n, d]`; not modified
 * @param indices - which features, each in `[0, d)`
 * @returns a new view of shape `[n, indices.length]`
 * @throws TypeError or RangeError if `features` is not two-dimensional or an index is out of range
 * @example
 * ```ts
 * import { ndarray } from '@adlib/core';
 * import { selectFeatures } from '@adlib/scores';
 * console.log(selectFeatures(ndarray(new Float32Array([1, 2, 3, 4, 5, 6]), [2, 3]), [2, 0]).data); // 3, 1, 6, 4
 * ```
 */
export function selectFeatures(features: NdArray, indices: ArrayLike<number>): View<Float64Array> {
  const { data, n, d } = toRows('selectFeatures', features);
  const k = indices.length;
  const out = new Float64Array(n * k);
  for (let j = 0; j < k; j++) {
    const index = indices[j]!;
    assertInteger('selectFeatures', `indices[${j}]`, index, 0, d - 1);
    for (let r = 0; r < n; r++) out[r * k + j] = data[r * d + index]!;
  }
  return ndarray(out, [n, k]);
}
