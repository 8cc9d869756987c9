import { argumentMessage, assertFinite, assertInteger, assertLength, type Mask } from '@adlib/core';
import type { Box } from './box.js';

/** Cosine and sine of 0, 90, 180 and 270 degrees. */
const quarterTurns: readonly (readonly [number, number])[] = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
];

/** Coordinates beyond this are refused: no picture is that large. */
const farthest = 1e7;

/**
 * Mask of a polygon, by the even-odd rule: a pixel is defective if its centre lies inside, that is, if a line from it to the
 * left crosses the border an odd number of times. (0, 0) is the top left corner of the first pixel, so that pixel's centre is
 * (0.5, 0.5), as in COCO and Label Studio; a centre on the border belongs to what lies right of or below it, so neighbours
 * that share an edge never share a pixel. What lies outside of the picture is cut off.
 *
 * @param points - corners as `x, y, x, y, ...` in pixels; the last is joined to the first
 * @param size - `[height, width]` of the picture
 * @returns 1 where defective; the caller's own
 * @throws TypeError or RangeError if there are fewer than three corners or a number is not finite
 * @example
 * ```ts
 * import { polygonMask } from '@adlib/datasets';
 * console.log(polygonMask([0, 0, 4, 0, 0, 4], [4, 4]).data); // the upper left triangle
 * ```
 */
export function polygonMask(points: ArrayLike<number>, size: readonly [number, number]): Mask {
  assertLength('polygonMask', 'size', size, 2, '[height, width]');
  for (const [i, side] of size.entries()) assertInteger('polygonMask', `size[${i}]`, side, 1, 65_535);
  assertPolygon('polygonMask', points);
  const mask = { data: new Uint8Array(size[0] * size[1]), width: size[1], height: size[0] };
  paintPolygon(mask, points);
  return mask;
}

/**
 * Throws unless the points make a polygon.
 *
 * @param fn - the function or the place, for messages
 * @param points - corners as `x, y, x, y, ...`
 * @throws TypeError or RangeError naming the place
 */
export function assertPolygon(fn: string, points: ArrayLike<number>): void {
  if (typeof points !== 'object' || points === null || typeof points.length !== 'number') {
    throw new TypeError(argumentMessage(fn, 'points', 'an array of numbers', points));
  }
  if (points.length < 6 || points.length % 2 === 1) {
    throw new RangeError(argumentMessage(fn, 'points', 'x, y of at least three corners', `${points.length} numbers`));
  }
  for (let i = 0; i < points.length; i++) assertFinite(fn, `points[${i}]`, points[i], -farthest, farthest);
}

/**
 * Paints a polygon into a mask.
 *
 * @param mask - takes 1 inside
 * @param points - corners that {@link assertPolygon} let through
 */
export function paintPolygon({ data, width, height }: Mask, points: ArrayLike<number>): void {
  const { left, top, right, bottom } = bounds(points, height, width);
  const stride = right - left + 1;
  if (stride < 2 || bottom <= top) return;
  // For each crossing of an edge with a row of pixel centres, the first pixel right of it is marked; inside is where the
  // number of marks so far is odd.
  const crossed = new Uint8Array(stride * (bottom - top));
  const corners = points.length / 2;
  for (let i = 0; i < corners; i++) {
    const j = (i + 1) % corners;
    const [a, b] = points[2 * i + 1]! > points[2 * j + 1]! ? [j, i] : [i, j];
    const [x0, y0, x1, y1] = [points[2 * a]!, points[2 * a + 1]!, points[2 * b]!, points[2 * b + 1]!];
    const end = Math.min(Math.ceil(y1 - 0.5), bottom);
    for (let y = Math.max(Math.ceil(y0 - 0.5), top); y < end; y++) {
      const x = x0 + ((y + 0.5 - y0) * (x1 - x0)) / (y1 - y0);
      const column = Math.min(Math.max(Math.ceil(x - 0.5), left), right);
      crossed[(y - top) * stride + column - left]! ^= 1;
    }
  }
  for (let y = top; y < bottom; y++) {
    for (let x = left, inside = 0; x < right; x++) {
      inside ^= crossed[(y - top) * stride + x - left]!;
      if (inside === 1) data[y * width + x] = 1;
    }
  }
}

/** Pixels that the polygon may touch, within the picture. */
function bounds(points: ArrayLike<number>, height: number, width: number): Box {
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let i = 0; i < points.length; i += 2) {
    left = Math.min(left, Math.floor(points[i]!));
    right = Math.max(right, Math.ceil(points[i]!));
    top = Math.min(top, Math.floor(points[i + 1]!));
    bottom = Math.max(bottom, Math.ceil(points[i + 1]!));
  }
  return {
    left: Math.max(left, 0),
    top: Math.max(top, 0),
    right: Math.min(right, width),
    bottom: Math.min(bottom, height),
  };
}

/**
 * Corners of a rectangle turned about its top left corner, as Label Studio stores it.
 *
 * @param box - left, top, width and height in pixels
 * @param degrees - turn, clockwise as seen on the screen
 * @returns four corners as `x, y, ...`, the top left one first, clockwise
 * @example
 * ```ts
 * import { rotatedBox } from '@adlib/datasets';
 * console.log(rotatedBox([2, 0, 2, 1], 90).map(Math.round)); // 2, 0, 2, 2, 1, 2, 1, 0
 * ```
 */
export function rotatedBox(box: readonly [number, number, number, number], degrees: number): number[] {
  assertLength('rotatedBox', 'box', box, 4, '[left, top, width, height]');
  for (const [i, value] of box.entries())
    assertFinite('rotatedBox', `box[${i}]`, value, i < 2 ? -farthest : 0, farthest);
  assertFinite('rotatedBox', 'degrees', degrees, -360, 360);
  const [x, y, width, height] = box;
  const turns = degrees / 90;
  const [cos, sin] = Number.isInteger(turns)
    ? quarterTurns[(turns + 4) % 4]!
    : [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const corner = (right: number, down: number): [number, number] => [
    x + right * cos - down * sin,
    y + right * sin + down * cos,
  ];
  return [...corner(0, 0), ...corner(width, 0), ...corner(width, height), ...corner(0, height)];
}
