import {
  argumentMessage,
  assertFinite,
  assertImage,
  assertInteger,
  assertKnownOptions,
  maxValue,
  ndarray,
  type Image,
  type View,
} from '@adlib/core';
import { toPlanes } from './planes.js';

/** Options of {@link glcm}. */
export interface GlcmOptions {
  /** Grey levels of the matrix, 2 to 256. @defaultValue 16 */
  levels?: number;
  /** Whether grey values are spread over the levels, `min(L - 1, floor(v L / (max + 1)))` (float: `floor(v L)`); if not, they are levels already. @defaultValue true */
  quantize?: boolean;
  /** Distances to the neighbour, in pixels. @defaultValue [1] */
  distances?: readonly number[];
  /** Directions to the neighbour in degrees; 0 is to the right, 90 down. @defaultValue [0, 45, 90, 135] */
  angles?: readonly number[];
  /** Whether each pair counts in both orders. @defaultValue true */
  symmetric?: boolean;
  /** Whether each matrix is divided by its sum. @defaultValue true */
  normalized?: boolean;
}

/**
 * Grey-level co-occurrence matrices: how often level `j` is the neighbour of level `i` at a distance and angle. The offset
 * is `(round(d sin θ), round(d cos θ))` in (rows, columns), rows downwards; pairs that leave the image do not count.
 * Haralick draws 45° up to the right, which is 135° here.
 *
 * @param image - grey, or colour (taken to luma); not modified
 * @param options - see {@link GlcmOptions}
 * @returns a new view of shape `[distances, angles, levels, levels]`; a matrix without pairs is all 0
 * @throws TypeError or RangeError if the image is not well-formed, a value is no level, or an option is wrong
 * @example
 * ```ts
 * import { glcm } from '@adlib/scores';
 * const image = { data: new Uint8Array([0, 0, 1, 1, 2, 2]), width: 3, height: 2, channels: 1 } as const;
 * const p = glcm(image, { levels: 4, quantize: false, angles: [0], symmetric: false, normalized: false });
 * console.log(p.get(0, 0, 0, 0), p.get(0, 0, 1, 2)); // 1 1
 * ```
 * @see Haralick, Shanmugam, Dinstein 1973; scikit-image `graycomatrix`
 */
export function glcm(image: Image, options: GlcmOptions = {}): View<Float64Array> {
  const { levels = 16, quantize = true, distances = [1], angles = [0, 45, 90, 135] } = options;
  const { symmetric = true, normalized = true } = options;
  assertKnownOptions('glcm', options, ['levels', 'quantize', 'distances', 'angles', 'symmetric', 'normalized']);
  assertImage('glcm', 'image', image);
  assertInteger('glcm', 'levels', levels, 2, 256);
  assertNumbers('distances', distances, 0);
  assertNumbers('angles', angles, -Infinity);
  const codes = toLevels(image, levels, quantize);
  const size = levels * levels;
  const out = new Float64Array(distances.length * angles.length * size);
  distances.forEach((distance, d) => {
    angles.forEach((angle, a) => {
      const at = (d * angles.length + a) * size;
      const matrix = out.subarray(at, at + size);
      const radians = (angle * Math.PI) / 180;
      const down = roundAway(distance * Math.sin(radians));
      const across = roundAway(distance * Math.cos(radians));
      countPairs(codes, image.height, image.width, down, across, levels, matrix);
      if (symmetric) addTransposed(matrix, levels);
      if (normalized) normalise(matrix);
    });
  });
  return ndarray(out, [distances.length, angles.length, levels, levels]);
}

function assertNumbers(arg: string, values: readonly number[], min: number): void {
  if (!Array.isArray(values) || values.length === 0) {
    throw new TypeError(argumentMessage('glcm', arg, 'an array of at least one number', values));
  }
  values.forEach((value: number, i) => assertFinite('glcm', `${arg}[${i}]`, value, min));
}

function toLevels(image: Image, levels: number, quantize: boolean): Uint8Array {
  const grey = image.channels === 1 ? image.data : toPlanes(image, 'grey', 1)[0]!;
  // The small term keeps the rounding of luma (0.299 v + 0.587 v + 0.114 v) from moving grey RGB down a level.
  const scale = quantize ? levels / (image.data instanceof Float32Array ? 1 : maxValue(image) + 1) : 1;
  const up = quantize ? 1e-9 : 0;
  const most = quantize ? Infinity : levels;
  const out = new Uint8Array(grey.length);
  for (let i = 0; i < grey.length; i++) {
    const v = grey[i]! * scale + up;
    const level = v < levels ? v : levels - 1;
    out[i] = level;
    if (!(v >= 0 && v < most) || (!quantize && out[i] !== v)) {
      const hint = quantize ? 'Values must be finite and >= 0.' : 'Raise levels, or set quantize.';
      throw new RangeError(argumentMessage('glcm', 'image', `of levels 0 to ${levels - 1}`, grey[i], hint));
    }
  }
  return out;
}

/** To the nearest integer, halves away from zero, in scikit-image's arithmetic. */
function roundAway(v: number): number {
  return Math.sign(v) * Math.floor(Math.abs(v) + 0.5);
}

function countPairs(
  codes: Uint8Array,
  height: number,
  width: number,
  down: number,
  across: number,
  levels: number,
  matrix: Float64Array,
): void {
  const step = down * width + across;
  const size = levels * levels;
  // Four tables in turn: a count need not wait for the one before it, which is often of the same pair.
  const counts = new Int32Array(4 * size);
  const [b, c, d] = [size, 2 * size, 3 * size];
  for (let y = Math.max(0, -down); y < Math.min(height, height - down); y++) {
    let i = y * width + Math.max(0, -across);
    const end = y * width + Math.min(width, width - across);
    for (; i < end - 3; i += 4) {
      counts[codes[i]! * levels + codes[i + step]!]!++;
      counts[b + codes[i + 1]! * levels + codes[i + 1 + step]!]!++;
      counts[c + codes[i + 2]! * levels + codes[i + 2 + step]!]!++;
      counts[d + codes[i + 3]! * levels + codes[i + 3 + step]!]!++;
    }
    for (; i < end; i++) counts[codes[i]! * levels + codes[i + step]!]!++;
  }
  for (let k = 0; k < size; k++) matrix[k] = counts[k]! + counts[b + k]! + counts[c + k]! + counts[d + k]!;
}

function addTransposed(matrix: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const sum = matrix[i * n + j]! + matrix[j * n + i]!;
      matrix[i * n + j] = matrix[j * n + i] = sum;
    }
  }
}

function normalise(matrix: Float64Array): void {
  const sum = matrix.reduce((a, b) => a + b, 0);
  if (sum > 0) for (let i = 0; i < matrix.length; i++) matrix[i]! /= sum;
}
