/** A symmetric separable window of weights with sum 1: those from its middle to its end, `radius + 1` of them. */
export type Window = Float64Array;

/**
 * A Gaussian window cut off at a radius and normalised.
 *
 * @param sigma - standard deviation in pixels
 * @param radius - reach to each side, in pixels
 * @returns the window
 */
export function gaussianWindow(sigma: number, radius: number): Window {
  const half = Float64Array.from({ length: radius + 1 }, (_, i) => Math.exp((-0.5 * i * i) / (sigma * sigma)));
  const sum = half.reduce((total, w, i) => total + (i === 0 ? w : 2 * w), 0);
  return half.map((w) => w / sum);
}

/**
 * A box window: every weight the same.
 *
 * @param size - side in pixels, odd
 * @returns the window
 */
export function uniformWindow(size: number): Window {
  return new Float64Array((size + 1) / 2).fill(1 / size);
}
