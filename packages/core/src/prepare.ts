import { argumentMessage, assertFinite, assertKnownOptions, assertLength } from './check.js';
import { assertImage, maxValue, type Image } from './image.js';
import { ndarray, toRowMajor, type AnomalyMap } from './ndarray.js';
import { placeKeys, placePicture, type PlaceOptions } from './placePicture.js';
import { resample, triangleTaps, type Taps } from './resample.js';
import { toChannels } from './resize.js';

/** Options of {@link prepareImage}. */
export interface PrepareOptions extends PlaceOptions {
  /** Channels wanted: grey is repeated, colour becomes luma. @defaultValue those of the picture */
  channels?: 1 | 3;
  /** Subtracted from values in `[0, 1]`: one number, or one per channel. @defaultValue 0 */
  mean?: number | readonly number[];
  /** Divided by afterwards: one number, or one per channel; above 0. @defaultValue 1 */
  std?: number | readonly number[];
  /** `letterbox` only: `edge` repeats the border, a number in `[0, 1]` fills (before normalisation). @defaultValue 'edge' */
  pad?: 'edge' | number;
  /** Where the result goes, `height * width * channels` values: a place in a batch, or memory used again. @defaultValue new memory */
  out?: Float32Array;
}

/** Mean and standard deviation of ImageNet's channels: what pretrained backbones expect in {@link prepareImage}. */
export const imagenetNormalisation: { readonly mean: readonly number[]; readonly std: readonly number[] } = {
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

/**
 * Brings a picture to a network's input: channels, size and `(value - mean) / std` of values in `[0, 1]`. Scaling is
 * {@link resizeBilinear}'s antialiased bilinear filter.
 *
 * @param image - 8 bit, 16 bit or float; not modified
 * @param options - size, mode, channels, normalisation
 * @returns a float32 image of the target size, row-major HWC, in `out` or new memory; the caller's own. With `mean` or `std` its values leave `[0, 1]`
 * @throws TypeError or RangeError if the image or an option is not valid
 * @example
 * ```ts
 * import { prepareImage } from '@adlib/core';
 * const image = { data: new Uint8Array(3 * 5 * 4).fill(255), width: 5, height: 4, channels: 3 } as const;
 * const input = prepareImage(image, { size: [2, 2], mode: 'crop', channels: 1, mean: 0.5, std: 0.5 });
 * console.log(input.data); // 1, 1, 1, 1
 * ```
 */
export function prepareImage(image: Image, options: PrepareOptions): Image & { readonly data: Float32Array } {
  const { size, channels = image.channels, mean = 0, std = 1, pad = 'edge', out } = options;
  assertKnownOptions('prepareImage', options, [...placeKeys, 'channels', 'mean', 'std', 'pad', 'out']);
  assertImage('prepareImage', 'image', image);
  if (channels !== 1 && channels !== 3)
    throw new RangeError(argumentMessage('prepareImage', 'channels', '1 or 3', channels));
  if (pad !== 'edge') assertFinite('prepareImage', 'pad', pad, 0, 1);
  const means = perChannel('mean', mean, channels);
  const stds = perChannel('std', std, channels);
  const source = channels === 1 ? toChannels(image, 1) : image;
  const from = [image.height, image.width] as const;
  const { resized, offset } = placePicture(from, pickPlace(options));
  const rows = placedTaps(from[0], resized[0], offset[0], size[0]);
  const columns = placedTaps(from[1], resized[1], offset[1], size[1]);
  const factor = stds.map((s) => 1 / (maxValue(image) * s));
  const shift = means.map((m, c) => -m / stds[c]!);
  if (out !== undefined) assertOut(out, size, channels);
  const data = resample(source.data, image.width, rows, columns, source.channels, { channels, factor, shift }, out);
  if (pad !== 'edge') {
    const values = shift.map((s, c) => pad * maxValue(image) * factor[c]! + s);
    fillOutside(data, size, resized, offset, values);
  }
  return { data, width: size[1], height: size[0], channels };
}

function assertOut(out: unknown, [height, width]: readonly [number, number], channels: number): void {
  if (!(out instanceof Float32Array))
    throw new TypeError(argumentMessage('prepareImage', 'out', 'a Float32Array', out));
  assertLength('prepareImage', 'out', out, height * width * channels, `${height}×${width}×${channels}`);
}

/** A function of numbers that keeps its results for the 16 latest calls. */
function keepLatest<N extends readonly number[], T>(make: (...numbers: N) => T): (...numbers: N) => T {
  const kept = new Map<string, T>();
  return (...numbers) => {
    const key = numbers.join(' ');
    const value = kept.get(key) ?? make(...numbers);
    kept.delete(key);
    kept.set(key, value);
    if (kept.size > 16) kept.delete(kept.keys().next().value!);
    return value;
  };
}

/** Taps of a target axis: the scaled picture's own where it lies, those of its first or last position beside it. */
const placedTaps = keepLatest(makeTaps);

function makeTaps(from: number, resized: number, offset: number, size: number): Taps[] {
  const start = Math.max(0, -offset);
  const end = Math.min(resized, size - offset);
  const scale = from / resized;
  const taps = triangleTaps(from, end - start, { scale, start: start * scale });
  return Array.from({ length: size }, (_, i) => taps[Math.min(Math.max(i - offset - start, 0), taps.length - 1)]!);
}

/** Fills what lies beside the picture, one value per channel. */
function fillOutside(
  data: Float32Array,
  [height, width]: readonly [number, number],
  resized: readonly [number, number],
  offset: readonly [number, number],
  values: readonly number[],
): void {
  const channels = values.length;
  const right = Math.min(offset[1] + resized[1], width);
  const fill = (y: number, from: number, to: number): void => {
    for (let x = from; x < to; x++) data.set(values, (y * width + x) * channels);
  };
  for (let y = 0; y < height; y++) {
    if (y < offset[0] || y >= offset[0] + resized[0]) fill(y, 0, width);
    else {
      fill(y, 0, Math.max(offset[1], 0));
      fill(y, right, width);
    }
  }
}

function perChannel(name: 'mean' | 'std', value: number | readonly number[], channels: number): readonly number[] {
  const values = typeof value === 'number' ? new Array<number>(channels).fill(value) : value;
  assertLength('prepareImage', name, values, channels, 'one per channel');
  values.forEach((v, c) => {
    assertFinite('prepareImage', `${name}[${c}]`, v);
    if (name === 'std' && v <= 0) throw new RangeError(argumentMessage('prepareImage', `std[${c}]`, 'above 0', v));
  });
  return values;
}

/**
 * Brings an anomaly map of a prepared picture back to the picture's own size: the inverse of {@link prepareImage}'s
 * geometry. Padding is dropped; where `crop` cut the picture, nothing was seen.
 *
 * @param map - shape `[rows, columns]`; it covers the whole prepared picture, at any resolution (a network's grid may be coarser)
 * @param to - `[height, width]` of the original picture, in pixels
 * @param options - the size and mode the picture was prepared with
 * @param unseen - what the map says where nothing was seen
 * @returns a new map of shape `to`, in the map's units
 * @throws RangeError if the map is not two-dimensional or a size is not valid
 * @example
 * ```ts
 * import { ndarray, restoreMap } from '@adlib/core';
 * const map = ndarray(new Float32Array(8 * 8).fill(1), [8, 8]);
 * const restored = restoreMap(map, [20, 30], { size: [64, 64], mode: 'crop' });
 * console.log(restored.shape, restored.get(10, 15), restored.get(10, 0)); // [20, 30] 1 0
 * ```
 */
export function restoreMap(
  map: AnomalyMap,
  to: readonly [number, number],
  options: PlaceOptions,
  unseen = 0,
): AnomalyMap {
  const { size } = options;
  if (map.shape.length !== 2 || map.shape.includes(0)) {
    throw new RangeError(argumentMessage('restoreMap', 'map', 'of shape [height, width]', map.shape));
  }
  const { resized, offset } = placePicture(to, options);
  const [rows, rowSeen] = restoringTaps(map.shape[0]!, size[0], resized[0], offset[0], to[0]);
  const [columns, columnSeen] = restoringTaps(map.shape[1]!, size[1], resized[1], offset[1], to[1]);
  const data = resample(toRowMajor(map), map.shape[1]!, rows, columns, 1);
  rowSeen.forEach((seen, y) => {
    if (!seen) data.fill(unseen, y * to[1], (y + 1) * to[1]);
  });
  columnSeen.forEach((seen, x) => {
    if (!seen) for (let y = 0; y < to[0]; y++) data[y * to[1] + x] = unseen;
  });
  return ndarray(data, [to[0], to[1]]);
}

/** Taps of an original axis into a map's axis, and which original positions the prepared picture showed. */
const restoringTaps = keepLatest(makeRestoringTaps);

function makeRestoringTaps(
  cells: number,
  size: number,
  resized: number,
  offset: number,
  to: number,
): [taps: Taps[], seen: boolean[]] {
  const cellsPerPixel = cells / size;
  const scale = (resized / to) * cellsPerPixel;
  // Cells that lie wholly in the padding are not read; half a cell of rounding is none.
  const low = Math.min(Math.max(Math.floor(offset * cellsPerPixel + 1e-9), 0), cells - 1);
  const high = Math.max(Math.min(Math.ceil((offset + resized) * cellsPerPixel - 1e-9), cells) - 1, low);
  const taps = triangleTaps(cells, to, { scale, start: offset * cellsPerPixel, low, high });
  const seen = Array.from({ length: to }, (_, i) => {
    const at = ((i + 0.5) * resized) / to + offset;
    return at >= 0 && at < size;
  });
  return [taps, seen];
}

function pickPlace({ size, mode, shorterSide }: PlaceOptions): PlaceOptions {
  return { size, ...(mode === undefined ? {} : { mode }), ...(shorterSide === undefined ? {} : { shorterSide }) };
}
