import {
  assertFinite,
  assertImage,
  assertKnownOptions,
  assertOneOf,
  maxValue,
  type Image,
  type Mask,
  type Random,
} from '@adlib/core';
import type { Canvas, Part } from '../synthetic/canvas.js';
import { allSyntheticDefects, applyDefect, type SyntheticDefect } from '../synthetic/defects.js';
import { imageLike, type DefectiveImage } from './common.js';
import { assertRegion } from './perlinAnomaly.js';

/** Options of {@link paintDefect}. */
export interface PaintDefectOptions {
  /** Where the defect's middle may be and what it may cover: 1 in a mask of the picture's size. @defaultValue everywhere */
  region?: Mask;
  /** How strongly it shows: 1 as drawn, towards 0 it fades into the picture. @defaultValue 1 */
  severity?: number;
}

/**
 * Paints a scratch, a dent, a stain, a missing or misplaced piece or a blur onto a picture of a good part. What shows where a
 * piece is missing is the mean of the picture's corners.
 *
 * @param image - a good picture of at least 64 pixels a side; not modified
 * @param kind - which defect
 * @param random - draws everything
 * @param options - where, and how strongly
 * @returns a new picture of the same kind and the defect's pixels
 * @throws TypeError or RangeError if an argument is not valid, or the region is empty
 * @example
 * ```ts
 * import { createRandom } from '@adlib/core';
 * import { paintDefect } from '@adlib/datasets';
 * const good = { data: new Uint16Array(80 * 100).fill(40000), width: 100, height: 80, channels: 1 } as const;
 * const { image, mask } = paintDefect(good, 'stain', createRandom(1), { severity: 0.5 });
 * console.log(image.data.constructor.name, mask.data.includes(1)); // Uint16Array true
 * ```
 */
export function paintDefect(
  image: Image,
  kind: SyntheticDefect,
  random: Random,
  options: PaintDefectOptions = {},
): DefectiveImage {
  const { region, severity = 1 } = options;
  assertImage('paintDefect', 'image', image);
  assertOneOf('paintDefect', 'kind', kind, allSyntheticDefects);
  assertKnownOptions('paintDefect', options, ['region', 'severity']);
  assertFinite('paintDefect', 'severity', severity, 0, 1);
  if (region !== undefined) assertRegion('paintDefect', image, region);
  const { width, height, channels, data } = image;
  const max = maxValue(image);
  const corners = cornerMean(image);
  const whole = region === undefined ? new Float32Array(width * height).fill(1) : Float32Array.from(region.data);
  const canvas: Canvas = {
    width,
    height,
    channels,
    scale: Math.min(width, height),
    coverage: whole.slice(),
    background: Float32Array.from(data, (_, i) => corners[i % channels]! / max),
    surface: Float32Array.from(data, (value) => value / max),
  };
  const mask = applyDefect(canvas, placing(image, region), kind, random);
  const values = Float64Array.from(data, (value, i) => {
    const pixel = Math.floor(i / channels);
    if (whole[pixel] === 0) return value;
    const share = canvas.coverage[pixel]!;
    const changed = max * (canvas.background[i]! + share * (canvas.surface[i]! - canvas.background[i]!));
    return value + severity * (changed - value);
  });
  mask.data.forEach((one, i) => (mask.data[i] = one * whole[i]!));
  return { image: imageLike(image, values, max), mask };
}

/** Only says where a defect may be; nothing is drawn from it. */
function placing({ width, height, channels }: Image, region: Mask | undefined): Part {
  const scale = Math.min(width, height);
  const allowed = region === undefined ? [] : [...region.data.keys()].filter((i) => region.data[i] === 1);
  const place = (random: Random): readonly [number, number] => {
    if (region === undefined)
      return [random.uniform(-0.4, 0.4) * (width / scale), random.uniform(-0.4, 0.4) * (height / scale)];
    const i = allowed[random.integer(allowed.length)]!;
    return [((i % width) + 0.5 - width / 2) / scale, (Math.floor(i / width) + 0.5 - height / 2) / scale];
  };
  return { channels, paint: () => undefined, inside: place, edge: place };
}

function cornerMean({ data, width, height, channels }: Image): number[] {
  const corners = [0, width - 1, (height - 1) * width, height * width - 1];
  return Array.from({ length: channels }, (_, c) => corners.reduce((sum, i) => sum + data[i * channels + c]!, 0) / 4);
}
