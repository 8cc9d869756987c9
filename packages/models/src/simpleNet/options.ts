import { argumentMessage, assertFinite, assertInteger, assertOneOf } from '@adlib/core';
import { findLayers } from '../backbones/backbone.js';
import { findBackbone } from '../backbones/registry.js';
import {
  assertEmbeddingKeys,
  completeEmbedding,
  type EmbeddingOptions,
  type FullEmbeddingOptions,
} from '../components/embeddingDetector.js';

/** Options of {@link SimpleNet}. */
export interface SimpleNetOptions extends EmbeddingOptions {
  /**
   * Where defaults come from. `baseline`: the published recipe. `refined` (paper 001, section 3.3.3): gradients clipped at
   * 1, maps smoothed with sigma 2, image score from the smoothed map.
   *
   * @defaultValue 'refined'
   */
  recipe?: 'baseline' | 'refined';
  /** Side of the neighbourhood of a position; odd. @defaultValue 3 */
  patchSize?: number;
  /** Values per patch. @defaultValue the channels of all layers: 1536 for wide_resnet50_2, 384 for resnet18 */
  dimension?: number;
  /** Linear layers of the adapter. @defaultValue 1 */
  adapterLayers?: number;
  /** Units of the discriminator's hidden layer. @defaultValue two thirds of `dimension`: 1024 for 1536 */
  hidden?: number;
  /** Standard deviation of the Gaussian noise that makes fake features. @defaultValue 0.015 */
  noise?: number;
  /** Scales of noise: each patch's is `noise * 1.1^k` with `k` drawn from `0 .. noiseScales - 1`. @defaultValue 1 */
  noiseScales?: number;
  /** Real features are pushed above it, fake ones below minus it. @defaultValue 0.5 */
  margin?: number;
  /** Times that the tracker looks. @defaultValue 40 */
  metaEpochs?: number;
  /** Passes over the pictures between two looks. @defaultValue 4 */
  ganEpochs?: number;
  /** Pictures per step. @defaultValue 8 */
  batchSize?: number;
  /** Step size of the adapter (AdamW). @defaultValue 1e-4 */
  adapterLearningRate?: number;
  /** Decoupled weight decay of the adapter. @defaultValue 0.01 */
  adapterWeightDecay?: number;
  /** Step size of the discriminator (Adam). @defaultValue 2e-4 */
  learningRate?: number;
  /** Coupled weight decay of the discriminator. @defaultValue 1e-5 */
  weightDecay?: number;
  /** Whether the discriminator's step size falls along a cosine, pass by pass, to 0.4 of itself. @defaultValue false */
  cosine?: boolean;
  /** Upper bound of the norm of all gradients together; null for none. @defaultValue 1, baseline null */
  clipNorm?: number | null;
  /** Share of the good images held out for the tracker where `fit` gets no `validation`; 0 for none. @defaultValue 0.1 */
  validationShare?: number;
  /** Standard deviation of the Gaussian that smooths the map, in pixels of the network's input. @defaultValue 2, baseline 4 */
  sigma?: number;
  /** The image score: largest patch score, or largest value of the smoothed map. @defaultValue 'map', baseline 'patches' */
  imageScore?: 'patches' | 'map';
}

/** {@link SimpleNetOptions} with every default filled in, as JSON. */
export type FullSimpleNetOptions = FullEmbeddingOptions & Required<Omit<SimpleNetOptions, keyof EmbeddingOptions>>;

const RECIPES = {
  baseline: { clipNorm: null, sigma: 4, imageScore: 'patches' },
  refined: { clipNorm: 1, sigma: 2, imageScore: 'map' },
} as const;

const COMMON = {
  patchSize: 3,
  adapterLayers: 1,
  noise: 0.015,
  noiseScales: 1,
  margin: 0.5,
  metaEpochs: 40,
  ganEpochs: 4,
  batchSize: 8,
  adapterLearningRate: 1e-4,
  adapterWeightDecay: 0.01,
  learningRate: 2e-4,
  weightDecay: 1e-5,
  cosine: false,
  validationShare: 0.1,
};

/**
 * Fills in defaults and checks.
 *
 * @param options - the caller's
 * @returns complete options
 * @throws TypeError or RangeError naming the option
 */
export function completeSimpleNet(options: SimpleNetOptions): FullSimpleNetOptions {
  const fn = 'SimpleNet';
  const { recipe = 'refined' } = options;
  const own = ['recipe', 'dimension', 'hidden', ...Object.keys(COMMON), ...Object.keys(RECIPES.refined)];
  assertEmbeddingKeys(fn, options, own);
  assertOneOf(fn, 'recipe', recipe, Object.keys(RECIPES));
  const embedding = completeEmbedding(fn, options, ['layer2', 'layer3']);
  const backbone = findBackbone(fn, embedding.backbone);
  const total = findLayers(backbone, embedding.layers).reduce((sum, i) => sum + backbone.layers[i]!.channels, 0);
  const { dimension = total } = options;
  const { hidden = Math.max(1, Math.round((2 * dimension) / 3)) } = options;
  const given = Object.fromEntries(
    Object.entries(options).filter(([key, value]) => own.includes(key) && value !== undefined),
  );
  const full = {
    ...COMMON,
    ...RECIPES[recipe],
    ...given,
    recipe,
    dimension,
    hidden,
    ...embedding,
  } as FullSimpleNetOptions;
  check(fn, full);
  return full;
}

function check(fn: string, options: FullSimpleNetOptions): void {
  const { patchSize, clipNorm, imageScore, cosine } = options;
  for (const name of [
    'dimension',
    'hidden',
    'adapterLayers',
    'noiseScales',
    'metaEpochs',
    'ganEpochs',
    'batchSize',
  ] as const) {
    assertInteger(fn, name, options[name], 1);
  }
  assertInteger(fn, 'patchSize', patchSize, 1, 15);
  if (patchSize % 2 === 0) throw new RangeError(argumentMessage(fn, 'patchSize', 'odd', patchSize));
  for (const name of [
    'noise',
    'adapterLearningRate',
    'adapterWeightDecay',
    'learningRate',
    'weightDecay',
    'sigma',
  ] as const) {
    assertFinite(fn, name, options[name], 0);
  }
  assertFinite(fn, 'margin', options.margin, Number.MIN_VALUE);
  assertFinite(fn, 'validationShare', options.validationShare, 0, 0.9);
  if (clipNorm !== null) assertFinite(fn, 'clipNorm', clipNorm, Number.MIN_VALUE);
  if (typeof cosine !== 'boolean') throw new TypeError(argumentMessage(fn, 'cosine', 'true or false', cosine));
  assertOneOf(fn, 'imageScore', imageScore, ['patches', 'map']);
}
