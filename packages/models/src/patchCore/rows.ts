import type { HostTensor } from '@adlib/runtime';
import * as tf from '@tensorflow/tfjs';

/**
 * Rows of two tensors, one after the other.
 *
 * @param a - `[rows, ...]`
 * @param b - the same but for the number of rows
 * @returns a new tensor
 */
export function joinRows(a: HostTensor, b: HostTensor): HostTensor {
  const data = new Float32Array(a.data.length + b.data.length);
  data.set(a.data);
  data.set(b.data, a.data.length);
  return { data, shape: [a.shape[0]! + b.shape[0]!, ...a.shape.slice(1)] };
}

/**
 * Squared Euclidean length of each row.
 *
 * @param tensor - `[rows, channels]`
 * @returns `[rows]`
 */
export function squaredLengths({ data, shape }: HostTensor): HostTensor {
  const [rows, channels] = shape as [number, number];
  const norms = new Float32Array(rows);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += data[i * channels + c]! ** 2;
    norms[i] = sum;
  }
  return { data: norms, shape: [rows] };
}

/**
 * Maps less the centre of their patches, whose values belong to the maps one after the other.
 *
 * @param maps - `[batch, rows, columns, channels]`
 * @param centre - as many values as the maps have channels together
 * @returns new maps
 */
export function centred(maps: readonly tf.Tensor4D[], centre: HostTensor): tf.Tensor4D[] {
  let first = 0;
  return maps.map((map) => {
    const start = first;
    first += map.shape[3];
    return tf.sub(map, tf.tensor1d(centre.data.slice(start, first)));
  });
}
