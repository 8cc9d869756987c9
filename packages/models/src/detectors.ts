import { assertOneOf, type Detector } from '@adlib/core';
import { ConvAutoencoder } from './convAutoencoder/convAutoencoder.js';
import { PaDiM } from './padim/padim.js';
import { PatchCore } from './patchCore/patchCore.js';
import { SimpleNet } from './simpleNet/simpleNet.js';
import { SPADE } from './spade/spade.js';

/** One kind of detector, as lists and command lines show it. */
export interface DetectorEntry {
  /** One sentence: how it works and what it needs. */
  readonly summary: string;
  /** Makes an unfitted detector; options as for its class, checked there. */
  create(options?: Readonly<Record<string, unknown>>): Detector;
}

/**
 * Every detector of this package by kind.
 *
 * @example
 * ```ts
 * import { detectors } from '@adlib/models';
 * console.log(Object.keys(detectors)); // conv-autoencoder, padim, patchcore, simplenet, spade
 * ```
 */
export const detectors: Readonly<Record<string, DetectorEntry>> = {
  'conv-autoencoder': {
    summary:
      'Convolutional autoencoder: learns to redraw good parts; what it redraws badly is wrong. Trains a network.',
    create: (options) => new ConvAutoencoder(options),
  },
  padim: {
    summary:
      'PaDiM: a Gaussian of pretrained features at each position, for parts that always lie alike. Trains nothing.',
    create: (options) => new PaDiM(options),
  },
  patchcore: {
    summary:
      'PatchCore: compares patches with a bank of good ones, on the features of a pretrained network. Trains nothing.',
    create: (options) => new PatchCore(options),
  },
  simplenet: {
    summary: 'SimpleNet: a discriminator between pretrained features and the same with noise. Trains a small network.',
    create: (options) => new SimpleNet(options),
  },
  spade: {
    summary:
      'SPADE: compares each position with the most similar good pictures, on pretrained features. Trains nothing.',
    create: (options) => new SPADE(options),
  },
};

/**
 * Makes an unfitted detector by its kind, for command lines and bundles.
 *
 * @param kind - a key of {@link detectors}
 * @param options - the detector's options
 * @returns the detector
 * @throws RangeError for an unknown kind, listing the known ones; what the detector's constructor throws
 * @example
 * ```ts
 * import { createDetector } from '@adlib/models';
 * console.log(createDetector('conv-autoencoder', { epochs: 5 }).options.epochs); // 5
 * ```
 */
export function createDetector(kind: string, options: Readonly<Record<string, unknown>> = {}): Detector {
  assertOneOf('createDetector', 'kind', kind, Object.keys(detectors));
  return detectors[kind]!.create(options);
}
