import { argumentMessage, assertFinite, assertInteger, assertKnownOptions, assertOneOf } from '@adlib/core';
import { gaussianKernel } from '@adlib/scores';
import type * as tf from '@tensorflow/tfjs';

/** Options of {@link ssimLoss}; the defaults are those of `ssim` in `@adlib/scores`. */
export interface SsimLossOptions {
  /** Form of the window. @defaultValue 'gaussian' */
  window?: 'gaussian' | 'uniform';
  /** Side of the window in pixels, odd. @defaultValue `2 floor(3.5 sigma + 0.5) + 1` (11 for sigma 1.5), or 7 for a uniform window */
  windowSize?: number;
  /** Standard deviation of a Gaussian window, in pixels. @defaultValue 1.5 */
  sigma?: number;
  /** Whether variances are multiplied by N / (N - 1), N = windowSize². @defaultValue false */
  sampleCovariance?: boolean;
  /** Range L of the values. @defaultValue 1 */
  dataRange?: number;
  /** K1 of `C1 = (K1 L)²`. @defaultValue 0.01 */
  k1?: number;
  /** K2 of `C2 = (K2 L)²`. @defaultValue 0.03 */
  k2?: number;
}

/** What the computation needs. */
export interface LossSettings {
  /** One-dimensional window; its sum is 1. */
  readonly kernel: readonly number[];
  /** Factor of variances and covariance. */
  readonly covariance: number;
  /** The middle of the data range: taken off before squaring, so that float32 keeps its digits. */
  readonly middle: number;
  /** C1. */
  readonly c1: number;
  /** C2. */
  readonly c2: number;
}

/**
 * Fills in defaults and checks.
 *
 * @param fn - caller, for messages
 * @param options - as passed
 * @param more - further options the caller knows
 * @returns the settings
 * @throws TypeError or RangeError naming the option at fault
 */
export function lossSettings(fn: string, options: SsimLossOptions, more: readonly string[] = []): LossSettings {
  const { window = 'gaussian', sigma = 1.5, sampleCovariance = false, dataRange = 1, k1 = 0.01, k2 = 0.03 } = options;
  const known = ['window', 'windowSize', 'sigma', 'sampleCovariance', 'dataRange', 'k1', 'k2'];
  assertKnownOptions(fn, options, [...known, ...more]);
  assertOneOf(fn, 'window', window, ['gaussian', 'uniform']);
  assertFinite(fn, 'sigma', sigma, 0.1, 1e3);
  assertFinite(fn, 'k1', k1, 0, 1);
  assertFinite(fn, 'k2', k2, 0, 1);
  assertFinite(fn, 'dataRange', dataRange, 1e-12, 1e12);
  const { windowSize = window === 'gaussian' ? 2 * Math.floor(3.5 * sigma + 0.5) + 1 : 7 } = options;
  assertInteger(fn, 'windowSize', windowSize, 3, 999);
  if (windowSize % 2 === 0) throw new RangeError(argumentMessage(fn, 'windowSize', 'odd', windowSize));
  if (typeof sampleCovariance !== 'boolean') {
    throw new TypeError(argumentMessage(fn, 'sampleCovariance', 'true or false', sampleCovariance));
  }
  const count = windowSize ** 2;
  const radius = (windowSize - 1) / 2;
  const kernel =
    window === 'gaussian'
      ? [...gaussianKernel(sigma, { truncate: radius / sigma })]
      : new Array<number>(windowSize).fill(1 / windowSize);
  return {
    kernel,
    covariance: sampleCovariance ? count / (count - 1) : 1,
    middle: dataRange / 2,
    c1: (k1 * dataRange) ** 2,
    c2: (k2 * dataRange) ** 2,
  };
}

/**
 * Checks two batches of pictures.
 *
 * @param fn - caller, for messages
 * @param x - the pictures
 * @param y - what is compared with them
 * @throws TypeError or RangeError if a tensor is not `[batch, height, width, channels]`, or the shapes differ
 */
export function assertBatches(fn: string, x: tf.Tensor, y: tf.Tensor): void {
  for (const [name, tensor] of Object.entries({ x, y })) {
    if (tensor?.shape?.length !== 4) {
      throw new TypeError(argumentMessage(fn, name, 'a tensor [batch, height, width, channels]', tensor?.shape));
    }
  }
  if (x.shape.join() !== y.shape.join()) {
    throw new RangeError(`${fn}: y must be of the shape of x, ${x.shape.join('×')}, got ${y.shape.join('×')}.`);
  }
}
