import * as tf from '@tensorflow/tfjs';
import { assertInteger } from '@adlib/core';
import { adaptiveWindows } from './adaptiveWindows.js';

/**
 * Max pooling to a fixed size, over the windows of `adaptiveAvgPool2d`. The gradient goes to the first largest pixel of each
 * window.
 *
 * @param x - `[batch, H, W, channels]`
 * @param size - `[h, w]` of the result; it may be larger than the picture
 * @returns `[batch, h, w, channels]`
 * @throws RangeError if a size is not a positive integer
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { adaptiveMaxPool2d } from '@adlib/runtime';
 * console.log(adaptiveMaxPool2d(tf.tensor4d([3, 1, 2], [1, 1, 3, 1]), [1, 2]).dataSync()); // Float32Array [3, 2]
 * ```
 * @see torch.nn.AdaptiveMaxPool2d
 */
export function adaptiveMaxPool2d(x: tf.Tensor4D, size: readonly [height: number, width: number]): tf.Tensor4D {
  const [height, width] = size;
  assertInteger('adaptiveMaxPool2d', 'size[0]', height, 1);
  assertInteger('adaptiveMaxPool2d', 'size[1]', width, 1);
  const rows = spread(x, 1, height);
  const both = spread(rows.x, 2, width);
  const step: [number, number] = [rows.window, both.window];
  return tf.maxPool(both.x, step, step, 'valid');
}

/** The axis with the windows side by side, all of one length: shorter ones repeat their last line, which changes no maximum. */
function spread(x: tf.Tensor4D, axis: 1 | 2, to: number): { x: tf.Tensor4D; window: number } {
  const from = x.shape[axis];
  if (from % to === 0) return { x, window: from / to };
  const windows = adaptiveWindows(from, to);
  const window = Math.max(...windows.map(([begin, end]) => end - begin));
  const lines = windows.flatMap(([begin, end]) =>
    Array.from({ length: window }, (_, i) => Math.min(begin + i, end - 1)),
  );
  return { x: tf.gather(x, tf.tensor1d(lines, 'int32'), axis), window };
}
