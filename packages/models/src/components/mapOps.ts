import { gaussianKernel } from '@adlib/scores';
import * as tf from '@tensorflow/tfjs';

/** How an anomaly map becomes one number. */
export type Aggregation = 'mean' | 'max' | 'topKMean';

/** Names of the aggregations. */
export const AGGREGATIONS: readonly Aggregation[] = ['mean', 'max', 'topKMean'];

/**
 * Squared error per pixel, mean over channels: the graph form of `squaredErrorMap` in `@adlib/scores`.
 *
 * @param a - `[batch, height, width, channels]`
 * @param b - the same shape
 * @returns new maps `[batch, height, width]`
 */
export function squaredErrorMaps(a: tf.Tensor4D, b: tf.Tensor4D): tf.Tensor3D {
  return tf.mean<tf.Tensor3D>(tf.square(tf.sub(a, b)), -1);
}

/**
 * Gaussian smoothing of maps as two matrix products, `S_h map S_w^T`: the graph form of `gaussianSmooth` in
 * `@adlib/scores` with its default border. Sigma 0 returns the maps as they are.
 *
 * @param maps - `[batch, height, width]`
 * @param sigma - in pixels of the map
 * @returns new maps
 */
export function smoothMaps(maps: tf.Tensor3D, sigma: number): tf.Tensor3D {
  if (sigma === 0) return maps;
  const [, height, width] = maps.shape;
  const rows = tf.tensor2d(smoothingMatrix(height, sigma), [height, height]);
  const columns = tf.tensor2d(smoothingMatrix(width, sigma), [width, width]);
  // One product per axis over all maps at once; rows are broadcast over the batch.
  const across = tf.matMul(tf.reshape(maps, [-1, width]), columns, false, true);
  const batch = maps.shape[0];
  return tf.matMul(tf.tile(tf.expandDims(rows, 0), [batch, 1, 1]), tf.reshape(across, [batch, height, width]));
}

/** The matrix of one-dimensional Gaussian smoothing of `n` values, border `reflect` (edge pixel repeated), row-major. */
function smoothingMatrix(n: number, sigma: number): Float32Array {
  const kernel = gaussianKernel(sigma);
  const radius = (kernel.length - 1) / 2;
  const matrix = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = -radius; k <= radius; k++) {
      const wrapped = (((i + k) % (2 * n)) + 2 * n) % (2 * n);
      matrix[i * n + (wrapped < n ? wrapped : 2 * n - 1 - wrapped)]! += kernel[k + radius]!;
    }
  }
  return matrix;
}

/**
 * One score per map: mean, largest value, or mean of the `topK` largest.
 *
 * @param maps - `[batch, height, width]`
 * @param aggregation - which of them
 * @param topK - pixels that `topKMean` takes; all of them where a map has fewer
 * @returns scores `[batch]`
 */
export function aggregateMaps(maps: tf.Tensor3D, aggregation: Aggregation, topK: number): tf.Tensor1D {
  const [batch, height, width] = maps.shape;
  const flat = tf.reshape<tf.Rank.R2>(maps, [batch, height * width]);
  if (aggregation === 'mean') return tf.mean(flat, 1);
  if (aggregation === 'max') return tf.max(flat, 1);
  return tf.mean(tf.topk(flat, Math.min(topK, height * width)).values, 1);
}
