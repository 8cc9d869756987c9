import type { Image } from '@adlib/core';
import { compare, type Measure } from './similarity.js';
import type { SimilarityOptions, SimilarityResult } from './similarityOptions.js';

const measure: Measure = {
  fn: 'msSsim',
  gradient: false,
  partition: false,
  scales: true,
  variants: ['wang', 'zd'],
};

/**
 * Multi-scale SSIM: `Π_j mean(cs_j)^β_j` over five scales, each half the size of the one before, luminance at the coarsest only;
 * β = .0448, .2856, .3001, .2363, .1333.
 *
 * A negative mean counts as 0, as in TensorFlow. Images need 176 pixels a side; with `small: 'shrink'` fewer scales are used and
 * their weights brought to the same sum. In the map every scale is enlarged linearly and combined in the same way. `'zd'` is the
 * weighted mean of SSIM at the scales 1, 1/2, 1/4, 1/8.
 *
 * @param image - the image, the reference of the comparison; 8 bit, 16 bit or float, taken to 0..1
 * @param reconstruction - what is compared with it, of the same size
 * @param options - see {@link SimilarityOptions}
 * @returns similarity (1 for equal images), score and a new map; NaN in a float image gives NaN
 * @throws TypeError or RangeError if the images are not well-formed, differ in size or are too small, or an option is wrong
 * @example
 * ```ts
 * import { msSsim } from '@adlib/scores';
 * const image = { data: new Uint8Array(192 * 192).map((_, i) => i % 251), width: 192, height: 192, channels: 1 } as const;
 * console.log(msSsim(image, image).similarity); // 1
 * ```
 * @see Wang, Simoncelli, Bovik 2003, eq. 7; TensorFlow `tf.image.ssim_multiscale`
 */
export function msSsim(image: Image, reconstruction: Image, options: SimilarityOptions = {}): SimilarityResult {
  return compare(measure, image, reconstruction, options);
}
