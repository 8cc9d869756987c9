import { assertFinite, assertImage, assertKnownOptions, maxValue, type Image, type Random } from '@adlib/core';
import { assertRange, imageLike, type DefectiveImage } from './common.js';

/** Options of {@link cutPaste}. */
export interface CutPasteOptions {
  /** Area of the patch as a share of the picture, drawn evenly. @defaultValue [0.02, 0.15] */
  area?: readonly [number, number];
  /** Width over height of the patch, drawn evenly on a logarithmic scale. @defaultValue [0.3, 1 / 0.3] */
  aspect?: readonly [number, number];
  /** Largest change of the patch's brightness, contrast and saturation either way, as a share. @defaultValue 0.1 */
  jitter?: number;
}

/** Options of {@link cutPasteScar}. */
export interface CutPasteScarOptions {
  /** Width of the scar in pixels of a picture 256 high, drawn evenly. @defaultValue [2, 16] */
  width?: readonly [number, number];
  /** Length of the scar in pixels of a picture 256 high, drawn evenly. @defaultValue [10, 25] */
  length?: readonly [number, number];
  /** Largest turn either way, in degrees. @defaultValue 45 */
  rotation?: number;
  /** Largest change of the patch's brightness, contrast and saturation either way, as a share. @defaultValue 0.1 */
  jitter?: number;
}

/** A patch in pixels: where it is cut, where it is pasted, how it is turned. */
interface Patch {
  readonly width: number;
  readonly height: number;
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
  readonly angle: number;
  readonly jitter: number;
}

/**
 * Cuts a rectangle out of a picture and pastes it elsewhere: an anomaly made of the picture's own texture.
 *
 * @param image - a good picture; not modified
 * @param random - draws everything
 * @param options - size, shape and colour change of the patch (hue, which the paper changes too, is kept)
 * @returns a new picture of the same kind and the pasted pixels
 * @throws TypeError or RangeError if the image or an option is not valid
 * @example
 * ```ts
 * import { createRandom } from '@adlib/core';
 * import { cutPaste, synthetic } from '@adlib/datasets';
 * const good = await synthetic('weave', { good: 1, size: 96 }).samples.at(-1)!.image();
 * const { mask } = cutPaste(good, createRandom(5));
 * console.log(mask.data.includes(1)); // true
 * ```
 * @see Li et al., "CutPaste", CVPR 2021, section 3.1
 */
export function cutPaste(image: Image, random: Random, options: CutPasteOptions = {}): DefectiveImage {
  const { area = [0.02, 0.15], aspect = [0.3, 1 / 0.3], jitter = 0.1 } = options;
  assertImage('cutPaste', 'image', image);
  assertKnownOptions('cutPaste', options, ['area', 'aspect', 'jitter']);
  assertRange('cutPaste', 'area', area, 1e-6, 1);
  assertRange('cutPaste', 'aspect', aspect, 0.01, 100);
  assertFinite('cutPaste', 'jitter', jitter, 0, 1);
  const pixels = random.uniform(...area) * image.width * image.height;
  const ratio = Math.exp(random.uniform(Math.log(aspect[0]), Math.log(aspect[1])));
  const width = Math.min(Math.max(Math.round(Math.sqrt(pixels * ratio)), 1), image.width);
  const height = Math.min(Math.max(Math.round(Math.sqrt(pixels / ratio)), 1), image.height);
  const corner = (): [number, number] => [
    random.integer(image.width - width + 1),
    random.integer(image.height - height + 1),
  ];
  return paste(image, random, { width, height, from: corner(), to: corner(), angle: 0, jitter });
}

/**
 * Cuts a thin strip out of a picture and pastes it turned elsewhere: a scar.
 *
 * @param image - a good picture; not modified
 * @param random - draws everything
 * @param options - size, turn and colour change of the strip; sizes grow with the picture's height
 * @returns a new picture of the same kind and the pasted pixels
 * @throws TypeError or RangeError if the image or an option is not valid
 * @example
 * ```ts
 * import { createRandom } from '@adlib/core';
 * import { cutPasteScar, synthetic } from '@adlib/datasets';
 * const good = await synthetic('weave', { good: 1, size: 96 }).samples.at(-1)!.image();
 * console.log(cutPasteScar(good, createRandom(5), { rotation: 20 }).mask.width); // 96
 * ```
 * @see Li et al., "CutPaste", CVPR 2021, section 3.2
 */
export function cutPasteScar(image: Image, random: Random, options: CutPasteScarOptions = {}): DefectiveImage {
  const { width = [2, 16], length = [10, 25], rotation = 45, jitter = 0.1 } = options;
  assertImage('cutPasteScar', 'image', image);
  assertKnownOptions('cutPasteScar', options, ['width', 'length', 'rotation', 'jitter']);
  assertRange('cutPasteScar', 'width', width, 1, 10_000);
  assertRange('cutPasteScar', 'length', length, 1, 10_000);
  assertFinite('cutPasteScar', 'rotation', rotation, 0, 180);
  assertFinite('cutPasteScar', 'jitter', jitter, 0, 1);
  const unit = image.height / 256;
  const w = Math.min(Math.max(random.uniform(...width) * unit, 1), image.width);
  const h = Math.min(Math.max(random.uniform(...length) * unit, 1), image.height);
  const corner = (): [number, number] => [random.uniform(0, image.width - w), random.uniform(0, image.height - h)];
  const angle = (random.uniform(-rotation, rotation) * Math.PI) / 180;
  return paste(image, random, { width: w, height: h, from: corner(), to: corner(), angle, jitter });
}

/** Pastes by looking back: each pixel under the turned patch takes the nearest pixel of where the patch was cut. */
function paste(image: Image, random: Random, patch: Patch): DefectiveImage {
  const { width, height, channels, data } = image;
  const max = maxValue(image);
  const values = Float64Array.from(data);
  const mask = { data: new Uint8Array(width * height), width, height };
  const change = colourChange(random, patch.jitter, meanOf(image, patch), max);
  const [cos, sin] = [Math.cos(patch.angle), Math.sin(patch.angle)];
  const [cx, cy] = [patch.to[0] + patch.width / 2, patch.to[1] + patch.height / 2];
  const reach = Math.hypot(patch.width, patch.height) / 2 + 1;
  const pixel = [0, 0, 0];
  for (let y = Math.max(0, Math.floor(cy - reach)); y < Math.min(height, cy + reach); y++) {
    for (let x = Math.max(0, Math.floor(cx - reach)); x < Math.min(width, cx + reach); x++) {
      const [dx, dy] = [x + 0.5 - cx, y + 0.5 - cy];
      const u = cos * dx + sin * dy + patch.width / 2;
      const v = cos * dy - sin * dx + patch.height / 2;
      if (u < 0 || v < 0 || u >= patch.width || v >= patch.height) continue;
      const sx = Math.min(Math.floor(patch.from[0] + u), width - 1);
      const sy = Math.min(Math.floor(patch.from[1] + v), height - 1);
      for (let c = 0; c < channels; c++) pixel[c] = data[(sy * width + sx) * channels + c]!;
      change(pixel, channels);
      for (let c = 0; c < channels; c++) values[(y * width + x) * channels + c] = pixel[c]!;
      mask.data[y * width + x] = 1;
    }
  }
  return { image: imageLike(image, values, max), mask };
}

/** Mean luma of the patch where it is cut. */
function meanOf(image: Image, patch: Patch): number {
  const { width, channels, data } = image;
  let [sum, count] = [0, 0];
  for (let y = Math.floor(patch.from[1]); y < Math.min(patch.from[1] + patch.height, image.height); y++) {
    for (let x = Math.floor(patch.from[0]); x < Math.min(patch.from[0] + patch.width, width); x++, count++) {
      sum += luma(data, (y * width + x) * channels, channels);
    }
  }
  return sum / count;
}

function luma(data: ArrayLike<number>, at: number, channels: number): number {
  return channels === 1 ? data[at]! : 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
}

function colourChange(
  random: Random,
  jitter: number,
  mean: number,
  max: number,
): (pixel: number[], channels: number) => void {
  const [brightness, contrast, saturation] = [0, 1, 2].map(() => random.uniform(1 - jitter, 1 + jitter)) as [
    number,
    number,
    number,
  ];
  const cut = (value: number): number => Math.min(Math.max(value, 0), max);
  return (pixel, channels) => {
    for (let c = 0; c < channels; c++) {
      const bright = cut(pixel[c]! * brightness);
      pixel[c] = cut(mean * brightness + contrast * (bright - mean * brightness));
    }
    if (channels === 1) return;
    const grey = luma(pixel, 0, channels);
    for (let c = 0; c < channels; c++) pixel[c] = cut(grey + saturation * (pixel[c]! - grey));
  };
}
