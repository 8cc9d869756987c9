import { assertFinite, assertKnownOptions } from '@adlib/core';

/** Options of {@link gaussianKernel}. */
export interface GaussianKernelOptions {
  /** Where the kernel is cut off, in standard deviations. @defaultValue 4, as `scipy.ndimage` and anomalib */
  truncate?: number;
}

/**
 * One-dimensional Gaussian kernel, `w[i] = exp(-i² / (2 σ²)) / Σ w` for `i = -r .. r` with `r = floor(truncate · σ + 0.5)`:
 * the kernel of `scipy.ndimage.gaussian_filter` and of anomalib's blur, which are the same (they differ in the border).
 *
 * @param sigma - standard deviation in pixels, >= 0; 0 gives the kernel `[1]`
 * @param options - see {@link GaussianKernelOptions}
 * @returns a new array of `2 r + 1` weights, symmetric, of sum 1
 * @throws TypeError or RangeError if `sigma` or `truncate` is negative or not finite
 * @example
 * ```ts
 * import { gaussianKernel } from '@adlib/scores';
 * console.log(gaussianKernel(4).length); // 33
 * ```
 * @see scipy.ndimage.gaussian_filter; anomalib `GaussianBlur2d` (kernel size `2 int(4 σ + 0.5) + 1`)
 */
export function gaussianKernel(sigma: number, options: GaussianKernelOptions = {}): Float64Array {
  const { truncate = 4 } = options;
  assertKnownOptions('gaussianKernel', options, ['truncate']);
  assertFinite('gaussianKernel', 'sigma', sigma, 0, 1e6);
  assertFinite('gaussianKernel', 'truncate', truncate, 0, 1e3);
  const radius = Math.floor(truncate * sigma + 0.5);
  const kernel = new Float64Array(2 * radius + 1);
  let sum = 0;
  for (let i = -radius; i <= radius; i++) {
    const w = i === 0 ? 1 : Math.exp((-0.5 * i * i) / (sigma * sigma));
    kernel[i + radius] = w;
    sum += w;
  }
  return kernel.map((w) => w / sum);
}
