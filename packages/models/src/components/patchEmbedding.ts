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
  const vectors = maps.map((map) => {
    const [, , , channels] = map.shape;
    const bins = averagingBins(channels * size * size, dimension);
    // The average of neighbours is a convolution whose filter holds each bin's share of channel and offset.
    const filter = new Float32Array(size * size * channels * dimension);
    bins.forEach(([start, end], bin) => {
      for (let i = start; i < end; i++) {
        const [channel, offset] = [Math.floor(i / (size * size)), i % (size * size)];
        filter[(offset * channels + channel) * dimension + bin]! += 1 / (end - start);
      }
    });
    const edge: [number, number] = [(size - 1) / 2, (size - 1) / 2];
    const padded = pad(map, [[0, 0], edge, edge, [0, 0]]);
    return tf.conv2d(padded, tf.tensor4d(filter, [size, size, channels, dimension]), 1, 'valid');
  });
  const joined = joinMaps(vectors, 'bilinear');
  const together = averagingBins(vectors.length * dimension, dimension);
  const matrix = new Float32Array(vectors.length * dimension * dimension);
  together.forEach(([start, end], bin) => {
    for (let i = start; i < end; i++) matrix[i * dimension + bin]! += 1 / (end - start);
  });
  return tf.conv2d(joined, tf.tensor4d(matrix, [1, 1, vectors.length * dimension, dimension]), 1, 'valid');
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
