import * as tf from '@tensorflow/tfjs';
import { assertInteger } from '@adlib/core';
import { adaptiveWindows } from './adaptiveWindows.js';

/**
 * Average pooling to a fixed size: output `(i, j)` is the mean of rows `[floor(i H / h), ceil((i + 1) H / h))` and of columns
 * likewise; windows overlap by a pixel where the sizes do not divide.
 *
 * @param x - `[batch, H, W, channels]`
 * @param size - `[h, w]` of the result; it may be larger than the picture
 * @returns `[batch, h, w, channels]`
 * @throws RangeError if a size is not a positive integer
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { adaptiveAvgPool2d } from '@adlib/runtime';
 * console.log(adaptiveAvgPool2d(tf.tensor4d([1, 2, 3], [1, 1, 3, 1]), [1, 2]).dataSync()); // Float32Array [1.5, 2.5]
 * ```
 * @see torch.nn.AdaptiveAvgPool2d
 */
export function adaptiveAvgPool2d(x: tf.Tensor4D, size: readonly [height: number, width: number]): tf.Tensor4D {
  const [height, width] = size;
  assertInteger('adaptiveAvgPool2d', 'size[0]', height, 1);
  assertInteger('adaptiveAvgPool2d', 'size[1]', width, 1);
  const [, inHeight, inWidth] = x.shape;
  if (inHeight % height === 0 && inWidth % width === 0) {
    const step: [number, number] = [inHeight / height, inWidth / width];
    return tf.avgPool(x, step, step, 'valid');
  }
  const rows = tf.tensor(meanMatrix(inHeight, height), [1, 1, height, inHeight]);
  const columns = tf.tensor(meanMatrix(inWidth, width), [1, 1, width, inWidth]);
  const planes = tf.matMul(tf.transpose(x, [0, 3, 1, 2]), columns, false, true);
  return tf.transpose(tf.matMul(rows, planes), [0, 2, 3, 1]);
}

/** The matrix that takes means of windows along one axis, row-major `[to, from]`. */
function meanMatrix(from: number, to: number): Float32Array {
  const matrix = new Float32Array(to * from);
  adaptiveWindows(from, to).forEach(([begin, end], i) =>
    matrix.fill(1 / (end - begin), i * from + begin, i * from + end),
  );
  return matrix;
}
