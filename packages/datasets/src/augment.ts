import {
  argumentMessage,
  assertFinite,
  assertImage,
  assertInteger,
  assertKnownOptions,
  createRandom,
  maxValue,
  toCollection,
} from '@adlib/core';
import type { Image, ImageCollection, Images, Mask, Random } from '@adlib/core';
import { moveMatrix, warpImage, warpMask, type Fill } from './warp.js';

/** How far pictures may be changed; each is drawn evenly from minus to plus. What is left out does nothing. */
export interface AugmentRanges {
  /** Largest turn either way, in degrees. @defaultValue 0 */
  rotation?: number;
  /** Largest shift either way, as a share of height and width. @defaultValue 0 */
  shift?: number;
  /** Largest change of size either way, as a share; below 1. @defaultValue 0 */
  scale?: number;
  /** Whether one picture in two is mirrored left and right. @defaultValue false */
  flip?: boolean;
  /** Largest change of brightness either way, as a share. @defaultValue 0 */
  brightness?: number;
  /** Largest change of contrast either way, as a share. @defaultValue 0 */
  contrast?: number;
}

/** Named ranges: `none`; `mild` (light only, 5 %); `strong` (turned 15°, shifted 5 %, scaled 10 %, mirrored, light 15 %). */
export type AugmentRegime = 'none' | 'mild' | 'strong';

/** The ranges behind the names. */
export const augmentRegimes: Readonly<Record<AugmentRegime, Readonly<Required<AugmentRanges>>>> = {
  none: { rotation: 0, shift: 0, scale: 0, flip: false, brightness: 0, contrast: 0 },
  mild: { rotation: 0, shift: 0, scale: 0, flip: false, brightness: 0.05, contrast: 0.05 },
  strong: { rotation: 15, shift: 0.05, scale: 0.1, flip: true, brightness: 0.15, contrast: 0.15 },
};

/** One change of a picture, as plain numbers: draw it with {@link drawAugmentation} or write it by hand. */
export interface Augmentation {
  /** Counter-clockwise turn, in degrees. */
  readonly rotation: number;
  /** Factor of size. */
  readonly scale: number;
  /** `[down, right]` as shares of height and width. */
  readonly shift: readonly [number, number];
  /** Mirrored left and right. */
  readonly flip: boolean;
  /** Factor of all values. */
  readonly brightness: number;
  /** Factor of the distance from the picture's mean grey. */
  readonly contrast: number;
}

/**
 * Draws one change from ranges.
 *
 * @param ranges - a name, or ranges of your own
 * @param random - the stream; always read the same number of times
 * @returns the change
 * @throws RangeError if a name or range is not valid
 * @example
 * ```ts
 * import { createRandom } from '@adlib/core';
 * import { drawAugmentation } from '@adlib/datasets';
 * console.log(Math.abs(drawAugmentation('strong', createRandom(1)).rotation) <= 15); // true
 * ```
 */
export function drawAugmentation(ranges: AugmentRegime | AugmentRanges, random: Random): Augmentation {
  const { rotation, shift, scale, flip, brightness, contrast } = rangesOf('drawAugmentation', ranges);
  return {
    rotation: random.uniform(-rotation, rotation),
    scale: random.uniform(1 - scale, 1 + scale),
    shift: [random.uniform(-shift, shift), random.uniform(-shift, shift)],
    flip: random.uniform() < 0.5 && flip,
    brightness: random.uniform(1 - brightness, 1 + brightness),
    contrast: random.uniform(1 - contrast, 1 + contrast),
  };
}

/** Options of {@link drawTransforms}. */
export interface DrawTransformsOptions {
  /** Seed. @defaultValue 0 */
  seed?: number;
}

/**
 * A set of changes to score one picture under, the same for every picture: the first leaves it as it is.
 *
 * @param ranges - a name, or ranges of your own
 * @param count - how many, 1 or more
 * @param options - the seed
 * @returns the changes
 * @throws RangeError if an argument is not valid
 * @example
 * ```ts
 * import { drawTransforms } from '@adlib/datasets';
 * console.log(drawTransforms('mild', 4, { seed: 2 }).length); // 4
 * ```
 */
export function drawTransforms(
  ranges: AugmentRegime | AugmentRanges,
  count: number,
  options: DrawTransformsOptions = {},
): Augmentation[] {
  const { seed = 0 } = options;
  assertKnownOptions('drawTransforms', options, ['seed']);
  assertInteger('drawTransforms', 'count', count, 1, 100_000);
  const random = createRandom(seed).split('transforms');
  return Array.from({ length: count }, (_, i) => drawAugmentation(i === 0 ? 'none' : ranges, random.split(i)));
}

/**
 * Changes a picture: first it is moved (bilinear, the border repeated), then `brightness * value`, then
 * `mean + contrast * (value - mean)` with the mean of its luma. Values are cut at black and full brightness.
 *
 * @param image - not modified
 * @param augmentation - the change
 * @param fill - what is seen outside the picture
 * @returns a new image of the same size and kind
 * @throws TypeError or RangeError if an argument is not valid
 * @example
 * ```ts
 * import { createRandom } from '@adlib/core';
 * import { augmentImage, drawAugmentation } from '@adlib/datasets';
 * const image = { data: new Uint8Array(24 * 16).fill(100), width: 24, height: 16, channels: 1 } as const;
 * console.log(augmentImage(image, drawAugmentation('strong', createRandom(3))).data.length); // 384
 * ```
 * @see Pillow `ImageEnhance.Brightness` and `ImageEnhance.Contrast`, as in torchvision's `ColorJitter`
 */
export function augmentImage(image: Image, augmentation: Augmentation, fill: Fill = 'edge'): Image {
  assertImage('augmentImage', 'image', image);
  const { brightness, contrast } = augmentation;
  assertFinite('augmentImage', 'brightness', brightness, 0);
  assertFinite('augmentImage', 'contrast', contrast, 0);
  const moves = isMove(augmentation);
  const moved = moves
    ? warpImage(image, matrixOf(image, augmentation), { fill })
    : { ...image, data: image.data.slice() };
  if (brightness === 1 && contrast === 1) return moved;
  const { data, channels } = moved;
  const max = maxValue(image);
  const round = data instanceof Float32Array ? 0 : 0.5;
  for (let i = 0; i < data.length; i++) data[i] = Math.min(data[i]! * brightness, max) + round;
  const mean = meanLuma(data, channels);
  for (let i = 0; i < data.length; i++)
    data[i] = Math.min(Math.max(mean + contrast * (data[i]! - mean), 0), max) + round;
  return moved;
}

/**
 * Moves a mask as {@link augmentImage} moves its picture (nearest pixel, nothing outside).
 *
 * @param mask - not modified
 * @param augmentation - the change; its light does not matter here
 * @returns a new mask
 * @example
 * ```ts
 * import { augmentMask } from '@adlib/datasets';
 * const flip = { rotation: 0, scale: 1, shift: [0, 0], flip: true, brightness: 1, contrast: 1 } as const;
 * console.log(augmentMask({ data: new Uint8Array([1, 0, 0]), width: 3, height: 1 }, flip).data); // 0, 0, 1
 * ```
 */
export function augmentMask(mask: Mask, augmentation: Augmentation): Mask {
  return warpMask(mask, matrixOf(mask, augmentation));
}

/** Options of {@link augmentedImages}. */
export interface AugmentedImagesOptions {
  /** Seed. @defaultValue 0 */
  seed?: number;
  /** How many changed versions of each picture the collection holds. @defaultValue 1 */
  copies?: number;
}

/**
 * A collection that changes pictures as they are read. Each time a picture is read again it is changed anew, so every epoch
 * of a training sees other versions; the n-th reading of a picture is the same in every run with the same seed. Detectors
 * that train ask for `epoch(n)`, which holds the pictures of their n-th reading.
 *
 * @param images - the pictures; not modified
 * @param ranges - a name, or ranges of your own
 * @param options - seed, copies
 * @returns the collection: `copies` times as long, the copies of all pictures one after another
 * @throws RangeError if an argument is not valid
 * @example
 * ```ts
 * import { augmentedImages, imagesOf, synthetic } from '@adlib/datasets';
 * const images = imagesOf(synthetic('screw', { good: 3, testGood: 0, defective: 0, size: 64 }).samples);
 * console.log(augmentedImages(images, 'mild', { seed: 1, copies: 4 }).length); // 12
 * ```
 */
export function augmentedImages(
  images: Images,
  ranges: AugmentRegime | AugmentRanges,
  options: AugmentedImagesOptions = {},
): ImageCollection {
  const { seed = 0, copies = 1 } = options;
  assertKnownOptions('augmentedImages', options, ['seed', 'copies']);
  assertInteger('augmentedImages', 'copies', copies, 1, 10_000);
  const full = rangesOf('augmentedImages', ranges);
  const source = toCollection(images);
  const random = createRandom(seed).split('augment');
  const length = source.length * copies;
  const readings = new Uint32Array(length);
  const read = async (index: number, reading: number) => {
    const image = await source.get(index % source.length);
    return augmentImage(image, drawAugmentation(full, random.split(`${index}/${reading}`)));
  };
  const check = (index: number) => {
    assertInteger('augmentedImages.get', 'index', index, 0, length - 1);
  };
  return {
    length,
    async get(index) {
      check(index);
      return read(index, readings[index]!++);
    },
    epoch: (n) => ({
      length,
      async get(index) {
        check(index);
        return read(index, n);
      },
    }),
  };
}

function rangesOf(fn: string, ranges: AugmentRegime | AugmentRanges): Required<AugmentRanges> {
  if (typeof ranges === 'string') {
    const named = (augmentRegimes as Partial<Record<string, Required<AugmentRanges>>>)[ranges];
    if (named === undefined)
      throw new RangeError(argumentMessage(fn, 'ranges', "'none', 'mild', 'strong' or an object", ranges));
    return named;
  }
  assertKnownOptions(fn, ranges, Object.keys(augmentRegimes.none));
  const full = { ...augmentRegimes.none, ...ranges };
  assertFinite(fn, 'rotation', full.rotation, 0, 180);
  assertFinite(fn, 'shift', full.shift, 0, 1);
  assertFinite(fn, 'scale', full.scale, 0, 0.99);
  assertFinite(fn, 'brightness', full.brightness, 0, 1);
  assertFinite(fn, 'contrast', full.contrast, 0, 1);
  return full;
}

function isMove({ rotation, scale, shift, flip }: Augmentation): boolean {
  return rotation !== 0 || scale !== 1 || shift[0] !== 0 || shift[1] !== 0 || flip;
}

function matrixOf(
  { height, width }: { readonly height: number; readonly width: number },
  { rotation, scale, shift, flip }: Augmentation,
): ReturnType<typeof moveMatrix> {
  return moveMatrix([height, width], { rotation, scale, flip, shift: [shift[0] * height, shift[1] * width] });
}

function meanLuma(data: Image['data'], channels: 1 | 3): number {
  let sum = 0;
  if (channels === 1) for (const value of data) sum += value;
  else for (let i = 0; i < data.length; i += 3) sum += 0.299 * data[i]! + 0.587 * data[i + 1]! + 0.114 * data[i + 2]!;
  return (sum * channels) / data.length;
}
