import type { Image } from '@adlib/core';
import { compare, type Measure } from './similarity.js';
import type { SimilarityOptions, SimilarityResult } from './similarityOptions.js';

const measure: Measure = {
  fn: 'gSsim',
  gradient: true,
  partition: false,
  scales: false,
  variants: ['wang', 'zd'],
};

/**
 * Gradient-based SSIM: luminance from the images, contrast and structure from their Sobel gradient magnitudes.
 *
 * `'zd'` compares the gradient magnitudes with the whole SSIM.
 *
 * @param image - the image, the reference of the comparison; 8 bit, 16 bit or float, taken to 0..1
 * @param reconstruction - what is compared with it, of the same size
 * @param options - see {@link SimilarityOptions}
 * @returns similarity (1 for equal images), score and a new map; NaN in a float image gives NaN
 * @throws TypeError or RangeError if the images are not well-formed, differ in size or are too small, or an option is wrong
 * @example
 * ```ts
 * import { gSsim } from '@adlib/scores';
 * const image = { data: new Uint8Array(24 * 24).map((_, i) => i % 251), width: 24, height: 24, channels: 1 } as const;
 * console.log(gSsim(image, image).similarity); // 1
 * ```
 * @see Chen, Yang, Xie 2006
 */
export function gSsim(image: Image, reconstruction: Image, options: SimilarityOptions = {}): SimilarityResult {
  return compare(measure, image, reconstruction, options);
}
