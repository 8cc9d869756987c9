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

/** Options of {@link resizeMaps}. */
export interface ResizeMapsOptions {
  /** Size of the result, `[height, width]`; that of the maps if left out. */
  size?: readonly [number, number];
  /** How values between cells are found: half-pixel bilinear, or the cell that a pixel lies in. @defaultValue 'bilinear' */
  method?: 'bilinear' | 'nearest';
  /** Standard deviation of the Gaussian that smooths the result, in its pixels; 0 for none. @defaultValue 0 */
  sigma?: number;
  /** What lies beyond the edge: `reflect` repeats the edge pixel (scipy), `mirror` does not (anomalib). @defaultValue 'reflect' */
  border?: 'reflect' | 'mirror';
}

/**
 * Brings maps to another size and smooths them, as two matrix products `A_h map A_w^T`: the graph form of `upsampleMap`
 * and `gaussianSmooth` in `@adlib/scores`.
 *
 * @param maps - `[batch, height, width]`
 * @param options - size, interpolation, smoothing
 * @returns new maps; the maps themselves where nothing is asked for
 */
export function resizeMaps(maps: tf.Tensor3D, options: ResizeMapsOptions): tf.Tensor3D {
  const [batch, height, width] = maps.shape;
  const { size = [height, width], sigma = 0 } = options;
  if (size[0] === height && size[1] === width && sigma === 0) return maps;
  const rows = tf.tensor2d(axisMatrix(height, size[0], options), [size[0], height]);
  const columns = tf.tensor2d(axisMatrix(width, size[1], options), [size[1], width]);
  // One product per axis over all maps at once; rows are broadcast over the batch.
  const across = tf.matMul(tf.reshape(maps, [-1, width]), columns, false, true);
  return tf.matMul(tf.tile(tf.expandDims(rows, 0), [batch, 1, 1]), tf.reshape(across, [batch, height, size[1]]));
}

/**
 * Gaussian smoothing of maps at their own size; see {@link resizeMaps}.
 *
 * @param maps - `[batch, height, width]`
 * @param sigma - in pixels of the map; 0 for none
 * @returns new maps, or the maps themselves for 0
 */
export function smoothMaps(maps: tf.Tensor3D, sigma: number): tf.Tensor3D {
  return resizeMaps(maps, { sigma });
}

/**
 * Brings vectors to another grid by half-pixel bilinear interpolation, as two matrix products: quicker than resizing where a
 * vector has more values than the grid has cells.
 *
 * @param x - `[batch, rows, columns, values]`
 * @param grid - rows and columns of the result
 * @returns `[batch, ...grid, values]`; `x` itself where it has that grid
 */
export function resizeGrid(x: tf.Tensor4D, [rows, columns]: readonly [number, number]): tf.Tensor4D {
  const [batch, height, width, values] = x.shape;
  if (rows === height && columns === width) return x;
  const along = (from: number, to: number, times: number) =>
    tf.tile(tf.tensor3d(axisMatrix(from, to, {}), [1, to, from]), [times, 1, 1]);
  const wide = tf.matMul(along(width, columns, batch * height), tf.reshape(x, [batch * height, width, values]));
  const tall = tf.matMul(along(height, rows, batch), tf.reshape(wide, [batch, height, columns * values]));
  return tf.reshape(tall, [batch, rows, columns, values]);
}

/** Interpolation from `cells` to `n` values followed by smoothing, as a matrix `[n, cells]`, row-major. */
function axisMatrix(cells: number, n: number, options: ResizeMapsOptions): Float32Array {
  const { method = 'bilinear', sigma = 0, border = 'reflect' } = options;
  const resized = new Float64Array(n * cells);
  for (let i = 0; i < n; i++) {
    if (method === 'nearest') resized[i * cells + Math.floor((i * cells) / n)] = 1;
    else {
      const at = Math.min(Math.max(((i + 0.5) * cells) / n - 0.5, 0), cells - 1);
      const low = Math.min(Math.floor(at), Math.max(cells - 2, 0));
      resized[i * cells + low]! += 1 - (at - low);
      if (at > low) resized[i * cells + low + 1]! += at - low;
    }
  }
  if (sigma === 0) return Float32Array.from(resized);
  const kernel = gaussianKernel(sigma);
  const radius = (kernel.length - 1) / 2;
  const smoothed = new Float64Array(n * cells);
  for (let i = 0; i < n; i++) {
    for (let k = -radius; k <= radius; k++) {
      const from = insideBorder(i + k, n, border);
      for (let c = 0; c < cells; c++) smoothed[i * cells + c]! += kernel[k + radius]! * resized[from * cells + c]!;
    }
  }
  return Float32Array.from(smoothed);
}

/** The index within `n` values that an index beyond their ends stands for. */
function insideBorder(i: number, n: number, border: 'reflect' | 'mirror'): number {
  if (n === 1) return 0;
  const period = border === 'reflect' ? 2 * n : 2 * n - 2;
  const wrapped = ((i % period) + period) % period;
  if (wrapped < n) return wrapped;
  return border === 'reflect' ? period - 1 - wrapped : period - wrapped;
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
