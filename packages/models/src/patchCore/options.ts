import { argumentMessage, assertFinite, assertInteger, assertKnownOptions, assertOneOf } from '@adlib/core';
import type { Device, LongCallOptions } from '@adlib/core';
import {
  assertEmbeddingKeys,
  completeEmbedding,
  type EmbeddingOptions,
  type FullEmbeddingOptions,
} from '../components/embeddingDetector.js';

/** One of several backbones of a {@link PatchCore}; as the options of the same names. */
export type BackboneMember = Pick<EmbeddingOptions, 'backbone' | 'layers' | 'weights'>;

/** Options of {@link PatchCore}. */
export interface PatchCoreOptions extends EmbeddingOptions {
  /**
   * Several backbones instead of one, each with its layers, weights and bank: scores and maps are means of those of each,
   * divided by the root mean square length of its bank's centred patches (`amazon`: its square). Leave `backbone`, `layers`
   * and `weights` out then. @defaultValue null
   */
  backbones?: readonly BackboneMember[] | null;
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

/** Options of {@link PatchCore.add}. */
export interface AddImagesOptions extends LongCallOptions {
  /** Where features are computed. @defaultValue 'auto' */
  device?: Device;
}

/** {@link PatchCoreOptions} with every default filled in, as JSON. */
export type FullPatchCoreOptions = FullEmbeddingOptions &
  Required<Omit<PatchCoreOptions, keyof EmbeddingOptions | 'backbones'>> & {
    /** Backbones of an ensemble, the first of them the options' own; null for one. */
    backbones: readonly Pick<FullEmbeddingOptions, 'backbone' | 'layers' | 'weights'>[] | null;
  };

const LAYERS = ['layer2', 'layer3'];
const MEMBER = ['backbone', 'layers', 'weights'] as const;
const OWN = ['backbones', 'variant', 'coresetRatio', 'neighbors', 'dimension', 'patchSize', 'sigma', 'memoryLimit'];

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
    ...completeBackbones(fn, options),
    variant,
    coresetRatio,
    neighbors,
    dimension,
    patchSize,
    sigma,
    memoryLimit,
  };
}

/** Options of the features: those of the first backbone where there are several. */
function completeBackbones(
  fn: string,
  options: PatchCoreOptions,
): FullEmbeddingOptions & Pick<FullPatchCoreOptions, 'backbones'> {
  const { backbones = null, mode, shorterSide } = options;
  if (backbones === null) return { ...completeEmbedding(fn, options, LAYERS), backbones };
  if (!Array.isArray(backbones) || backbones.length === 0) {
    throw new TypeError(
      argumentMessage(fn, 'backbones', 'a list of one or more { backbone, layers, weights }', backbones),
    );
  }
  // One from a file has its size; all take pictures of that.
  const sizes = backbones.map((member: BackboneMember) => member?.backbone).filter((each) => typeof each === 'object');
  const size = options.size ?? sizes[0]?.size;
  const shared = { ...(size && { size }), ...(mode && { mode }), ...(shorterSide !== undefined && { shorterSide }) };
  const full = backbones.map((member: BackboneMember, i) => {
    assertKnownOptions(`${fn}.backbones[${i}]`, member, MEMBER);
    return completeEmbedding(`${fn}.backbones[${i}]`, { ...shared, ...member }, LAYERS);
  });
  const [first] = full as [FullEmbeddingOptions];
  // Saved options name the first twice.
  for (const name of MEMBER) {
    if (options[name] === undefined || options[name] === null) continue;
    if (JSON.stringify(options[name]) === JSON.stringify(first[name])) continue;
    throw new RangeError(argumentMessage(fn, name, 'left out with backbones', options[name]));
  }
  return { ...first, backbones: full.map(({ backbone, layers, weights }) => ({ backbone, layers, weights })) };
}

/**
 * Options of a detector for one of several backbones.
 *
 * @param options - the ensemble's, complete
 * @param member - one of its backbones, as it was given
 * @returns options of a PatchCore
 */
export function memberOptions(options: FullPatchCoreOptions, member: BackboneMember): PatchCoreOptions {
  const others = Object.entries(options).filter(([name]) => !MEMBER.some((own) => own === name));
  return { ...Object.fromEntries(others), backbones: null, ...member };
}
