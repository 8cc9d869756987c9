import * as tf from '@tensorflow/tfjs';
import { resizeGrid } from '../components/mapOps.js';

/** Distances that are in memory at once while a bank is searched. */
const BLOCK_VALUES = 1 << 22;

/** A memory bank as tensors. */
export interface BankTensors {
  /** Patches `[size, channels]`. */
  bank: tf.Tensor2D;
  /** Squared length of each, `[size]`. */
  norms: tf.Tensor1D;
}

/**
 * The `k` smallest squared Euclidean distances of each patch to a bank, `|p|^2 + min_m (|m|^2 - 2 p m)`, smallest first.
 * The bank is gone through in blocks, so that the distances in memory are bounded (a few arrays of 16 MB, or of one value
 * per query) whatever its size.
 *
 * @param patches - `[n, channels]`
 * @param bank - the bank
 * @param k - neighbours
 * @param maps - the same patches before they were brought to one grid and joined, `[batch, rows, columns, channels]`, the finest
 *   first: coarse maps are multiplied on their own grid, where there are fewer products
 * @returns `[n, k]`, 0 or more
 */
export function nearestSquared(
  patches: tf.Tensor2D,
  { bank, norms }: BankTensors,
  k: number,
  maps: readonly tf.Tensor4D[] = [tf.reshape(patches, [1, 1, ...patches.shape])],
): tf.Tensor2D {
  const [n] = patches.shape;
  const [size, channels] = bank.shape;
  const block = Math.max(1, Math.floor(BLOCK_VALUES / n));
  const scaled = maps.map((map) => tf.mul<tf.Tensor4D>(map, -2));
  let best: tf.Tensor2D | undefined;
  for (let start = 0; start < size; start += block) {
    const count = Math.min(block, size - start);
    const part = { bank: tf.slice(bank, [start, 0], [count, channels]), norms: tf.slice(norms, [start], [count]) };
    const partial = tf.reshape<tf.Rank.R2>(withoutOwn(scaled, part), [n, count]);
    best = smallest(best, partial, k);
  }
  const own = tf.sum(tf.square(patches), 1, true);
  return tf.relu(tf.add<tf.Tensor2D>(best!, own));
}

/**
 * `|m|^2 + x m` for patches `x` on the first map's grid, `[batch, rows, columns, bank]`. Interpolation commutes with products
 * and leaves what is the same everywhere, so that `|m|^2` is added where there are fewest.
 */
function withoutOwn(maps: readonly tf.Tensor4D[], { bank, norms }: BankTensors): tf.Tensor4D {
  const [, rows, columns] = maps[0]!.shape;
  let first = 0;
  const parts = maps.map((map, i) => {
    const [batch, height, width, channels] = map.shape;
    const own = maps.length === 1 ? bank : tf.slice(bank, [0, first], [-1, channels]);
    first += channels;
    const products = tf.matMul(tf.reshape(map, [-1, channels]), own, false, true);
    const each = i === maps.length - 1 ? tf.add(products, norms) : products;
    return resizeGrid(tf.reshape(each, [batch, height, width, bank.shape[0]]), [rows, columns]);
  });
  return parts.length === 1 ? parts[0]! : tf.addN(parts);
}

/** The `k` smallest of each row of both, smallest first. */
function smallest(best: tf.Tensor2D | undefined, next: tf.Tensor2D, k: number): tf.Tensor2D {
  if (k === 1) {
    const low = tf.min<tf.Tensor2D>(next, 1, true);
    return best === undefined ? low : tf.minimum(best, low);
  }
  const all = best === undefined ? next : tf.concat([best, next], 1);
  return tf.neg(tf.topk(tf.neg(all), Math.min(k, all.shape[1])).values);
}

/**
 * Anomalib's image score: the largest patch score, times `1 - softmax(d)_0`, where `d` are the distances of that patch to
 * the `neighbors` bank patches nearest to its own nearest bank patch, itself first.
 *
 * @param patches - `[images, patches, channels]`
 * @param distances - `[images, patches]`, Euclidean
 * @param tensors - the bank
 * @param neighbors - bank patches looked at; 1 for the largest patch score as it is, as for a bank of one patch, where the
 *   factor would be 0 for every picture
 * @returns `[images]`
 * @see Roth et al., "Towards Total Recall in Industrial Anomaly Detection", 2022, equation 7
 */
export function reweightedScore(
  patches: tf.Tensor3D,
  distances: tf.Tensor2D,
  tensors: BankTensors,
  neighbors: number,
): tf.Tensor1D {
  const { bank, norms } = tensors;
  const [images, count, channels] = patches.shape;
  const largest = tf.max<tf.Tensor1D>(distances, 1);
  const k = Math.min(neighbors, bank.shape[0]);
  if (k === 1) return largest;
  const first = tf.tensor1d(
    Array.from({ length: images }, (_, i) => i * count),
    'int32',
  );
  const worst = tf.add<tf.Tensor1D>(tf.argMax(distances, 1), first);
  const patch = tf.gather(tf.reshape<tf.Rank.R2>(patches, [images * count, channels]), worst);
  const toBank = (points: tf.Tensor2D) =>
    tf.add<tf.Tensor2D>(tf.matMul(tf.mul<tf.Tensor2D>(points, -2), bank, false, true), norms);
  const nearest = tf.gather(bank, tf.argMin<tf.Tensor1D>(toBank(patch), 1));
  const { indices } = tf.topk(tf.neg(toBank(nearest)), k);
  const support = tf.reshape(tf.gather(bank, tf.reshape(indices, [images * k])), [images, k, channels]);
  const apart = tf.sqrt(tf.sum(tf.square(tf.sub(support, tf.expandDims(patch, 1))), 2));
  const weight = tf.sub(1, tf.slice(tf.softmax(apart as tf.Tensor2D, 1), [0, 0], [images, 1]));
  return tf.mul(tf.reshape(weight, [images]), largest);
}
