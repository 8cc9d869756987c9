import {
  argumentMessage,
  assertFinite,
  assertImage,
  assertKnownOptions,
  resizeBilinear,
  toChannels,
  toFloat,
  toRowMajor,
  type AnomalyMap,
  type Image,
} from '@adlib/core';
import { assertColormap, assertRange, colorTable, LEVELS, opacityTable, type Colormap } from './colormap.js';

/** Options of {@link renderHeatmap}. */
export interface HeatmapOptions {
  /**
   * Values of the map, in its raw units, that get the first and the last colour; values outside get the nearer of the two.
   * Pass the same range for all maps that are to be compared.
   *
   * @defaultValue smallest and largest finite value of the map
   */
  range?: readonly [number, number];
  /** Colour scale. @defaultValue 'plasma' */
  colormap?: Colormap;
}

/** Options of {@link overlayHeatmap}. */
export interface OverlayOptions extends HeatmapOptions {
  /** How much of the last colour is seen, in [0, 1]; lower values are fainter. @defaultValue 0.85 */
  opacity?: number;
  /** Whether to take the colour out of the picture first, so that every colour seen is the heat map's. @defaultValue true */
  greyPicture?: boolean;
}

/** How much of the last colour an overlay shows. */
export const OPACITY = 0.85;

/** The colour scale of heat maps. */
export const COLORMAP: Colormap = 'plasma';

/**
 * Draws an anomaly map in colours: `colour(round((v - low) / (high - low)))`, cut to the scale. Values that are not a
 * number become mid grey; infinite values get the last (or first) colour. A flat map gets the first colour throughout.
 *
 * @param map - values of shape `[height, width]`, any units; not modified
 * @param options - range and colour scale
 * @returns a new 8-bit RGB image of the map's size
 * @throws TypeError if the map is not a two-dimensional view or an option is unknown, RangeError for a bad range or scale
 * @example
 * ```ts
 * import { ndarray } from '@adlib/core';
 * import { renderHeatmap } from '@adlib/report';
 * const map = ndarray(new Float32Array([0, 0.1, 0.2, 0.4, 0.8, 1.6]), [2, 3]);
 * const picture = renderHeatmap(map, { range: [0, 1], colormap: 'viridis' });
 * console.log(picture.width, picture.height, picture.channels); // 3 2 3
 * ```
 * @see Smith and van der Walt, "A better default colormap for matplotlib", SciPy 2015 (viridis, inferno)
 */
export function renderHeatmap(map: AnomalyMap, options: HeatmapOptions = {}): Image {
  assertMap('renderHeatmap', map);
  assertKnownOptions('renderHeatmap', options, ['range', 'colormap']);
  const values = toRowMajor(map);
  const { range = finiteRange([values]), colormap = COLORMAP } = options;
  assertRange('renderHeatmap', range);
  assertColormap('renderHeatmap', colormap);
  const [height, width] = map.shape as readonly [number, number];
  const table = colorTable(colormap);
  const levels = colorLevels(values, range);
  const data = new Uint8Array(3 * values.length);
  for (let i = 0; i < data.length; i++) data[i] = table[3 * levels[(i / 3) | 0]! + (i % 3)]!;
  return { data, width, height, channels: 3 };
}

/**
 * Lays a heat map over the picture it belongs to: `a * heat + (1 - a) * picture` with `a = opacity * sqrt(t)` and
 * `t = (v - low) / (high - low)` cut to [0, 1]. What is normal leaves the picture as it is. A map of another size is resized
 * to the picture's; where it is not a number, mid grey is laid over at the full opacity.
 *
 * @param image - the picture; not modified
 * @param map - its anomaly map, raw units; not modified
 * @param options - range, colour scale, opacity, and whether the picture is made grey first
 * @returns a new 8-bit RGB image of the picture's size
 * @throws TypeError if an argument is of the wrong kind or an option is unknown, RangeError for a bad value
 * @example
 * ```ts
 * import { ndarray } from '@adlib/core';
 * import { encodePng, overlayHeatmap } from '@adlib/report';
 * const image = { data: new Uint8Array([10, 90, 200, 40, 60, 80]), width: 3, height: 2, channels: 1 } as const;
 * const map = ndarray(new Float32Array([0, 0.1, 0.2, 0.4, 0.8, 1.6]), [2, 3]);
 * const png = encodePng(overlayHeatmap(image, map, { range: [0, 2], opacity: 0.5 }));
 * console.log(png.length > 0); // true
 * ```
 */
export function overlayHeatmap(image: Image, map: AnomalyMap, options: OverlayOptions = {}): Image {
  assertImage('overlayHeatmap', 'image', image);
  assertMap('overlayHeatmap', map);
  assertKnownOptions('overlayHeatmap', options, ['range', 'colormap', 'opacity', 'greyPicture']);
  const { opacity = OPACITY, greyPicture = true, colormap = COLORMAP, range } = options;
  assertFinite('overlayHeatmap', 'opacity', opacity, 0, 1);
  assertColormap('overlayHeatmap', colormap);
  if (range !== undefined) assertRange('overlayHeatmap', range);
  const { width, height } = image;
  const values = fitMap(map, height, width);
  const table = colorTable(colormap);
  const levels = colorLevels(values, range ?? finiteRange([values]));
  const opacities = opacityTable(opacity);
  const picture = toChannels(toChannels(toFloat(image), greyPicture ? 1 : image.channels), 3).data;
  const data = new Uint8Array(picture.length);
  for (let i = 0; i < data.length; i++) {
    const level = levels[(i / 3) | 0]!;
    const a = opacities[level]!;
    const shade = 255 * Math.min(Math.max(picture[i]! || 0, 0), 1);
    data[i] = Math.round(a * table[3 * level + (i % 3)]! + (1 - a) * shade);
  }
  return { data, width, height, channels: 3 };
}

/**
 * Throws unless `map` is a two-dimensional view with at least one value.
 *
 * @param fn - caller, for the message
 * @param map - the map
 */
export function assertMap(fn: string, map: unknown): asserts map is AnomalyMap {
  const shape = (map as Partial<AnomalyMap> | null | undefined)?.shape;
  if (!Array.isArray(shape) || shape.length !== 2 || typeof (map as AnomalyMap).data?.length !== 'number') {
    throw new TypeError(argumentMessage(fn, 'map', 'a view of shape [height, width]', map, 'Make one with ndarray().'));
  }
  if (!(shape[0] > 0 && shape[1] > 0)) {
    throw new RangeError(argumentMessage(fn, 'map.shape', 'two positive sizes', shape));
  }
}

/**
 * The map's values in row-major order, resized where it is not of this size.
 *
 * @param map - values of any size
 * @param height - rows wanted
 * @param width - columns wanted
 * @returns `height * width` values; the map's own where nothing had to change
 */
export function fitMap(map: AnomalyMap, height: number, width: number): Float32Array {
  const values = toRowMajor(map);
  const [mapHeight, mapWidth] = map.shape as readonly [number, number];
  if (mapHeight === height && mapWidth === width) return values;
  return resizeBilinear(values, [mapHeight, mapWidth], [height, width]);
}

/**
 * Index into the colour table of each value.
 *
 * @param values - raw values
 * @param range - values of the first and the last colour
 * @returns one index in [0, LEVELS] for each value
 */
export function colorLevels(values: Float32Array, [low, high]: readonly [number, number]): Uint8Array {
  const scale = high > low ? (LEVELS - 1) / (high - low) : 0;
  const levels = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    if (Number.isNaN(v)) levels[i] = LEVELS;
    else levels[i] = v <= low ? 0 : v >= high ? (scale === 0 ? 0 : LEVELS - 1) : Math.round((v - low) * scale);
  }
  return levels;
}

/**
 * Smallest and largest finite value over several arrays; [0, 0] where there is none.
 *
 * @param arrays - raw values
 * @returns smallest and largest
 */
export function finiteRange(arrays: readonly Float32Array[]): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const values of arrays) {
    for (const v of values) {
      if (!Number.isFinite(v)) continue;
      if (v < low) low = v;
      if (v > high) high = v;
    }
  }
  return low <= high ? [low, high] : [0, 0];
}
