import { assertFinite, assertInteger, assertOneOf } from '@adlib/core';
import { findLayers } from '../backbones/backbone.js';
import { findBackbone } from '../backbones/registry.js';
import {
  assertEmbeddingKeys,
  completeEmbedding,
  type EmbeddingOptions,
  type FullEmbeddingOptions,
} from '../components/embeddingDetector.js';

/** Options of {@link PaDiM}. */
export interface PaDiMOptions extends EmbeddingOptions {
  /**
   * Channels kept, drawn at random once. Memory grows with its square: `positions * features^2` values.
   * @defaultValue 550 for wide_resnet50_2, otherwise 100, or all where there are fewer
   */
  features?: number;
  /**
   * Whose PaDiM, where the two well-known ones differ. `anomalib` adds 0.01001 to the diagonal of each covariance and
   * smooths with a mirrored border; `reference` (the repository that published figures with ResNet-18 cite) adds 0.01 and
   * repeats the border.
   * @defaultValue 'anomalib'
   */
  variant?: 'anomalib' | 'reference';
  /** Standard deviation of the Gaussian that smooths the map, in pixels of the network's input. @defaultValue 4 */
  sigma?: number;
}

/** {@link PaDiMOptions} with every default filled in, as JSON. */
export type FullPaDiMOptions = FullEmbeddingOptions & Required<Omit<PaDiMOptions, keyof EmbeddingOptions>>;

/**
 * Fills in defaults and checks.
 *
 * @param options - the caller's
 * @returns complete options
 * @throws TypeError or RangeError naming the option
 */
export function completePaDiM(options: PaDiMOptions): FullPaDiMOptions {
  const { variant = 'anomalib', sigma = 4 } = options;
  const fn = 'PaDiM';
  assertEmbeddingKeys(fn, options, ['features', 'variant', 'sigma']);
  const embedding = completeEmbedding(fn, options, ['layer1', 'layer2', 'layer3']);
  const backbone = findBackbone(fn, embedding.backbone);
  const total = findLayers(backbone, embedding.layers).reduce((sum, i) => sum + backbone.layers[i]!.channels, 0);
  const { features = Math.min(embedding.backbone === 'wide_resnet50_2' ? 550 : 100, total) } = options;
  assertInteger(fn, 'features', features, 1, total);
  assertOneOf(fn, 'variant', variant, ['anomalib', 'reference']);
  assertFinite(fn, 'sigma', sigma, 0);
  return { ...embedding, features, variant, sigma };
}
