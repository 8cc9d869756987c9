import {
  argumentMessage,
  assertFinite,
  assertInteger,
  assertKnownOptions,
  assertOneOf,
  type AnomalyMap,
} from '@adlib/core';
import { gaussianWindow, uniformWindow, type Window } from './window.js';

/**
 * Which published form of the SSIM family. `wang`: Gaussian window 11, population covariance, fixed data range, scales
 * multiplied (Wang et al. 2003 and 2004; content partition of Li and Bovik 2010; gradients of Chen et al. 2006).
 * `zd`: the library behind the dual-mode paper (Zanon-Diaz): uniform window 7, sample covariance, data range of the
 * pair, grey, absolute content thresholds, scales averaged.
 */
export type SimilarityVariant = 'wang' | 'zd';

/** Options of every measure of the SSIM family. */
export interface SimilarityOptions<Variant extends string = SimilarityVariant> {
  /** Which published form; it sets the defaults of the options below. @defaultValue 'wang' */
  variant?: Variant;
  /** Form of the window. @defaultValue 'gaussian' for `wang`, 'uniform' for `skimage` and `zd` */
  window?: 'gaussian' | 'uniform';
  /** Side of the window in pixels, odd. @defaultValue `2 floor(3.5 sigma + 0.5) + 1` (11 for sigma 1.5), or 7 for a uniform window */
  windowSize?: number;
  /** Standard deviation of a Gaussian window, in pixels. @defaultValue 1.5 */
  sigma?: number;
  /** Whether variances are multiplied by N / (N - 1), N = windowSize². @defaultValue false for `wang`, true for `skimage` and `zd` */
  sampleCovariance?: boolean;
  /** Range L of the values on the scale 0..1, or `pair`: the larger range of the two images. @defaultValue 1, for `zd` 'pair' */
  dataRange?: number | 'pair';
  /** K1 of `C1 = (K1 L)²`. @defaultValue 0.01 */
  k1?: number;
  /** K2 of `C2 = (K2 L)²`. @defaultValue 0.03 */
  k2?: number;
  /** Whether colour images are compared per channel (mean over channels) or as grey. @defaultValue 'channels' for SSIM, MS-SSIM, G-SSIM and MS-G-SSIM of `wang` and `skimage`, else 'grey' */
  color?: 'channels' | 'grey';
  /** Images that are too small: `error`, or `shrink`: the largest odd window that fits and only the scales that fit. @defaultValue 'error', for `zd` 'shrink' */
  small?: 'error' | 'shrink';
}

/** What a comparison of two images gives. */
export interface SimilarityResult {
  /** The measure as published: 1 for equal images. */
  readonly similarity: number;
  /** `1 - similarity`: raw, higher = more anomalous. */
  readonly score: number;
  /** `1 - local similarity` at every pixel of the image, shape `[height, width]`; some measures make it when it is first read. */
  readonly map: AnomalyMap;
}

/**
 * A result whose map is made when it is first read: most callers want the number alone.
 *
 * @param similarity - the measure
 * @param score - the score
 * @param makeMap - makes the map; called at most once
 * @returns the result
 */
export function lazyResult(similarity: number, score: number, makeMap: () => AnomalyMap): SimilarityResult {
  let made: AnomalyMap | undefined;
  let make: (() => AnomalyMap) | undefined = makeMap;
  return {
    similarity,
    score,
    get map() {
      made ??= make!();
      make = undefined; // what it was made from may be freed
      return made;
    },
  };
}

/** Options with every default filled in. */
export type FullSettings = Required<SimilarityOptions<SimilarityVariant | 'skimage'>>;

const known = [
  'variant',
  'window',
  'windowSize',
  'sigma',
  'sampleCovariance',
  'dataRange',
  'k1',
  'k2',
  'color',
  'small',
] as const;

/**
 * Fills in defaults and checks.
 *
 * @param fn - caller, for messages
 * @param options - as passed
 * @param variants - variants the caller has
 * @param grey - whether the caller's default is grey for every variant
 * @returns the settings
 * @throws TypeError or RangeError naming the option at fault
 */
export function fillSettings(
  fn: string,
  options: SimilarityOptions<SimilarityVariant | 'skimage'>,
  variants: readonly (SimilarityVariant | 'skimage')[],
  grey: boolean,
): FullSettings {
  assertKnownOptions(fn, options, known);
  const { variant = 'wang', sigma = 1.5, k1 = 0.01, k2 = 0.03 } = options;
  assertOneOf(fn, 'variant', variant, variants);
  const { window = variant === 'wang' ? 'gaussian' : 'uniform', small = variant === 'zd' ? 'shrink' : 'error' } =
    options;
  const { color = grey || variant === 'zd' ? 'grey' : 'channels', dataRange = variant === 'zd' ? 'pair' : 1 } = options;
  assertOneOf(fn, 'window', window, ['gaussian', 'uniform']);
  assertOneOf(fn, 'small', small, ['error', 'shrink']);
  assertOneOf(fn, 'color', color, ['channels', 'grey']);
  assertFinite(fn, 'sigma', sigma, 0.1, 1e3);
  assertFinite(fn, 'k1', k1, 0, 1);
  assertFinite(fn, 'k2', k2, 0, 1);
  if (dataRange !== 'pair') assertFinite(fn, 'dataRange', dataRange, 1e-12, 1e12);
  const { windowSize = window === 'gaussian' ? 2 * Math.floor(3.5 * sigma + 0.5) + 1 : 7 } = options;
  assertInteger(fn, 'windowSize', windowSize, 3, 999);
  if (windowSize % 2 === 0) throw new RangeError(argumentMessage(fn, 'windowSize', 'odd', windowSize));
  const { sampleCovariance = variant !== 'wang' } = options;
  if (typeof sampleCovariance !== 'boolean') {
    throw new TypeError(argumentMessage(fn, 'sampleCovariance', 'true or false', sampleCovariance));
  }
  return { variant, window, windowSize, sigma, sampleCovariance, dataRange, k1, k2, color, small };
}

/**
 * The side of the window for an image.
 *
 * @param fn - caller, for the message
 * @param settings - from {@link fillSettings}
 * @param size - `[height, width]` of the image
 * @returns `windowSize`, or less with `small: 'shrink'`
 * @throws RangeError if the image is too small
 */
export function fitWindow(fn: string, settings: FullSettings, size: readonly [number, number]): number {
  const side = Math.min(...size);
  if (side >= settings.windowSize) return settings.windowSize;
  const fits = side - ((side + 1) % 2);
  if (settings.small === 'shrink' && fits >= 3) return fits;
  const hint =
    settings.small === 'shrink'
      ? 'Enlarge the images.'
      : "Try small: 'shrink' or a smaller windowSize, or enlarge the images.";
  const least = settings.small === 'shrink' ? 3 : settings.windowSize;
  throw new RangeError(
    `${fn}: image must be at least ${least}×${least} (the window), got ${size[0]}×${size[1]}. ${hint}`,
  );
}

/**
 * Makes the window.
 *
 * @param settings - from {@link fillSettings}
 * @param side - from {@link fitWindow}
 * @returns the window
 */
export function makeWindow(settings: FullSettings, side: number): Window {
  return settings.window === 'gaussian' ? gaussianWindow(settings.sigma, (side - 1) / 2) : uniformWindow(side);
}
