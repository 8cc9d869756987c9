import { assertOneOf } from '@adlib/core';
import * as tf from '@tensorflow/tfjs';
import { localParts, toPlanes } from './localStatistics.js';
import { assertBatches, lossSettings, type SsimLossOptions } from './lossOptions.js';

/** Options of {@link msSsimLoss}; the defaults are those of `msSsim` in `@adlib/scores`. */
export interface MsSsimLossOptions extends SsimLossOptions {
  /**
   * Pictures too small for five scales (16 windows a side): `error`, or `shrink`: as many scales as fit, their weights
   * brought to the same sum. @defaultValue 'error'
   */
  small?: 'error' | 'shrink';
}

/** β of the scales, the finest first. */
const WEIGHTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333] as const;
/** Means at or below this count as 0, where a power's slope has no bound. */
const LEAST = 1e-12;

/**
 * `1 - MS-SSIM`, differentiable: per channel `Π_j mean(cs_j)^β_j` over five scales, each half the size of the one before,
 * luminance at the coarsest only; mean over channels and pictures. It is `1 - similarity` of `msSsim` in `@adlib/scores`
 * with the same options. Compiles, gradients included. O(height width (height + width)) per channel.
 *
 * A negative mean counts as 0, as in TensorFlow: that channel then has loss 1 and no gradient, so at the start of a
 * training add a squared error.
 *
 * @param x - the pictures, `[batch, height, width, channels]`, in units of `dataRange`
 * @param y - what is compared with them, for example reconstructions, of the same shape
 * @param options - window, data range, constants, small pictures
 * @returns a scalar in [0, 1], the caller's own; 0 for equal pictures
 * @throws TypeError or RangeError if the shapes do not fit, the pictures are too small, or an option is wrong
 * @example
 * ```ts
 * import * as tf from '@tensorflow/tfjs';
 * import { msSsimLoss } from '@adlib/models';
 * const x = tf.randomUniform<tf.Rank.R4>([1, 48, 64, 1], 0, 1, 'float32', 1);
 * const loss = (y: tf.Tensor4D) => tf.add(msSsimLoss(x, y, { small: 'shrink' }), tf.losses.meanSquaredError(x, y));
 * console.log(loss(tf.mul(x, 0.5)).dataSync()[0]! > loss(x).dataSync()[0]!); // true
 * ```
 * @see Wang, Simoncelli, Bovik 2003, eq. 7; TensorFlow `tf.image.ssim_multiscale`
 */
export function msSsimLoss(x: tf.Tensor4D, y: tf.Tensor4D, options: MsSsimLossOptions = {}): tf.Scalar {
  const { small = 'error' } = options;
  const settings = lossSettings('msSsimLoss', options, ['small']);
  assertOneOf('msSsimLoss', 'small', small, ['error', 'shrink']);
  assertBatches('msSsimLoss', x, y);
  const weights = scaleWeights(settings.kernel.length, x.shape, small);
  return tf.tidy(() => {
    let [a, b] = [toPlanes(x, settings.middle), toPlanes(y, settings.middle)];
    let product: tf.Tensor | undefined;
    weights.forEach((weight, j) => {
      if (j > 0) [a, b] = [halve(a), halve(b)];
      const { luminance, contrast } = localParts(a, b, settings);
      const mean = tf.mean(j === weights.length - 1 ? tf.mul(luminance, contrast) : contrast, [1, 2]);
      const power = tf.mul(tf.pow(tf.maximum(mean, LEAST), weight), tf.step(tf.sub(mean, LEAST)));
      product = product === undefined ? power : tf.mul(product, power);
    });
    return tf.sub<tf.Scalar>(1, tf.mean(product!));
  });
}

/** The weights of the scales that the window fits in, brought to the same sum. */
function scaleWeights(side: number, shape: readonly number[], small: 'error' | 'shrink'): readonly number[] {
  const [, height, width] = shape as [number, number, number];
  const smallest = Math.min(height, width);
  const least = small === 'shrink' ? side : side * 2 ** (WEIGHTS.length - 1);
  if (smallest < least) {
    const what = small === 'shrink' ? 'the window' : 'five scales of the window';
    const hint = small === 'shrink' ? 'a smaller windowSize' : "small: 'shrink' or a smaller windowSize";
    throw new RangeError(
      `msSsimLoss: pictures must be at least ${least}×${least} (${what}), got ${height}×${width}. Try ${hint}.`,
    );
  }
  const kept = WEIGHTS.filter((_, j) => smallest >= side * 2 ** j);
  const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
  return kept.map((weight) => (weight * sum(WEIGHTS)) / sum(kept));
}

/** Means of 2×2 blocks; the last row or column of an odd size counts twice. */
function halve(planes: tf.Tensor3D): tf.Tensor3D {
  const even = withLastTwice(withLastTwice(planes, 1), 2);
  const [count, height, width] = even.shape;
  return tf.mean(tf.reshape(even, [count, height / 2, 2, width / 2, 2]), [2, 4]);
}

function withLastTwice(planes: tf.Tensor3D, axis: 1 | 2): tf.Tensor3D {
  const size = planes.shape[axis];
  if (size % 2 === 0) return planes;
  const begin: [number, number, number] = axis === 1 ? [0, size - 1, 0] : [0, 0, size - 1];
  return tf.concat([planes, tf.slice3d(planes, begin, [-1, -1, -1])], axis);
}
