import type { Image } from '@adlib/core';
import { compare, type Measure } from './similarity.js';
import type { SimilarityOptions, SimilarityResult, SimilarityVariant } from './similarityOptions.js';

const measure: Measure = {
  fn: 'ssim',
  gradient: false,
  partition: false,
  scales: false,
  variants: ['wang', 'skimage', 'zd'],
};

/**
 * Structural similarity (SSIM): the mean over the image of `(2 μx μy + C1)(2 σxy + C2) / ((μx² + μy² + C1)(σx² + σy² + C2))`, local
 * means, variances and covariance under a window.
 *
 * `variant: 'wang'` is the published measure, `'skimage'` scikit-image's default (uniform 7×7, sample covariance), `'zd'` see
 * {@link SimilarityVariant}. The mean leaves out a margin of half a window; in the map the margin is filled by reflection.
 *
 * @param image - the image, the reference of the comparison; 8 bit, 16 bit or float, taken to 0..1
 * @param reconstruction - what is compared with it, of the same size
 * @param options - see {@link SimilarityOptions}
 * @returns similarity (1 for equal images), score and a new map; NaN in a float image gives NaN
 * @throws TypeError or RangeError if the images are not well-formed, differ in size or are too small, or an option is wrong
 * @example
 * ```ts
 * import { ssim } from '@adlib/scores';
 * const image = { data: new Uint8Array(24 * 24).map((_, i) => i % 251), width: 24, height: 24, channels: 1 } as const;
 * console.log(ssim(image, image).similarity); // 1
 * ```
 * @see Wang, Bovik, Sheikh, Simoncelli 2004, eq. 13; scikit-image `structural_similarity`
 */
export function ssim(
  image: Image,
  reconstruction: Image,
  options: SimilarityOptions<SimilarityVariant | 'skimage'> = {},
): SimilarityResult {
  return compare(measure, image, reconstruction, options);
}
