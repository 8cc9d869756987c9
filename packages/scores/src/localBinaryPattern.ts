import {
  assertFinite,
  assertImage,
  assertInteger,
  assertKnownOptions,
  assertOneOf,
  ndarray,
  type Image,
  type View,
} from '@adlib/core';
import { toPlanes } from './planes.js';

/** Options of {@link localBinaryPattern} and {@link lbpHistogram}. */
export interface LbpOptions {
  /** Points on the circle, 1 to 24. @defaultValue 8 */
  points?: number;
  /** Radius of the circle, in pixels. @defaultValue 1 */
  radius?: number;
  /**
   * `default`: the code as it is, 2^points values; `ror`: the smallest code over all rotations; `uniform`: number of
   * ones where the code changes at most twice around the circle, else points + 1. @defaultValue 'uniform'
   */
  method?: 'default' | 'ror' | 'uniform';
}

/**
 * Local binary patterns: each pixel's code has a 1 for every point of a circle around it that is at least as bright.
 * Points between pixels are interpolated linearly; beyond the image lies 0.
 *
 * @param image - grey, or colour (taken to luma); not modified
 * @param options - see {@link LbpOptions}
 * @returns a new map of codes, shape `[height, width]`
 * @throws TypeError or RangeError if the image is not well-formed or an option is wrong
 * @example
 * ```ts
 * import { localBinaryPattern } from '@adlib/scores';
 * const image = { data: new Uint8Array(35).fill(9), width: 7, height: 5, channels: 1 } as const;
 * console.log(localBinaryPattern(image).get(2, 3)); // 8: every neighbour is as bright
 * ```
 * @see Ojala, Pietikäinen, Mäenpää 2002; scikit-image `local_binary_pattern`
 */
export function localBinaryPattern(image: Image, options: LbpOptions = {}): View<Uint32Array> {
  const { points, radius, method } = fillOptions('localBinaryPattern', image, options);
  const { height, width } = image;
  const grey = toPlanes(image, 'grey', 1)[0]!;
  const label = labeller(points, method);
  // Five decimals, as scikit-image: points that should fall on a pixel do.
  const round5 = (v: number): number => Math.round(v * 1e5) / 1e5;
  const rows = Float64Array.from({ length: points }, (_, p) => round5(-radius * Math.sin((2 * Math.PI * p) / points)));
  const columns = Float64Array.from({ length: points }, (_, p) =>
    round5(radius * Math.cos((2 * Math.PI * p) / points)),
  );
  const out = new Uint32Array(height * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const centre = grey[y * width + x]!;
      let code = 0;
      for (let p = 0; p < points; p++) {
        if (sample(grey, height, width, y + rows[p]!, x + columns[p]!) - centre >= 0) code |= 1 << p;
      }
      out[y * width + x] = label(code);
    }
  }
  return ndarray(out, [height, width]);
}

/**
 * Share of each code of {@link localBinaryPattern}: a texture feature vector that does not depend on the image's size.
 *
 * @param image - grey, or colour (taken to luma); not modified
 * @param options - see {@link LbpOptions}
 * @returns a new array of sum 1: `points + 2` shares for `uniform`, else `2^points`
 * @throws TypeError or RangeError if the image is not well-formed or an option is wrong
 * @example
 * ```ts
 * import { lbpHistogram } from '@adlib/scores';
 * const image = { data: new Uint8Array(35).fill(9), width: 7, height: 5, channels: 1 } as const;
 * console.log(lbpHistogram(image).length); // 10
 * ```
 * @see Ojala, Pietikäinen, Mäenpää 2002
 */
export function lbpHistogram(image: Image, options: LbpOptions = {}): Float64Array {
  const { points, radius, method } = fillOptions('lbpHistogram', image, options);
  const codes = localBinaryPattern(image, { points, radius, method }).data;
  const out = new Float64Array(method === 'uniform' ? points + 2 : 2 ** points);
  for (const code of codes) out[code]!++;
  return out.map((count) => count / codes.length);
}

function fillOptions(fn: string, image: Image, options: LbpOptions): Required<LbpOptions> {
  const { points = 8, radius = 1, method = 'uniform' } = options;
  assertKnownOptions(fn, options, ['points', 'radius', 'method']);
  assertImage(fn, 'image', image);
  assertInteger(fn, 'points', points, 1, 24);
  assertFinite(fn, 'radius', radius, 1e-3, 1e4);
  assertOneOf(fn, 'method', method, ['default', 'ror', 'uniform']);
  return { points, radius, method };
}

/** Linear interpolation; a NaN compares as darker. */
function sample(grey: Float64Array, height: number, width: number, y: number, x: number): number {
  const top = Math.floor(y);
  const left = Math.floor(x);
  const bottom = Math.ceil(y);
  const right = Math.ceil(x);
  const down = y - top;
  const across = x - left;
  const at = (r: number, c: number): number => (r < 0 || r >= height || c < 0 || c >= width ? 0 : grey[r * width + c]!);
  const upper = (1 - across) * at(top, left) + across * at(top, right);
  const lower = (1 - across) * at(bottom, left) + across * at(bottom, right);
  return (1 - down) * upper + down * lower;
}

function labeller(points: number, method: Required<LbpOptions>['method']): (code: number) => number {
  if (method === 'default') return (code) => code;
  const mask = 2 ** points - 1;
  const rotate = (code: number): number => ((code >>> 1) | ((code & 1) << (points - 1))) & mask;
  if (method === 'ror') {
    return (code) => {
      let least = code;
      for (let p = 1, turned = rotate(code); p < points; p++, turned = rotate(turned)) least = Math.min(least, turned);
      return least;
    };
  }
  return (code) => {
    // As scikit-image: changes from point to point, without the step from the last back to the first.
    const changes = bitCount((code ^ (code >>> 1)) & (mask >>> 1));
    return changes <= 2 ? bitCount(code) : points + 1;
  };
}

function bitCount(code: number): number {
  let count = 0;
  for (let rest = code; rest !== 0; rest &= rest - 1) count++;
  return count;
}
