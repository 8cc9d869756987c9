import { argumentMessage, assertInteger, assertKnownOptions, assertLength, assertOneOf } from './check.js';

/**
 * How a picture is brought to a fixed size. `stretch`: both sides on their own, the aspect ratio may change. `crop`: scaled
 * until it covers the target, the middle is kept and the rest cut off. `letterbox`: scaled until it fits, the rest padded.
 */
export type ResizeMode = 'stretch' | 'crop' | 'letterbox';

/** Where a picture of one size goes: the part of the options that {@link placePicture} and {@link restoreMap} need. */
export interface PlaceOptions {
  /** Target `[height, width]`, in pixels. */
  size: readonly [number, number];
  /** How the picture is brought there. @defaultValue 'stretch' */
  mode?: ResizeMode;
  /**
   * `crop` only: length of the shorter side after scaling, in pixels (`Resize(256)`, `CenterCrop(224)` is
   * `{ mode: 'crop', shorterSide: 256, size: [224, 224] }`). The default is the smallest that covers the target.
   */
  shorterSide?: number;
}

/** Result of {@link placePicture}: the scaled picture, and where it lies on the target; all in target pixels. */
export interface Placement {
  /** Height and width of the whole scaled picture. */
  readonly resized: readonly [number, number];
  /** Row and column of its top left corner on the target: negative where it is cropped, positive where it is padded. */
  readonly offset: readonly [number, number];
}

/** Names of {@link PlaceOptions}. */
export const placeKeys: readonly string[] = ['size', 'mode', 'shorterSide'];

/**
 * Where a picture goes on a target of fixed size. Lengths are truncated and offsets rounded half to even, as torchvision's
 * `Resize` and `CenterCrop` do; letterboxing rounds lengths and pads one more pixel at the bottom or right.
 *
 * @param from - `[height, width]` of the picture, in pixels
 * @param options - target size and mode
 * @returns size and place of the scaled picture
 * @throws RangeError if a size is not a positive integer, or `shorterSide` is too small to cover the target
 * @example
 * ```ts
 * import { placePicture } from '@adlib/core';
 * console.log(placePicture([100, 200], { size: [64, 64], mode: 'letterbox' })); // resized [32, 64], offset [16, 0]
 * ```
 */
export function placePicture(from: readonly [number, number], options: PlaceOptions): Placement {
  const { size, mode = 'stretch', shorterSide } = options;
  assertPlace('placePicture', from, options);
  const [height, width] = from;
  const [toHeight, toWidth] = size;
  if (mode === 'stretch') return { resized: [toHeight, toWidth], offset: [0, 0] };
  if (mode === 'letterbox') {
    const tall = toHeight * width <= toWidth * height;
    const h = tall ? toHeight : Math.max(1, Math.round((height * toWidth) / width));
    const w = tall ? Math.max(1, Math.round((width * toHeight) / height)) : toWidth;
    return { resized: [h, w], offset: [Math.floor((toHeight - h) / 2), Math.floor((toWidth - w) / 2)] };
  }
  const resized = coveringSize(from, size, shorterSide);
  if (resized[0] < toHeight || resized[1] < toWidth) {
    throw new RangeError(
      `placePicture: shorterSide must cover the target ${toHeight}×${toWidth}, got ${String(shorterSide)}, which scales ` +
        `${height}×${width} to ${resized[0]}×${resized[1]}. Try a larger shorterSide or leave it out.`,
    );
  }
  return {
    resized,
    offset: [-roundHalfEven((resized[0] - toHeight) / 2), -roundHalfEven((resized[1] - toWidth) / 2)],
  };
}

function coveringSize(
  [height, width]: readonly [number, number],
  [toHeight, toWidth]: readonly [number, number],
  shorterSide: number | undefined,
): [number, number] {
  if (shorterSide !== undefined) {
    return height <= width
      ? [shorterSide, Math.trunc((shorterSide * width) / height)]
      : [Math.trunc((shorterSide * height) / width), shorterSide];
  }
  return toHeight * width >= toWidth * height
    ? [toHeight, Math.max(toWidth, Math.trunc((width * toHeight) / height))]
    : [Math.max(toHeight, Math.trunc((height * toWidth) / width)), toWidth];
}

function roundHalfEven(value: number): number {
  const down = Math.floor(value);
  if (value - down !== 0.5) return Math.round(value);
  return down % 2 === 0 ? down : down + 1;
}

function assertPlace(fn: string, from: readonly [number, number], options: PlaceOptions): void {
  const { size, mode = 'stretch', shorterSide } = options;
  assertKnownOptions(fn, options, placeKeys);
  assertOneOf(fn, 'mode', mode, ['stretch', 'crop', 'letterbox']);
  assertLength(fn, 'from', from, 2, '[height, width]');
  assertLength(fn, 'size', size, 2, '[height, width]');
  [...from].forEach((n, axis) => assertInteger(fn, `from[${axis}]`, n, 1));
  [...size].forEach((n, axis) => assertInteger(fn, `size[${axis}]`, n, 1));
  if (shorterSide === undefined) return;
  assertInteger(fn, 'shorterSide', shorterSide, 1);
  if (mode !== 'crop') {
    throw new RangeError(
      argumentMessage(fn, 'shorterSide', `left out with mode '${mode}'`, shorterSide, "Use mode 'crop'."),
    );
  }
}
