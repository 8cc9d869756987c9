import type { Image } from '@adlib/core';
import { compare, type Measure } from './similarity.js';
import type { SimilarityOptions, SimilarityResult } from './similarityOptions.js';

const measure: Measure = {
  fn: 'msGSsim',
  gradient: true,
  partition: false,
  scales: true,
  variants: ['wang', 'zd'],
};

/**
 * {@link gSsim} over the scales of {@link msSsim}.
 *
 * Gradients are taken anew at every scale.
 *
 * @param image - the image, the reference of the comparison; 8 bit, 16 bit or float, taken to 0..1
 * @param reconstruction - what is compared with it, of the same size
 * @param options - see {@link SimilarityOptions}
 * @returns similarity (1 for equal images), score and a new map; NaN in a float image gives NaN
 * @throws TypeError or RangeError if the images are not well-formed, differ in size or are too small, or an option is wrong
 * @example
 * ```ts
 * import { msGSsim } from '@adlib/scores';
 * const image = { data: new Uint8Array(192 * 192).map((_, i) => i % 251), width: 192, height: 192, channels: 1 } as const;
 * console.log(msGSsim(image, image).similarity); // 1
 * ```
 * @see Renieblas et al. 2017, J. Med. Imaging 4(3) 035501
 */
export function msGSsim(image: Image, reconstruction: Image, options: SimilarityOptions = {}): SimilarityResult {
  return compare(measure, image, reconstruction, options);
}
