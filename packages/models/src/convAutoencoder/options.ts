import {
  argumentMessage,
  assertFinite,
  assertInteger,
  assertKnownOptions,
  assertLength,
  assertOneOf,
  type PrepareOptions,
  type ResizeMode,
} from '@adlib/core';
import { AGGREGATIONS, type Aggregation } from '../components/mapOps.js';

/** Options of {@link ConvAutoencoder}. */
export interface ConvAutoencoderOptions {
  /** Height and width of the network's input, in pixels; divisible by `2 ** widths.length`. @defaultValue [256, 256] */
  size?: readonly [number, number];
  /** How pictures are brought to that size. @defaultValue 'stretch' */
  mode?: ResizeMode;
  /** Colour channels: 3, or 1 for grey. @defaultValue 3 */
  channels?: 1 | 3;
  /** Channels after each halving; as many layers as entries. @defaultValue [32, 64, 128, 256, 256] */
  widths?: readonly number[];
  /** Passes over the training images, at most. @defaultValue 50 */
  epochs?: number;
  /** Images per step. @defaultValue 8 */
  batchSize?: number;
  /** Adam's step size. @defaultValue 0.001 */
  learningRate?: number;
  /** Epochs without a better loss on held-out good images after which training stops. @defaultValue 10 */
  patience?: number;
  /** Share of the good images held out for early stopping where `fit` gets no `validation`; 0 holds out none. @defaultValue 0.1 */
  validationShare?: number;
  /** Standard deviation of the Gaussian that smooths the map, in pixels of the network's input; 0 for none. @defaultValue 4 */
  sigma?: number;
  /** How the map becomes the image score. Paper 000 takes the mean. @defaultValue 'mean' */
  aggregation?: Aggregation;
  /** Pixels that `topKMean` takes. @defaultValue 100 */
  topK?: number;
}

/** Options with every default filled in. */
export type FullOptions = Required<ConvAutoencoderOptions>;

const DEFAULTS: FullOptions = {
  size: [256, 256],
  mode: 'stretch',
  channels: 3,
  widths: [32, 64, 128, 256, 256],
  epochs: 50,
  batchSize: 8,
  learningRate: 1e-3,
  patience: 10,
  validationShare: 0.1,
  sigma: 4,
  aggregation: 'mean',
  topK: 100,
};

/**
 * Fills in defaults and checks.
 *
 * @param options - what the caller gave
 * @returns every option
 * @throws TypeError or RangeError naming the option at fault
 */
export function completeOptions(options: ConvAutoencoderOptions): FullOptions {
  const full: FullOptions = { ...DEFAULTS, ...options };
  const fn = 'ConvAutoencoder';
  assertKnownOptions(fn, options, Object.keys(DEFAULTS));
  const { widths, size, channels } = full;
  if (!(widths instanceof Array) || widths.length === 0) {
    throw new TypeError(argumentMessage(fn, 'widths', 'a list of channel counts, one per layer', widths));
  }
  widths.forEach((width, i) => assertInteger(fn, `widths[${i}]`, width, 1));
  assertLength(fn, 'size', size, 2, '[height, width]');
  const step = 2 ** widths.length;
  size.forEach((n, axis) => {
    assertInteger(fn, `size[${axis}]`, n, step);
    if (n % step !== 0) {
      const near = Math.max(step, Math.round(n / step) * step);
      throw new RangeError(
        argumentMessage(fn, `size[${axis}]`, `divisible by ${step} (${widths.length} halvings)`, n, `Use ${near}.`),
      );
    }
  });
  if (channels !== 1 && channels !== 3) throw new RangeError(argumentMessage(fn, 'channels', '1 or 3', channels));
  assertOneOf(fn, 'mode', full.mode, ['stretch', 'crop', 'letterbox']);
  assertInteger(fn, 'epochs', full.epochs, 1);
  assertInteger(fn, 'batchSize', full.batchSize, 1);
  assertFinite(fn, 'learningRate', full.learningRate, Number.MIN_VALUE);
  assertInteger(fn, 'patience', full.patience, 1);
  assertFinite(fn, 'validationShare', full.validationShare, 0, 0.9);
  assertFinite(fn, 'sigma', full.sigma, 0);
  assertOneOf(fn, 'aggregation', full.aggregation, AGGREGATIONS);
  assertInteger(fn, 'topK', full.topK, 1);
  return { ...full, size: [size[0], size[1]], widths: [...widths] };
}

/**
 * How pictures are prepared for the network: values in [0, 1], nothing subtracted.
 *
 * @param options - complete options
 * @returns options of `prepareImage`
 */
export function preparation({ size, mode, channels }: FullOptions): PrepareOptions & { channels: 1 | 3 } {
  return { size, mode, channels };
}
