import { argumentMessage, assertOneOf } from '@adlib/core';
import { rgb } from 'd3-color';
import {
  interpolateCividis,
  interpolateInferno,
  interpolateMagma,
  interpolatePlasma,
  interpolateViridis,
} from 'd3-scale-chromatic';

const scales = {
  viridis: interpolateViridis,
  inferno: interpolateInferno,
  magma: interpolateMagma,
  plasma: interpolatePlasma,
  cividis: interpolateCividis,
} as const;

/**
 * Colour scales a heat map can be drawn with. All are perceptually uniform and grow lighter from low to high, so that they
 * keep their order in black and white and for colour-blind readers.
 */
export type Colormap = keyof typeof scales;

/** Every {@link Colormap}, for menus and checks. */
export const COLORMAPS: readonly Colormap[] = Object.keys(scales) as Colormap[];

/** Colour of values that are not a number. */
const NOT_A_NUMBER: readonly [number, number, number] = [128, 128, 128];

/** Levels a colour scale is cut into. */
export const LEVELS = 255;

const tables = new Map<Colormap, Uint8Array>();

/**
 * The colours of a scale: `LEVELS` of them from low to high, then {@link NOT_A_NUMBER}; red, green, blue each. Shared:
 * read it, do not write it.
 *
 * @param name - the scale
 * @returns `3 * (LEVELS + 1)` values, 0 to 255
 */
export function colorTable(name: Colormap): Uint8Array {
  let table = tables.get(name);
  if (table === undefined) {
    table = new Uint8Array(3 * (LEVELS + 1));
    for (let level = 0; level < LEVELS; level++) {
      const { r, g, b } = rgb(scales[name](level / (LEVELS - 1)));
      table.set([r, g, b], 3 * level);
    }
    table.set(NOT_A_NUMBER, 3 * LEVELS);
    tables.set(name, table);
  }
  return table;
}

/**
 * How opaque each colour of {@link colorTable} is laid over a picture, in [0, 1]: `opacity * sqrt(level)`, level in
 * [0, 1]. What is normal leaves the picture as it is; values that are not a number get the full opacity.
 *
 * @param opacity - of the last colour, in [0, 1]
 * @returns `LEVELS + 1` values
 */
export function opacityTable(opacity: number): Float64Array {
  return Float64Array.from(
    { length: LEVELS + 1 },
    (_, level) => opacity * Math.sqrt(Math.min(level / (LEVELS - 1), 1)),
  );
}

/**
 * Throws unless `name` is a colour scale.
 *
 * @param fn - caller, for the message
 * @param name - the scale
 */
export function assertColormap(fn: string, name: unknown): asserts name is Colormap {
  assertOneOf(fn, 'colormap', name, COLORMAPS);
}

/**
 * Throws unless `range` is two finite numbers, the first not above the second.
 *
 * @param fn - caller, for the message
 * @param range - the range
 */
export function assertRange(fn: string, range: unknown): asserts range is readonly [number, number] {
  const hint = 'Pass [low, high], for example the smallest and largest value over all maps.';
  const expected = 'two finite numbers [low, high], low <= high';
  if (!Array.isArray(range)) throw new TypeError(argumentMessage(fn, 'range', expected, range, hint));
  const [low, high] = range as unknown[];
  if (range.length !== 2 || !Number.isFinite(low) || !Number.isFinite(high) || (low as number) > (high as number)) {
    throw new RangeError(argumentMessage(fn, 'range', expected, range, hint));
  }
}
