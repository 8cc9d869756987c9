import { argumentMessage, assertInteger, describe, toRowMajor, type NdArray, type NdData } from '@adlib/core';

/** A map or mask as plain data: row-major, `height * width` values. */
export interface PlainMap {
  /** `height * width` values, row by row. */
  readonly data: ArrayLike<number>;
  /** Columns, in pixels. */
  readonly width: number;
  /** Rows, in pixels. */
  readonly height: number;
}

/** A map or mask: a two-dimensional `ndarray` of shape `[height, width]`, or `{ data, width, height }`. */
export type MapLike = PlainMap | NdArray<NdData | readonly number[]>;

/** An anomaly map and the ground truth of its image. */
export interface MapWithMask {
  /** Anomaly score per pixel, higher = more anomalous; finite or infinite, held as float32. */
  readonly map: MapLike;
  /** Ground truth of the same size: 1 = defective, 0 = good. Absent = every pixel is good. */
  readonly mask?: MapLike | undefined;
  /** Name of the group the image belongs to, for example its defect type. @defaultValue '' */
  readonly group?: string | undefined;
}

/** Maps of any sizes, in memory or read one at a time. */
export type Maps = Iterable<MapWithMask> | AsyncIterable<MapWithMask>;

/**
 * A map or mask as plain data, checked.
 *
 * @param fn - caller, for the message
 * @param arg - argument name, for the message
 * @param value - the map; not copied where it is row-major already
 * @returns its values and size
 * @throws TypeError if it is no map, RangeError if it is not two-dimensional, is empty, or its size does not fit its data
 */
function readMap(fn: string, arg: string, value: MapLike): PlainMap {
  if (value !== null && typeof value === 'object') {
    if ('shape' in value && 'stride' in value) {
      const [height, width] = value.shape;
      if (value.shape.length !== 2 || height === undefined || width === undefined) {
        throw new RangeError(argumentMessage(fn, arg, 'of shape [height, width]', describe(value.shape)));
      }
      assertSize(fn, arg, height, width);
      return { data: toRowMajor(value), width, height };
    }
    if ('data' in value && 'width' in value) {
      const { data, width, height } = value;
      assertSize(fn, arg, height, width);
      if (typeof data?.length !== 'number') {
        throw new TypeError(argumentMessage(fn, `${arg}.data`, 'an array of numbers', data));
      }
      if (data.length !== width * height) {
        throw new RangeError(
          `${fn}: ${arg}.data must have ${width * height} values (${height}×${width}), got ${data.length}.`,
        );
      }
      return value;
    }
  }
  throw new TypeError(
    argumentMessage(fn, arg, 'an ndarray of shape [height, width] or { data, width, height }', value),
  );
}

function assertSize(fn: string, arg: string, height: unknown, width: unknown): void {
  assertInteger(fn, `${arg} height`, height, 1);
  assertInteger(fn, `${arg} width`, width, 1);
}

/**
 * An anomaly map's values as float32, checked: no NaN.
 *
 * @param fn - caller, for the message
 * @param arg - argument name, for the message
 * @param value - the map
 * @param finite - whether infinities are refused too
 * @returns values and size; the map's own array where it is float32 and row-major
 * @throws TypeError or RangeError if it is not well-formed, a value is NaN, or one is infinite and must not be
 */
export function readScores(
  fn: string,
  arg: string,
  value: MapLike,
  finite = false,
): PlainMap & { readonly data: Float32Array } {
  const { data, width, height } = readMap(fn, arg, value);
  const scores = data instanceof Float32Array ? data : Float32Array.from(data);
  if (!Number.isFinite(sumOf(scores))) {
    const i = scores.findIndex(finite ? (score) => !Number.isFinite(score) : Number.isNaN);
    if (i >= 0) {
      const y = Math.floor(i / width);
      const found = `${scores[i]} at row ${y}, column ${i - y * width}`;
      throw new RangeError(argumentMessage(fn, arg, finite ? 'finite' : 'free of NaN', found));
    }
  }
  return { data: scores, width, height };
}

/** Sum of float32 numbers: never overflows a float64, so it is finite if all of them are. Four sums, not to wait for each. */
function sumOf(values: Float32Array): number {
  const whole = values.length & ~3;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0; i < whole; i += 4) {
    a += values[i]!;
    b += values[i + 1]!;
    c += values[i + 2]!;
    d += values[i + 3]!;
  }
  for (let i = whole; i < values.length; i++) a += values[i]!;
  return a + b + c + d;
}

/**
 * A mask's values as 0 and 1, checked.
 *
 * @param fn - caller, for the message
 * @param arg - argument name, for the message
 * @param value - the mask
 * @param size - size it must have, in pixels; any when absent
 * @returns values and size; the mask's own array where it is a row-major `Uint8Array`
 * @throws TypeError or RangeError if it is not well-formed, of another size, or a value is not 0 or 1
 */
export function readMask(
  fn: string,
  arg: string,
  value: MapLike,
  size?: { readonly width: number; readonly height: number },
): PlainMap & { readonly data: Uint8Array } {
  const { data, width, height } = readMap(fn, arg, value);
  if (size !== undefined && (size.width !== width || size.height !== height)) {
    throw new RangeError(
      `${fn}: ${arg} must be ${size.height}×${size.width} pixels like its map, got ${height}×${width}. ` +
        'Try resizing the map to the mask, which is the ground truth.',
    );
  }
  if (data instanceof Uint8Array && bitsUsed(data) <= 1) return { data, width, height };
  for (let i = 0; i < data.length; i++) {
    if (data[i] !== 0 && data[i] !== 1) {
      throw new RangeError(
        argumentMessage(
          fn,
          arg,
          '0 (good) or 1 (defective) everywhere',
          data[i],
          'Try mask.map((v) => (v > 127 ? 1 : 0)) for 8-bit masks.',
        ),
      );
    }
  }
  return { data: Uint8Array.from(data), width, height };
}

function bitsUsed(values: Uint8Array): number {
  const whole = values.length & ~3;
  let bits = 0;
  for (let i = 0; i < whole; i += 4) bits |= values[i]! | values[i + 1]! | values[i + 2]! | values[i + 3]!;
  for (let i = whole; i < values.length; i++) bits |= values[i]!;
  return bits;
}
