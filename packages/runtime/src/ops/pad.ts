import * as tf from '@tensorflow/tfjs';
import { assertKnownOptions, assertOneOf } from '@adlib/core';

/** Options of {@link pad}. */
export interface PadOptions {
  /**
   * What stands outside: one number; the picture mirrored at its outermost pixels (`reflect`: they are not repeated); or
   * mirrored at its edges (`symmetric`: they are). @defaultValue 'constant'
   */
  mode?: 'constant' | 'reflect' | 'symmetric';
  /** The number, for `constant`. @defaultValue 0 */
  value?: number;
}

type Paddings = readonly (readonly [before: number, after: number])[];

/**
 * Enlarges a tensor on each side, with gradients: tfjs's `mirrorPad` passes back only what falls on the picture itself and
 * drops the mirrored values' share.
 *
 * @param x - rank 1 to 4
 * @param paddings - numbers added before and after, for each axis; for `reflect` below the axis' size, for `symmetric` at most it
 * @param options - what stands outside
 * @returns the larger tensor
 * @throws Error (tfjs's) for paddings that are too large or of the wrong number
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { pad } from '@adlib/runtime';
 * console.log(pad(tf.tensor1d([1, 2, 3]), [[2, 1]], { mode: 'reflect' }).dataSync()); // Float32Array [3, 2, 1, 2, 3, 2]
 * ```
 */
export function pad<T extends tf.Tensor>(x: T, paddings: Paddings, options: PadOptions = {}): T {
  const { mode = 'constant', value = 0 } = options;
  assertKnownOptions('pad', options, ['mode', 'value']);
  assertOneOf('pad', 'mode', mode, ['constant', 'reflect', 'symmetric']);
  const own = paddings.map(([before, after]): [number, number] => [before, after]);
  if (mode === 'constant') return tf.pad(x, own, value);
  const mirror = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => ({
    value: tf.mirrorPad(args[0] as tf.Tensor4D, own as [[number, number]] as never, mode),
    gradFunc: (dy: tf.Tensor) => own.reduce((g, both, axis) => fold(g, axis, both, mode === 'reflect' ? 1 : 0), dy),
  }));
  return mirror(x) as T;
}

/** Adds what fell on the mirrored parts of an axis to the numbers they came from. `skip`: edges that are not repeated. */
function fold(dy: tf.Tensor, axis: number, [before, after]: readonly [number, number], skip: number): tf.Tensor {
  if (before === 0 && after === 0) return dy;
  const size = dy.shape[axis]! - before - after;
  const part = (begin: number, length: number) =>
    tf.slice(dy, dy.shape.map((_, a) => (a === axis ? begin : 0)), dy.shape.map((n, a) => (a === axis ? length : n))); // prettier-ignore
  const placed = (piece: tf.Tensor, from: number) =>
    tf.pad(
      tf.reverse(piece, axis),
      piece.shape.map((n, a): [number, number] => (a === axis ? [from, size - from - n] : [0, 0])),
    );
  const terms = [part(before, size)];
  if (before > 0) terms.push(placed(part(0, before), skip));
  if (after > 0) terms.push(placed(part(before + size, after), size - skip - after));
  return tf.addN(terms);
}
