import {
  argumentMessage,
  assertInteger,
  assertKnownOptions,
  assertLength,
  breathe,
  type LongCallOptions,
} from '@adlib/core';
import { CoverClusters } from './coverClusters.js';

/** Options of {@link kCenterGreedy}. */
export interface KCenterGreedyOptions extends LongCallOptions {
  /** Row chosen first. Ignored with `distances`. @defaultValue 0 */
  first?: number;
  /**
   * Distance of every row to begin with: the largest is chosen first. Amazon's implementation begins with the mean
   * distance to ten random rows. Left out, nothing is known, and `first` is chosen first.
   */
  distances?: ArrayLike<number>;
}

/** Milliseconds of work between two looks at the clock, the signal and the event loop. */
const SLICE_MS = 50;

/**
 * Greedy k-centre selection (a coreset): again and again the row that lies farthest from all rows chosen so far,
 * `argmax_i min_j |x_i - x_j|`. The result is the same as by computing every distance, but most are not computed: rows are
 * kept in clusters by their nearest chosen row, and by the triangle inequality a cluster (or a row) whose centre lies twice
 * its radius away from the new row cannot change; a distance is given up as soon as its first terms exceed what it has to
 * beat. It is quickest where the first columns vary most, as after a rotation onto principal axes.
 *
 * Time: at most `rows * count * dimension` multiplications, in practice a few per cent of that. Memory beside the features: up to
 * 76 bytes a row and 88 a chosen row.
 *
 * @param features - `rows * dimension` finite values, row-major; not modified
 * @param dimension - values per row
 * @param count - rows to choose
 * @param options - where to begin, progress, cancellation
 * @returns indices of the chosen rows in the order they were chosen; ties go to the lower index. Fewer than `count` where
 *   every other row equals a chosen one
 * @throws RangeError if a size does not fit or a value is not finite; the signal's reason when cancelled
 * @example
 * ```ts
 * import { kCenterGreedy } from '@adlib/models';
 * const points = Float32Array.of(0, 0, 1, 0, 5, 5, 5, 4, 9, 0, 2, 2);
 * console.log([...(await kCenterGreedy(points, 2, 4))]); // [0, 4, 2, 5]
 * ```
 * @see Sener and Savarese, "Active Learning for CNNs: a Core-Set Approach", 2018, algorithm 1; Roth et al., "Towards Total
 *   Recall in Industrial Anomaly Detection", 2022, algorithm 1
 */
export async function kCenterGreedy(
  features: Float32Array,
  dimension: number,
  count: number,
  options: KCenterGreedyOptions = {},
): Promise<Uint32Array> {
  const { first = 0, distances, onProgress, signal } = options;
  const fn = 'kCenterGreedy';
  assertKnownOptions(fn, options, ['first', 'distances', 'onProgress', 'signal']);
  assertInteger(fn, 'dimension', dimension, 1);
  if (features.length === 0 || features.length % dimension !== 0) {
    throw new RangeError(
      argumentMessage(fn, 'features', `1 or more rows of ${dimension} values`, `${features.length} values`),
    );
  }
  const rows = features.length / dimension;
  assertInteger(fn, 'count', count, 1, rows);
  assertInteger(fn, 'first', first, 0, rows - 1);
  if (distances !== undefined) assertLength(fn, 'distances', distances, rows, 'one per row');
  const bad = features.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new RangeError(argumentMessage(fn, `features[${bad}]`, 'finite', features[bad]));

  const clusters = new CoverClusters(features, dimension, count, distances);
  const chosen = new Uint32Array(count);
  let next = distances === undefined ? first : clusters.farthest();
  let n = 0;
  let last = performance.now();
  while (next >= 0 && n < count) {
    chosen[n++] = next;
    clusters.add(next);
    next = clusters.farthest();
    if (performance.now() - last > SLICE_MS) {
      onProgress?.({ stage: 'coreset', done: n, total: count });
      await breathe(signal);
      last = performance.now();
    }
  }
  onProgress?.({ stage: 'coreset', done: count, total: count });
  return chosen.subarray(0, n);
}
