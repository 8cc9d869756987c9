import {
  assertFinite,
  assertImage,
  assertInteger,
  assertKnownOptions,
  maxValue,
  type Image,
  type Mask,
  type Random,
} from '@adlib/core';
import { perlin } from '../perlin.js';
import { imageLike, type DefectiveImage } from './common.js';
import { assertRegion } from './perlinAnomaly.js';

/** Options of {@link corrode}. */
export interface CorrodeOptions {
  /** How far it has gone: the share of `spread` that is rusty, 0 to 1. @defaultValue 0.5 */
  severity?: number;
  /** Where the part is: 1 in a mask of the picture's size. @defaultValue everywhere */
  region?: Mask;
  /** Share of the region that is rusty at severity 1. @defaultValue 0.4 */
  spread?: number;
}

/** Options of {@link corrosion}. */
export interface CorrosionOptions extends Omit<CorrodeOptions, 'severity'> {
  /** Severity after the last week; it grows by the same amount every week. @defaultValue 1 */
  severity?: number;
  /** Standard deviation of the camera's noise, new every week, in units of full brightness. @defaultValue 0.01 */
  noise?: number;
}

/** One week of {@link corrosion}. */
export interface CorrosionStep extends DefectiveImage {
  /** Week, from 0: the part as it was. */
  readonly week: number;
  /** How far it has gone, 0 to 1. */
  readonly severity: number;
}

/**
 * Lets rust grow on a picture of a good part: patches that begin as spots and spread, darker and mottled, brown in colour
 * pictures. Where and when each pixel begins to rust comes from the stream alone, so the same stream with a higher
 * severity gives the same rust, grown: every rusty pixel stays rusty, and no pixel gets better.
 *
 * @param image - a good picture; not modified
 * @param random - draws where it rusts; it is not read from itself, only from streams split off
 * @param options - how far, where
 * @returns a new picture of the same kind; its mask holds `round(severity * spread * n)` of the region's `n` pixels
 * @throws TypeError or RangeError if an argument is not valid, or the region is empty
 * @example
 * ```ts
 * import { createRandom } from '@adlib/core';
 * import { corrode } from '@adlib/datasets';
 * const plate = { data: new Uint8Array(60 * 50 * 3).fill(150), width: 60, height: 50, channels: 3 } as const;
 * const { mask } = corrode(plate, createRandom(4), { severity: 0.25, spread: 0.4 });
 * console.log(mask.data.reduce((a, b) => a + b)); // 300 of 3000
 * ```
 */
export function corrode(image: Image, random: Random, options: CorrodeOptions = {}): DefectiveImage {
  const { severity = 0.5, region, spread = 0.4 } = options;
  assertKnownOptions('corrode', options, ['severity', 'region', 'spread']);
  assertImage('corrode', 'image', image);
  assertFinite('corrode', 'severity', severity, 0, 1);
  assertFinite('corrode', 'spread', spread, 0, 1);
  if (region !== undefined) assertRegion('corrode', image, region);
  return paintRust(image, rustOf(image, random, region), severity * spread);
}

/**
 * The same part over weeks, with rust that grows: for methods that follow a part, where the score has to rise from week to
 * week. Each week has its own camera noise.
 *
 * @param image - the part as it was; not modified
 * @param weeks - weeks after week 0, 1 or more
 * @param random - draws rust and noise
 * @param options - how far, where, how noisy
 * @returns `weeks + 1` pictures; masks grow, each holds the one before it, and that of week 0 is empty
 * @throws TypeError or RangeError if an argument is not valid, or the region is empty
 * @example
 * ```ts
 * import { createRandom } from '@adlib/core';
 * import { corrosion, synthetic } from '@adlib/datasets';
 * const [sample] = synthetic('screw', { good: 1, testGood: 0, defective: 0, size: 64 }).samples;
 * const steps = corrosion(await sample!.image(), 3, createRandom(1));
 * console.log(steps.map(({ mask }) => mask.data.reduce((a, b) => a + b))); // 0, 546, 1092, 1638
 * ```
 * @see "Rust progression analysis", where a reconstruction error is followed over three weeks
 */
export function corrosion(
  image: Image,
  weeks: number,
  random: Random,
  options: CorrosionOptions = {},
): CorrosionStep[] {
  const { severity = 1, noise = 0.01, region, spread = 0.4 } = options;
  assertKnownOptions('corrosion', options, ['severity', 'noise', 'region', 'spread']);
  assertImage('corrosion', 'image', image);
  assertInteger('corrosion', 'weeks', weeks, 1, 10_000);
  assertFinite('corrosion', 'severity', severity, 0, 1);
  assertFinite('corrosion', 'noise', noise, 0, 1);
  assertFinite('corrosion', 'spread', spread, 0, 1);
  if (region !== undefined) assertRegion('corrosion', image, region);
  const rust = rustOf(image, random, region);
  const max = maxValue(image);
  return Array.from({ length: weeks + 1 }, (_, week) => {
    const grown = (severity * week) / weeks;
    const { image: rusty, mask } = paintRust(image, rust, grown * spread);
    const grain = random.split('grain').split(week);
    const noisy = Float64Array.from(rusty.data, (value) => value + max * noise * grain.normal());
    return { week, severity: grown, image: imageLike(image, noisy, max), mask };
  });
}

/** When each pixel begins to rust, as a share of the region: 0 first, near 1 last, above 1 never; and how it looks. */
interface Rust {
  readonly onset: Float32Array;
  readonly mottle: Float32Array;
  readonly pixels: number;
}

function rustOf({ width, height }: Image, random: Random, region: Mask | undefined): Rust {
  const scale = Math.min(width, height);
  const [coarse, middle, fine] = ['coarse', 'middle', 'fine'].map((name) => perlin(random.split(name))) as [
    ReturnType<typeof perlin>,
    ReturnType<typeof perlin>,
    ReturnType<typeof perlin>,
  ];
  const inside: number[] = [];
  const field = new Float32Array(width * height);
  const mottle = new Float32Array(width * height);
  for (let i = 0; i < field.length; i++) {
    if (region !== undefined && region.data[i] !== 1) continue;
    const [x, y] = [(i % width) / scale, Math.floor(i / width) / scale];
    field[i] = coarse(4 * x + 0.5, 4 * y + 0.5) + 0.5 * middle(11 * x, 11 * y) + 0.2 * fine(37 * x, 37 * y);
    mottle[i] = 0.5 * middle(23 * x + 9, 23 * y + 9) + 0.5 * fine(53 * x + 9, 53 * y + 9);
    inside.push(i);
  }
  // Ranks instead of values: a share of the region, exactly, whatever the noise.
  inside.sort((a, b) => field[b]! - field[a]! || a - b);
  const onset = new Float32Array(width * height).fill(2);
  inside.forEach((i, rank) => (onset[i] = rank / inside.length));
  return { onset, mottle, pixels: inside.length };
}

const rustColour = [0.43, 0.22, 0.1];

function paintRust(image: Image, { onset, mottle, pixels }: Rust, share: number): DefectiveImage {
  const { width, height, channels, data } = image;
  const max = maxValue(image);
  const values = Float64Array.from(data);
  const mask = { data: new Uint8Array(width * height), width, height };
  const count = Math.round(share * pixels);
  for (let i = 0; i < onset.length; i++) {
    if (Math.round(onset[i]! * pixels) >= count) continue;
    mask.data[i] = 1;
    // A thin film at the rim, a crust in the middle of an old patch.
    const depth = 0.35 + 0.6 * Math.min(1, (share - onset[i]!) / 0.12);
    for (let c = 0; c < channels; c++) {
      const tone = (channels === 1 ? 0.25 : rustColour[c]!) * (1 + 0.5 * mottle[i]!);
      const at = i * channels + c;
      values[at]! += Math.min(0.95, depth) * (max * tone - values[at]!);
    }
  }
  return { image: imageLike(image, values, max), mask };
}
