import { pad, resizeBilinear } from '@adlib/runtime';
import * as tf from '@tensorflow/tfjs';

/**
 * Mean over `size` x `size` neighbours of each position, stride 1; beyond the border are zeros, which count.
 *
 * @param x - `[batch, rows, columns, channels]`
 * @param size - odd side of the window; 1 leaves the map as it is
 * @returns a new map of the same shape
 */
export function localMean(x: tf.Tensor4D, size: number): tf.Tensor4D {
  if (size === 1) return x;
  const edge: [number, number] = [(size - 1) / 2, (size - 1) / 2];
  return tf.avgPool(pad(x, [[0, 0], edge, edge, [0, 0]]), size, 1, 'valid');
}

/**
 * Brings maps to the grid of the first and joins their channels.
 *
 * @param maps - `[batch, rows, columns, channels]`, the finest first
 * @param method - half-pixel bilinear (PatchCore), or the cell a position lies in (PaDiM)
 * @param grid - rows and columns; those of the first map if left out
 * @returns `[batch, rows, columns, sum of channels]`
 */
export function joinMaps(
  maps: readonly tf.Tensor4D[],
  method: 'bilinear' | 'nearest',
  grid?: readonly [number, number],
): tf.Tensor4D {
  const [rows, columns] = grid ?? (maps[0]!.shape.slice(1, 3) as [number, number]);
  const resized = maps.map((map) => {
    if (map.shape[1] === rows && map.shape[2] === columns) return map;
    return method === 'bilinear'
      ? resizeBilinear(map, [rows, columns], { halfPixelCenters: true })
      : tf.image.resizeNearestNeighbor(map, [rows, columns]);
  });
  return resized.length === 1 ? resized[0]! : tf.concat(resized, 3);
}

/**
 * Amazon's patch vectors: each layer's `size` x `size` neighbourhoods (zeros beyond the border, which count), flattened
 * channel by channel and averaged down to `dimension` values; the layers' vectors one after the other, averaged down to
 * `dimension` again. Coarser layers are brought to the first one's grid by half-pixel bilinear interpolation in between,
 * which commutes with averages and so is done at the end of the layer's part.
 *
 * @param maps - `[batch, rows, columns, channels]`, the finest first
 * @param size - odd side of the neighbourhood
 * @param dimension - values per patch
 * @returns `[batch, rows, columns, dimension]`
 * @see amazon-science/patchcore-inspection, common.py, Preprocessing and Aggregator
 */
export function pooledPatches(maps: readonly tf.Tensor4D[], size: number, dimension: number): tf.Tensor4D {
  const vectors = maps.map((map) => pooledLayer(map, size, dimension));
  const joined = joinMaps(vectors, 'bilinear');
  const sums = sumAcross(joined, dimension, maps.length, 1);
  return maps.length === 1 ? sums : tf.mul<tf.Tensor4D>(sums, 1 / maps.length);
}

/** Most values per channel for which the average of neighbours is quicker channel by channel. */
const MOST_PER_CHANNEL = 16;

/**
 * Averages of neighbours and channels as a convolution whose filter holds each bin's share of channel and offset. A few
 * channels share no bin with the others: then each channel has a filter of its own, and the few are added up.
 */
function pooledLayer(map: tf.Tensor4D, size: number, dimension: number): tf.Tensor4D {
  const channels = map.shape[3];
  const groups = commonDivisor(channels, dimension);
  const each = dimension / groups;
  const apart = each <= MOST_PER_CHANNEL;
  const values = apart ? each : dimension;
  const filter = new Float32Array(size * size * channels * values);
  averagingBins(channels * size * size, dimension).forEach(([start, end], bin) => {
    for (let i = start; i < end; i++) {
      const [channel, offset] = [Math.floor(i / (size * size)), i % (size * size)];
      filter[(offset * channels + channel) * values + (bin % values)]! += 1 / (end - start);
    }
  });
  const weights = tf.tensor4d(filter, [size, size, channels, values]);
  const edge = (size - 1) / 2;
  if (!apart) return tf.conv2d(map, weights, 1, edge);
  return sumAcross(tf.depthwiseConv2d(map, weights, 1, edge), groups, channels / groups, each);
}

/** Sums over the middle one of the three numbers that channels are made of, `groups * terms * each`. */
function sumAcross(x: tf.Tensor4D, groups: number, terms: number, each: number): tf.Tensor4D {
  if (terms === 1) return x;
  const [batch, rows, columns] = x.shape;
  const planes = tf.reshape(tf.transpose(x, [0, 3, 1, 2]), [batch, groups, terms, each * rows * columns]);
  return tf.transpose(tf.reshape(tf.sum(planes, 2), [batch, groups * each, rows, columns]), [0, 2, 3, 1]);
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b);
}

/**
 * Bins of one-dimensional adaptive average pooling: bin `i` averages indices `floor(i n / bins)` to `ceil((i + 1) n / bins)`.
 *
 * @param n - values
 * @param bins - averages
 * @returns `[start, end)` of each bin
 * @see PyTorch, adaptive_avg_pool1d
 */
export function averagingBins(n: number, bins: number): [start: number, end: number][] {
  return Array.from({ length: bins }, (_, i) => [Math.floor((i * n) / bins), Math.ceil(((i + 1) * n) / bins)]);
}
