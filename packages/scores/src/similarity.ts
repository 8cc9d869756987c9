import { ndarray, type Image } from '@adlib/core';
import { compareChannels } from './compareChannels.js';
import { gradientMagnitude, sobel } from './gradient.js';
import { localSimilarity, type LocalPart, type LocalSettings } from './localSimilarity.js';
import { assertPair } from './pair.js';
import { returnPlanes } from './planePool.js';
import { toPlanes } from './planes.js';
import { raise } from './power.js';
import { forEachEnlargedRow, halve, shrink, type Level } from './pyramid.js';
import { countEdges, croppedMean, partitionRelative, poolByEdges, poolRegionMeans, sumRegions } from './regions.js';
import {
  fillSettings,
  fitWindow,
  lazyResult,
  makeWindow,
  type FullSettings,
  type SimilarityOptions,
  type SimilarityResult,
  type SimilarityVariant,
} from './similarityOptions.js';

/** Which measure of the family. */
export interface Measure {
  /** Name of the public function, for messages. */
  fn: string;
  /** Whether gradients are compared. */
  gradient: boolean;
  /** Whether pixels are pooled by content. */
  partition: boolean;
  /** Whether several scales are combined. */
  scales: boolean;
  /** Variants it has. */
  variants: readonly (SimilarityVariant | 'skimage')[];
}

/** Weights of the scales, finest first: Wang et al. 2003 (they sum to 1.0001 and are used as published). */
const wangWeights = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];
/** Weights of the scales 1, 1/2, 1/4, 1/8 in the Zanon-Diaz library. */
const zdWeights = [0.5, 0.25, 0.125, 0.125];

/** Similarity over an image or a scale of it. */
interface Compared {
  value: number;
  /** Gives the similarity at each of its pixels; called at most once. */
  makeLocal: () => Float64Array;
}

/**
 * Computes a measure of the family.
 *
 * @param measure - which one
 * @param image - the reference
 * @param reconstruction - what is compared with it
 * @param options - as passed by the caller
 * @returns similarity, score and map
 */
export function compare(
  measure: Measure,
  image: Image,
  reconstruction: Image,
  options: SimilarityOptions<SimilarityVariant | 'skimage'>,
): SimilarityResult {
  const settings = fillSettings(measure.fn, options, measure.variants, measure.partition);
  assertPair(measure.fn, image, reconstruction);
  const size = [image.height, image.width] as const;
  const side = fitWindow(measure.fn, settings, size);
  if (
    measure.fn === 'ssim' &&
    settings.dataRange !== 'pair' &&
    (settings.color === 'channels' || image.channels === 1)
  ) {
    return compareChannels(image, reconstruction, localSettings(settings, side, settings.dataRange));
  }
  const x = toPlanes(image, settings.color);
  const y = toPlanes(reconstruction, settings.color);
  const compared = x.map((plane, c) => comparePlanes(measure, settings, { data: plane, size }, { data: y[c]!, size }));
  returnPlanes(...x, ...y);
  const similarity = compared.reduce((sum, { value }) => sum + value, 0) / compared.length;
  return lazyResult(similarity, 1 - similarity, () => {
    const map = new Float32Array(size[0] * size[1]);
    for (const { makeLocal } of compared) addDistances(makeLocal(), map, compared.length);
    return ndarray(map, size);
  });
}

function addDistances(local: Float64Array, map: Float32Array, channels: number): void {
  const share = 1 / channels;
  for (let i = 0; i < map.length; i++) map[i]! += (1 - local[i]!) * share;
}

function comparePlanes(measure: Measure, settings: FullSettings, x: Level, y: Level): Compared {
  if (!measure.scales) {
    return settings.variant === 'zd'
      ? compareZd(measure, settings, x, y)
      : compareWang(measure, settings, x, y, 'product');
  }
  return settings.variant === 'zd' ? averageScales(measure, settings, x, y) : multiplyScales(measure, settings, x, y);
}

/** One scale of `wang` and `skimage`; for a gradient measure the luminance comes from the planes, the rest from gradients. */
function compareWang(
  { fn, gradient, partition }: Measure,
  settings: FullSettings,
  x: Level,
  y: Level,
  part: 'product' | 'contrast',
): Compared {
  const { size } = x;
  const side = fitWindow(fn, settings, size);
  const local = localSettings(settings, side, rangeOf(settings, x.data, y.data));
  const needsGradients = gradient || partition;
  const gx = needsGradients ? gradientMagnitude(x, sobel) : x.data;
  const gy = needsGradients ? gradientMagnitude(y, sobel) : y.data;
  let values: Float64Array;
  if (gradient) {
    values = localSimilarity(gx, gy, size, local, 'contrast');
    if (part === 'product') {
      const luminance = localSimilarity(x.data, y.data, size, local, 'luminance');
      for (let i = 0; i < values.length; i++) values[i]! *= luminance[i]!;
    }
  } else {
    values = localSimilarity(x.data, y.data, size, local, part);
  }
  const crop = (side - 1) / 2;
  const value = partition
    ? poolRegionMeans(sumRegions(values, partitionRelative(gx, gy), size, crop))
    : croppedMean(values, size, crop);
  if (needsGradients) returnPlanes(gx, gy);
  return { value, makeLocal: () => values };
}

/** One scale of `zd`: the whole SSIM of the planes, or of their gradients; partition by the planes' gradients. */
function compareZd({ fn, gradient, partition }: Measure, settings: FullSettings, x: Level, y: Level): Compared {
  const { size } = x;
  const side = fitWindow(fn, settings, size);
  const [a, b] = gradient ? [gradientMagnitude(x, sobel), gradientMagnitude(y, sobel)] : [x.data, y.data];
  const local = localSimilarity(a, b, size, localSettings(settings, side, rangeOf(settings, a, b)), 'product');
  if (gradient) returnPlanes(a, b);
  const value = partition ? poolByEdges(local, countEdges(x, y)) : croppedMean(local, size, (side - 1) / 2);
  return { value, makeLocal: () => local };
}

/** Product over scales of the means of contrast (the coarsest: with luminance), each to the power of its weight. */
function multiplyScales(measure: Measure, settings: FullSettings, x: Level, y: Level): Compared {
  const weights = scaleWeights(measure.fn, settings, x.size);
  const full = x.size;
  const halves: Float64Array[] = [];
  let value = 1;
  const scales = weights.map((weight, j) => {
    if (j > 0) {
      x = halve(x);
      y = halve(y);
      halves.push(x.data, y.data);
    }
    const part: LocalPart = j === weights.length - 1 ? 'product' : 'contrast';
    const scale = compareWang(measure, settings, x, y, part);
    value *= Math.max(scale.value, 0) ** weight;
    return { weight, size: x.size, makeLocal: scale.makeLocal };
  });
  returnPlanes(...halves);
  const makeLocal = (): Float64Array => {
    const map = new Float64Array(full[0] * full[1]).fill(1);
    for (const { weight, size, makeLocal: own } of scales) {
      const data = own();
      // The power is taken before enlarging: a fifth of the work.
      raise(data, weight);
      forEachEnlargedRow({ data, size }, full, (row, line) => {
        multiplyInto(map, row * full[1], line);
      });
    }
    return map;
  };
  return { value, makeLocal };
}

function multiplyInto(map: Float64Array, start: number, line: Float64Array): void {
  for (let i = 0; i < line.length; i++) map[start + i]! *= line[i]!;
}

/** Five scales, or with `small: 'shrink'` as many as the window fits in, their weights brought to the same sum. */
function scaleWeights(fn: string, settings: FullSettings, size: readonly [number, number]): readonly number[] {
  const smallest = Math.min(...size);
  const least = settings.windowSize * 2 ** (wangWeights.length - 1);
  if (smallest >= least) return wangWeights;
  if (settings.small === 'error') {
    throw new RangeError(
      `${fn}: image must be at least ${least}×${least} (five scales of the window), got ${size[0]}×${size[1]}. ` +
        "Try small: 'shrink' or a smaller windowSize, or enlarge the images.",
    );
  }
  let count = 1;
  while (count < wangWeights.length && smallest >= settings.windowSize * 2 ** count) count++;
  const kept = wangWeights.slice(0, count);
  const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b);
  const factor = sum(wangWeights) / sum(kept);
  return kept.map((w) => w * factor);
}

/** Weighted mean over the scales 1, 1/2, 1/4, 1/8; a scale whose shorter side is under 7 pixels is left out. */
function averageScales(measure: Measure, settings: FullSettings, x: Level, y: Level): Compared {
  let value = 0;
  let total = 0;
  const scales: { weight: number; size: Level['size']; makeLocal: () => Float64Array }[] = [];
  zdWeights.forEach((weight, j) => {
    const scale = 2 ** -j;
    if (j > 0 && Math.floor(Math.min(...x.size) * scale) < 7) return;
    const a = shrink(x, scale);
    const compared = compareZd(measure, settings, a, shrink(y, scale));
    value += weight * compared.value;
    total += weight;
    scales.push({ weight, size: a.size, makeLocal: compared.makeLocal });
  });
  const makeLocal = (): Float64Array => {
    const map = new Float64Array(x.data.length);
    for (const { weight, size, makeLocal: own } of scales) {
      forEachEnlargedRow({ data: own(), size }, x.size, (row, line) => {
        addInto(map, row * x.size[1], line, weight / total);
      });
    }
    return map;
  };
  return { value: value / total, makeLocal };
}

function addInto(map: Float64Array, start: number, line: Float64Array, weight: number): void {
  for (let i = 0; i < line.length; i++) map[start + i]! += weight * line[i]!;
}

function rangeOf({ dataRange }: FullSettings, x: Float64Array, y: Float64Array): number {
  return dataRange === 'pair' ? Math.max(valueRange(x), valueRange(y)) || 1 : dataRange;
}

function localSettings(settings: FullSettings, side: number, range: number): LocalSettings {
  const n = side * side;
  return {
    window: makeWindow(settings, side),
    c1: (settings.k1 * range) ** 2,
    c2: (settings.k2 * range) ** 2,
    covariance: settings.sampleCovariance ? n / (n - 1) : 1,
  };
}

/** Two of each, not to wait for each; NaN is left out. */
function valueRange(values: Float64Array): number {
  let [min, max, least, most] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < values.length; i += 2) {
    const v = values[i]!;
    const w = values[Math.min(i + 1, values.length - 1)]!;
    min = v < min ? v : min;
    max = v > max ? v : max;
    least = w < least ? w : least;
    most = w > most ? w : most;
  }
  return Math.max(max, most) - Math.min(min, least);
}
