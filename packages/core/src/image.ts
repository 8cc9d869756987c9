import { argumentMessage, assertInteger } from './check.js';

/**
 * A picture in memory: row-major, height x width x channels, interleaved. `Uint8Array` holds 0..255, `Uint16Array`
 * 0..65535, `Float32Array` 0..1.
 */
export interface Image {
  /** `height * width * channels` values. */
  readonly data: Uint8Array | Uint16Array | Float32Array;
  /** Columns, in pixels. */
  readonly width: number;
  /** Rows, in pixels. */
  readonly height: number;
  /** 1 = grey, 3 = red, green, blue. */
  readonly channels: 1 | 3;
}

/** Ground truth of an image: 1 where a pixel is defective, 0 elsewhere; row-major, `height * width` values. */
export interface Mask {
  /** `height * width` values, 0 or 1. */
  readonly data: Uint8Array;
  /** Columns, in pixels. */
  readonly width: number;
  /** Rows, in pixels. */
  readonly height: number;
}

/**
 * Images that are read when they are asked for. Access is by index, so that training can shuffle and go over them many
 * times while only a bounded number is in memory.
 */
export interface ImageCollection {
  /** Number of images. */
  readonly length: number;
  /** Reads image `index` (0-based); the result belongs to the caller. */
  get(index: number): Image | Promise<Image>;
  /**
   * For pictures that are changed at random: the same pictures as they are in pass `n` (counted from 0) of a training.
   * Absent where every pass sees the same.
   */
  epoch?(n: number): ImageCollection;
}

/** What detectors take: images in memory, or a collection that reads them on demand. */
export type Images = readonly Image[] | ImageCollection;

/**
 * Makes any {@link Images} a collection.
 *
 * @param images - an array, or a collection (returned as it is)
 * @returns a collection over the same images; nothing is copied. Its `get` throws RangeError outside `[0, length)`
 * @example
 * ```ts
 * import { toCollection } from '@adlib/core';
 * const grey = { data: new Uint8Array([0, 255]), width: 2, height: 1, channels: 1 } as const;
 * console.log(toCollection([grey]).length); // 1
 * ```
 */
export function toCollection(images: Images): ImageCollection {
  if (!isArray(images)) return images;
  return {
    length: images.length,
    get: (index) => {
      assertInteger('ImageCollection.get', 'index', index, 0, images.length - 1);
      return images[index]!;
    },
  };
}

/** `Array.isArray` that keeps readonly arrays apart from collections. */
function isArray(images: Images): images is readonly Image[] {
  return Array.isArray(images);
}

/**
 * Throws unless `value` is a well-formed {@link Image}.
 *
 * @param fn - caller, for the message
 * @param arg - argument name, for the message
 * @param value - the image
 * @throws TypeError if a part is missing or of the wrong kind, RangeError if sizes do not fit together
 * @example
 * ```ts
 * import { assertImage } from '@adlib/core';
 * assertImage('score', 'image', { data: new Float32Array(12), width: 2, height: 2, channels: 3 });
 * ```
 */
export function assertImage(fn: string, arg: string, value: unknown): asserts value is Image {
  const image = value as Partial<Image> | null | undefined;
  const data = image?.data;
  if (!(data instanceof Uint8Array || data instanceof Uint16Array || data instanceof Float32Array)) {
    throw new TypeError(
      argumentMessage(
        fn,
        arg,
        'an image { data, width, height, channels } with data a Uint8Array, Uint16Array or Float32Array',
        value,
        'Read files with @adlib/datasets/node readImage().',
      ),
    );
  }
  assertInteger(fn, `${arg}.width`, image?.width, 1);
  assertInteger(fn, `${arg}.height`, image?.height, 1);
  if (image?.channels !== 1 && image?.channels !== 3) {
    throw new RangeError(argumentMessage(fn, `${arg}.channels`, '1 or 3', image?.channels));
  }
  const length = image.width * image.height * image.channels;
  if (data.length !== length) {
    throw new RangeError(
      `${fn}: ${arg}.data must have ${length} values (${image.height}×${image.width}×${image.channels}), got ${data.length}.`,
    );
  }
}

/**
 * Throws unless `value` is a well-formed {@link Image} whose values are all finite: one that is not would make what is
 * learned or scored NaN without a word.
 *
 * @param fn - caller, for the message
 * @param arg - argument name, for the message
 * @param value - the image
 * @throws TypeError or RangeError as {@link assertImage} does; RangeError naming the first value that is not finite
 * @example
 * ```ts
 * import { assertFiniteImage } from '@adlib/core';
 * try {
 *   assertFiniteImage('fit', 'images[3]', { data: Float32Array.of(0.5, NaN), width: 2, height: 1, channels: 1 });
 * } catch (error) {
 *   console.log((error as Error).message); // fit: images[3].data[1] must be finite, got NaN.
 * }
 * ```
 */
export function assertFiniteImage(fn: string, arg: string, value: unknown): asserts value is Image {
  assertImage(fn, arg, value);
  const { data } = value;
  if (!(data instanceof Float32Array)) return;
  const bad = data.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) throw new RangeError(argumentMessage(fn, `${arg}.data[${bad}]`, 'finite', data[bad]));
}

/**
 * The value that means full brightness in an image's data: 255, 65535 or 1.
 *
 * @param image - the image
 * @returns 255 for `Uint8Array`, 65535 for `Uint16Array`, 1 for `Float32Array`
 * @example
 * ```ts
 * import { maxValue } from '@adlib/core';
 * console.log(maxValue({ data: new Uint8Array(1), width: 1, height: 1, channels: 1 })); // 255
 * ```
 */
export function maxValue(image: Image): number {
  if (image.data instanceof Uint8Array) return 255;
  return image.data instanceof Uint16Array ? 65535 : 1;
}
