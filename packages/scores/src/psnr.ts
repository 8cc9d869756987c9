import { assertFinite, assertKnownOptions, type Image } from '@adlib/core';
import { meanSquaredError } from './meanSquaredError.js';
import { assertPair } from './pair.js';
import { lazyResult, type SimilarityResult } from './similarityOptions.js';
import { squaredErrors } from './squaredErrorMap.js';

/** Options of {@link psnr}. */
export interface PsnrOptions {
  /** Range L of the values on the scale 0..1. @defaultValue 1 */
  dataRange?: number;
}

/**
 * Peak signal-to-noise ratio, `10 log10(L² / MSE)` in decibels, over all pixels and channels.
 *
 * @param image - the image, 8 bit, 16 bit or float, taken to 0..1
 * @param reconstruction - what is compared with it, of the same size
 * @param options - see {@link PsnrOptions}
 * @returns `similarity` in dB (`Infinity` for equal images), `score = -similarity`, and the squared error as the map, which is
 *   made from the images when it is first read; reading it throws if they have been changed since
 * @throws TypeError or RangeError if the images are not well-formed or differ in size, or an option is wrong
 * @example
 * ```ts
 * import { psnr } from '@adlib/scores';
 * const image = { data: new Uint8Array([0, 255]), width: 2, height: 1, channels: 1 } as const;
 * console.log(psnr(image, { ...image, data: new Float32Array([0.1, 1]) }).similarity); // 23.01 dB
 * ```
 * @see scikit-image `peak_signal_noise_ratio`
 */
export function psnr(image: Image, reconstruction: Image, options: PsnrOptions = {}): SimilarityResult {
  const { dataRange = 1 } = options;
  assertKnownOptions('psnr', options, ['dataRange']);
  assertFinite('psnr', 'dataRange', dataRange, 1e-12, 1e12);
  assertPair('psnr', image, reconstruction);
  const mean = meanSquaredError(image, reconstruction);
  const similarity = 10 * Math.log10((dataRange * dataRange) / mean);
  return lazyResult(similarity, -similarity, () => {
    const now = squaredErrors(image, reconstruction);
    if (Math.abs(now.mean - mean) > 1e-6 * mean) {
      throw new Error('psnr: the images have changed since they were compared. Try reading map before changing them.');
    }
    return now.map;
  });
}
