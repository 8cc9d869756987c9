import { argumentMessage, assertFinite, assertInteger, assertOneOf } from '@adlib/core';
import {
  assertEmbeddingKeys,
  completeEmbedding,
  type EmbeddingOptions,
  type FullEmbeddingOptions,
} from '../components/embeddingDetector.js';

/** Options of {@link PatchCore}. */
export interface PatchCoreOptions extends EmbeddingOptions {
  /**
   * Whose PatchCore, where the two well-known ones differ.
   *
   * `anomalib`: 3x3 means of each layer, joined; coreset on a sparse random projection (Johnson-Lindenstrauss, eps 0.9)
   * from a random first patch; patch score = distance; image score = largest patch score, reweighted by its neighbours; map
   * by nearest cell, smoothed with a mirrored border.
   *
   * `amazon`: neighbourhoods averaged down to `dimension` values; coreset on a dense projection to 128 values, beginning
   * with the mean distance to ten random patches; patch score = mean of the `neighbors` smallest squared distances; image
   * score = largest patch score; map bilinear, smoothed with a repeated border.
   *
   * @defaultValue 'anomalib'
   */
  variant?: 'anomalib' | 'amazon';
  /** Share of all patches that the memory bank keeps, in (0, 1]. @defaultValue 0.1 */
  coresetRatio?: number;
  /** Bank patches that the image score (`anomalib`; 1 for no reweighting) or each patch score (`amazon`) looks at. @defaultValue 9, amazon 1 */
  neighbors?: number;
  /** `amazon` only: values per patch. @defaultValue 1024 */
  dimension?: number;
  /** Side of a patch in positions of the grid; odd. @defaultValue 3 */
  patchSize?: number;
  /** Standard deviation of the Gaussian that smooths the map, in pixels of the network's input. @defaultValue 4 */
  sigma?: number;
  /**
   * Most memory that patches may take while they are gathered and selected, in MB of 10^6 bytes; room for 16 pictures is
   * taken in any case. Beyond it, patches gathered so far are thinned to half by the same selection, and gathering goes on:
   * a coreset of coresets. The backbone comes on top. @defaultValue 4000
   */
  memoryLimit?: number;
}

/** {@link PatchCoreOptions} with every default filled in, as JSON. */
export type FullPatchCoreOptions = FullEmbeddingOptions & Required<Omit<PatchCoreOptions, keyof EmbeddingOptions>>;

const OWN = ['variant', 'coresetRatio', 'neighbors', 'dimension', 'patchSize', 'sigma', 'memoryLimit'];

/**
 * Fills in defaults and checks.
 *
 * @param options - the caller's
 * @returns complete options
 * @throws TypeError or RangeError naming the option
 */
export function completePatchCore(options: PatchCoreOptions): FullPatchCoreOptions {
  const { variant = 'anomalib' } = options;
  const fn = 'PatchCore';
  assertEmbeddingKeys(fn, options, OWN);
  assertOneOf(fn, 'variant', variant, ['anomalib', 'amazon']);
  const { coresetRatio = 0.1, neighbors = variant === 'amazon' ? 1 : 9, dimension = 1024 } = options;
  const { patchSize = 3, sigma = 4, memoryLimit = 4000 } = options;
  assertFinite(fn, 'coresetRatio', coresetRatio, 0, 1);
  if (coresetRatio === 0) throw new RangeError(argumentMessage(fn, 'coresetRatio', 'above 0', coresetRatio));
  assertInteger(fn, 'neighbors', neighbors, 1);
  assertInteger(fn, 'dimension', dimension, 1);
  assertInteger(fn, 'patchSize', patchSize, 1, 15);
  if (patchSize % 2 === 0) throw new RangeError(argumentMessage(fn, 'patchSize', 'odd', patchSize));
  assertFinite(fn, 'sigma', sigma, 0);
  assertFinite(fn, 'memoryLimit', memoryLimit, 1);
  return {
    ...completeEmbedding(fn, options, ['layer2', 'layer3']),
    variant,
    coresetRatio,
    neighbors,
    dimension,
    patchSize,
    sigma,
    memoryLimit,
  };
}
