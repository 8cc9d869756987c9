import { quantile } from 'd3-array';
import { maxValue, ndarray, resizeBilinear, toRowMajor, type AnomalyMap, type Image, type Mask } from '@adlib/core';
import type { EvaluationSample } from '@adlib/pipeline';
import { colorTable, opacityTable, type Colormap } from './colormap.js';
import { assertMap, colorLevels, fitMap, finiteRange, OPACITY } from './heatmap.js';
import { encodeIndexedPng, encodePng, pngAddress } from './png.js';

/** The pictures of one sample, ready for the page. */
export interface Pictures {
  /** Width as drawn, in pixels. */
  width: number;
  /** Height as drawn, in pixels. */
  height: number;
  /** `data:` address of the picture. */
  image: string;
  /** `data:` address of the heat map, to be laid over the grey picture. */
  heat?: string;
  /** `data:` address of the ground truth, white on black. */
  mask?: string;
}

/** What is drawn of a sample. */
export type Parts = Pick<EvaluationSample, 'image' | 'map' | 'mask'>;

/** Longest side of a picture in the report, in pixels. */
const MAX_SIDE = 400;
/** No picture is made smaller than this, whatever it takes. */
const MIN_SIDE = 64;
/** Characters that all pictures of a report may take together. */
const BUDGET = 4_200_000;

/**
 * Draws one sample at the largest size, up to `MAX_SIDE` and never above its own, at which it keeps within its share of
 * the report's budget.
 *
 * @param sample - picture, map, mask
 * @param samples - how many samples share the budget
 * @param range - values of the first and the last colour
 * @param colormap - the scale of the heat map
 * @returns the pictures as `data:` addresses
 */
export function drawSample(
  sample: Parts,
  samples: number,
  range: readonly [number, number],
  colormap: Colormap,
): Pictures {
  const longest = Math.max(sample.image.width, sample.image.height);
  const budget = BUDGET / samples;
  let side = Math.min(longest, MAX_SIDE);
  // Large pictures are read once; what does not fit yet is made smaller from there.
  const first = shrink(sample, side / longest);
  for (let parts = first; ; parts = shrink(first, side / Math.max(first.image.width, first.image.height))) {
    const pictures = encodeParts(parts, range, colormap);
    const size = pictures.image.length + (pictures.heat?.length ?? 0) + (pictures.mask?.length ?? 0);
    if (size <= budget || side <= MIN_SIDE) return pictures;
    side = Math.max(MIN_SIDE, Math.min(side - 1, Math.floor(0.97 * side * Math.sqrt(budget / size))));
  }
}

function shrink({ image, map, mask }: Parts, scale: number): Parts {
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  return {
    image: shrinkImage(image, height, width),
    ...(map !== undefined && { map: ndarray(fitMap(map, height, width), [height, width]) }),
    ...(mask !== undefined && { mask: shrinkMask(mask, height, width) }),
  };
}

function encodeParts({ image, map, mask }: Parts, range: readonly [number, number], colormap: Colormap): Pictures {
  const { width, height } = image;
  const pictures: Pictures = { width, height, image: pngAddress(encodePng(image)) };
  if (map !== undefined) {
    const levels = colorLevels(map.data, range);
    pictures.heat = pngAddress(encodeIndexedPng(levels, [height, width], colorTable(colormap), opacityTable(OPACITY)));
  }
  if (mask !== undefined) {
    const white = mask.data.map((v) => 255 * v);
    pictures.mask = pngAddress(encodePng({ data: white, width, height, channels: 1 }));
  }
  return pictures;
}

/** A picture as 8-bit, at another size. */
function shrinkImage(image: Image, height: number, width: number): Image {
  if (image.data instanceof Uint8Array && image.width === width && image.height === height) return image;
  const values = resizeBilinear(image.data, [image.height, image.width], [height, width], image.channels);
  const scale = 255 / maxValue(image);
  const data = new Uint8Array(values.length);
  for (let i = 0; i < data.length; i++) data[i] = Math.round(Math.min(Math.max(scale * values[i]! || 0, 0), 255));
  return { data, width, height, channels: image.channels };
}

/** Ground truth at another size: 1 where any of the defect falls into a pixel, so that thin defects stay. */
function shrinkMask(mask: Mask, height: number, width: number): Mask {
  const values = resizeBilinear(mask.data, [mask.height, mask.width], [height, width]);
  const data = new Uint8Array(values.length);
  for (let i = 0; i < data.length; i++) data[i] = values[i]! > 0 ? 1 : 0;
  return { data, width, height };
}

/** Values looked at to find the shared range. */
const SAMPLED = 200_000;

/**
 * The range of colours shared by all maps of a report: from the smallest value to the 99.9th percentile, so that a few
 * hot pixels do not make everything else dark. `clipped` tells that some values lie above.
 *
 * @param maps - all maps of the report
 * @returns the range in raw units
 */
export function sharedRange(maps: readonly AnomalyMap[]): { range: [number, number]; clipped: boolean } {
  const arrays = maps.map((map) => {
    assertMap('renderReport', map);
    return toRowMajor(map);
  });
  const [low, high] = finiteRange(arrays);
  const total = arrays.reduce((sum, values) => sum + values.length, 0);
  const step = Math.max(1, Math.ceil(total / SAMPLED));
  const sampled: number[] = [];
  for (const values of arrays) {
    for (let i = 0; i < values.length; i += step) if (Number.isFinite(values[i]!)) sampled.push(values[i]!);
  }
  const top = quantile(sampled, 0.999) ?? high;
  return top > low ? { range: [low, top], clipped: high > top } : { range: [low, high], clipped: false };
}
