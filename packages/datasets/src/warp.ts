import { argumentMessage, assertFinite, assertImage, assertKnownOptions, assertLength, maxValue } from '@adlib/core';
import type { Image, Mask } from '@adlib/core';

/**
 * An affine map from output to input pixels: `xIn = m[0] x + m[1] y + m[2]`, `yIn = m[3] x + m[4] y + m[5]`; pixel centres
 * have integer coordinates, x counts columns, y rows.
 */
export type AffineMatrix = readonly [number, number, number, number, number, number];

/** What is seen outside the picture: the nearest pixel, the picture mirrored at its border pixel, or a value in `[0, 1]`. */
export type Fill = 'edge' | 'reflect' | number;

/** Options of {@link warpImage}. */
export interface WarpOptions {
  /** What is seen outside the picture. @defaultValue 'edge' */
  fill?: Fill;
}

/** A move of the picture about its centre; what is left out does nothing. */
export interface Move {
  /** Counter-clockwise turn as it is seen, in degrees. @defaultValue 0 */
  rotation?: number;
  /** Factor of size; above 1 enlarges. @defaultValue 1 */
  scale?: number;
  /** `[down, right]` in pixels. @defaultValue [0, 0] */
  shift?: readonly [number, number];
  /** Mirrors left and right, before everything else. @defaultValue false */
  flip?: boolean;
}

/**
 * The matrix of a move for {@link warpImage}: flip, then scale and rotation about the centre, then shift.
 *
 * @param size - `[height, width]` of the picture, in pixels
 * @param move - what to do
 * @returns the matrix from output to input
 * @throws RangeError if a number is not finite or `scale` is not above 0
 * @example
 * ```ts
 * import { moveMatrix, warpImage } from '@adlib/datasets';
 * const image = { data: new Uint8Array([1, 2, 3, 4, 5, 6]), width: 3, height: 2, channels: 1 } as const;
 * console.log(warpImage(image, moveMatrix([2, 3], { flip: true })).data); // 3, 2, 1, 6, 5, 4
 * ```
 */
export function moveMatrix(size: readonly [number, number], move: Move): AffineMatrix {
  const { rotation = 0, scale = 1, shift = [0, 0], flip = false } = move;
  assertKnownOptions('moveMatrix', move, ['rotation', 'scale', 'shift', 'flip']);
  assertLength('moveMatrix', 'size', size, 2, '[height, width]');
  for (const [name, value] of Object.entries({ rotation, scale, down: shift[0], right: shift[1] })) {
    assertFinite('moveMatrix', name, value);
  }
  if (scale <= 0) throw new RangeError(argumentMessage('moveMatrix', 'scale', 'above 0', scale));
  const [cx, cy] = [(size[1] - 1) / 2, (size[0] - 1) / 2];
  const angle = (rotation * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle) / scale, Math.sin(angle) / scale];
  const [x, y] = [cx + shift[1], cy + shift[0]];
  const sign = flip ? -1 : 1;
  return [sign * cos, -sign * sin, cx - sign * (cos * x - sin * y), sin, cos, cy - (sin * x + cos * y)];
}

/**
 * Moves a picture by an affine map, bilinear between pixels; its size stays. What scikit-image's `warp(order=1)` computes.
 *
 * @param image - 8 bit, 16 bit or float; not modified
 * @param matrix - from output to input
 * @param options - what is seen outside
 * @returns a new image of the same size and kind (integer data is rounded)
 * @throws TypeError or RangeError if the image, the matrix or an option is not valid
 * @example
 * ```ts
 * import { moveMatrix, warpImage } from '@adlib/datasets';
 * const image = { data: new Float32Array([0, 1, 0, 0]), width: 4, height: 1, channels: 1 } as const;
 * console.log(warpImage(image, moveMatrix([1, 4], { shift: [0, 0.5] }), { fill: 0 }).data); // 0, 0.5, 0.5, 0
 * ```
 */
export function warpImage(image: Image, matrix: AffineMatrix, options: WarpOptions = {}): Image {
  const { fill = 'edge' } = options;
  assertImage('warpImage', 'image', image);
  assertKnownOptions('warpImage', options, ['fill']);
  assertMatrix('warpImage', matrix);
  if (fill !== 'edge' && fill !== 'reflect') assertFinite('warpImage', 'fill', fill, 0, 1);
  const { data, width, height, channels } = image;
  const out = new (data.constructor as new (n: number) => typeof data)(data.length);
  const round = data instanceof Float32Array ? 0 : 0.5;
  const outside = typeof fill === 'number' ? fill * maxValue(image) : 0;
  const place = typeof fill === 'number' ? inOnly : fill === 'edge' ? nearest : mirrored;
  const [a, b, c, d, e, f] = matrix;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = a * x + b * y + c;
      const v = d * x + e * y + f;
      const left = Math.floor(u);
      const top = Math.floor(v);
      const du = u - left;
      const dv = v - top;
      const x0 = place(left, width);
      const x1 = place(left + 1, width);
      const y0 = place(top, height);
      const y1 = place(top + 1, height);
      for (let k = 0; k < channels; k++, i++) {
        const p = x0 < 0 || y0 < 0 ? outside : data[(y0 * width + x0) * channels + k]!;
        const q = x1 < 0 || y0 < 0 ? outside : data[(y0 * width + x1) * channels + k]!;
        const r = x0 < 0 || y1 < 0 ? outside : data[(y1 * width + x0) * channels + k]!;
        const s = x1 < 0 || y1 < 0 ? outside : data[(y1 * width + x1) * channels + k]!;
        const upper = p + du * (q - p);
        out[i] = upper + dv * (r + du * (s - r) - upper) + round;
      }
    }
  }
  return { data: out, width, height, channels };
}

/**
 * Moves a mask by an affine map, nearest pixel; what comes from outside is 0.
 *
 * @param mask - not modified
 * @param matrix - from output to input, as for the picture
 * @returns a new mask of the same size
 * @throws RangeError if the matrix is not six finite numbers
 * @example
 * ```ts
 * import { moveMatrix, warpMask } from '@adlib/datasets';
 * const mask = { data: new Uint8Array([0, 1, 0]), width: 3, height: 1 };
 * console.log(warpMask(mask, moveMatrix([1, 3], { shift: [0, 1] })).data); // 0, 0, 1
 * ```
 */
export function warpMask(mask: Mask, matrix: AffineMatrix): Mask {
  assertMatrix('warpMask', matrix);
  const { data, width, height } = mask;
  const out = new Uint8Array(data.length);
  const [a, b, c, d, e, f] = matrix;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const u = Math.round(a * x + b * y + c);
      const v = Math.round(d * x + e * y + f);
      if (u >= 0 && u < width && v >= 0 && v < height) out[i] = data[v * width + u]!;
    }
  }
  return { data: out, width, height };
}

function inOnly(at: number, size: number): number {
  return at < size ? at : -1;
}

function nearest(at: number, size: number): number {
  return at < 0 ? 0 : at < size ? at : size - 1;
}

/** Mirrored at the border pixels, which are not repeated: `c b | a b c d | c b`. */
function mirrored(at: number, size: number): number {
  if (at >= 0 && at < size) return at;
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const within = ((at % period) + period) % period;
  return within < size ? within : period - within;
}

function assertMatrix(fn: string, matrix: AffineMatrix): void {
  assertLength(fn, 'matrix', matrix, 6);
  [...matrix].forEach((value, i) => assertFinite(fn, `matrix[${i}]`, value));
}
