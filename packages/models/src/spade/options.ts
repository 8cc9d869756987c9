import { assertFinite, assertInteger } from '@adlib/core';
import { findLayers } from '../backbones/backbone.js';
import { findBackbone } from '../backbones/registry.js';
import {
  assertEmbeddingKeys,
  completeEmbedding,
  type EmbeddingOptions,
  type FullEmbeddingOptions,
} from '../components/embeddingDetector.js';

/** Options of {@link SPADE}. */
export interface SPADEOptions extends EmbeddingOptions {
  /** Good pictures that a picture is compared with: its nearest. The paper takes 50. @defaultValue 5 */
  neighbors?: number;
  /**
   * Layer whose mean over all positions says how alike two pictures are.
   * @defaultValue 'avgpool', or the last of `layers` where the backbone has none
   */
  imageLayer?: string;
  /** Standard deviation of the Gaussian that smooths the map, in pixels of the network's input. @defaultValue 4 */
  sigma?: number;
}

/** {@link SPADEOptions} with every default filled in, as JSON. */
export type FullSPADEOptions = FullEmbeddingOptions & Required<Omit<SPADEOptions, keyof EmbeddingOptions>>;

/**
 * Fills in defaults and checks.
 *
 * @param options - the caller's
 * @returns complete options
 * @throws TypeError or RangeError naming the option
 */
export function completeSPADE(options: SPADEOptions): FullSPADEOptions {
  const fn = 'SPADE';
  const { neighbors = 5, sigma = 4 } = options;
  assertEmbeddingKeys(fn, options, ['neighbors', 'imageLayer', 'sigma']);
  const embedding = completeEmbedding(fn, options, ['layer1', 'layer2', 'layer3']);
  const backbone = findBackbone(fn, embedding.backbone);
  const pooled = backbone.layers.some(({ name }) => name === 'avgpool');
  const { imageLayer = pooled ? 'avgpool' : embedding.layers.at(-1)! } = options;
  findLayers(backbone, [imageLayer]);
  assertInteger(fn, 'neighbors', neighbors, 1);
  assertFinite(fn, 'sigma', sigma, 0);
  return { ...embedding, neighbors, imageLayer, sigma };
}
