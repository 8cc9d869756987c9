/** The part of the page that does not know of a page: learn from good samples, put a threshold. */
import type { Detector, Device, LongCallOptions } from '@adlib/core';
import { assignRoles, samplesByRole, type Sample } from '@adlib/datasets';
import { createDetector } from '@adlib/models';
import { calibrate, train, type Calibration } from '@adlib/pipeline';

const computed = { backbone: 'filter-bank', size: [128, 128] } as const;

/** Options of each detector; small, so that a page learns within a minute. The backbone is computed, not downloaded. */
export const kinds: Readonly<Record<string, Record<string, unknown>>> = {
  patchcore: computed,
  padim: { ...computed, features: 30 },
  spade: computed,
  simplenet: { ...computed, metaEpochs: 5 },
  'conv-autoencoder': { size: [64, 64], widths: [16, 32, 32], epochs: 20, batchSize: 4, sigma: 2, aggregation: 'max' },
};

/** A detector and the threshold of its scores. */
export interface Inspector {
  /** Fitted; the caller's to dispose of. */
  readonly detector: Detector;
  /** Threshold and range of maps. */
  readonly calibration: Calibration;
}

/** Learns from three quarters of good samples and puts the threshold by the rest. */
export async function learn(
  samples: readonly Sample[],
  kind: string,
  { device, onProgress }: LongCallOptions & { device: Device },
): Promise<Inspector> {
  if (samples.length < 8) throw new Error(`Pick at least 8 pictures of good parts, not ${samples.length}.`);
  const dataset = { name: 'parts', samples: [...samples], warnings: [] };
  const manifest = await assignRoles(dataset, { validation: 0, calibration: 0.25 });
  const roles = await samplesByRole(dataset, manifest);
  const detector = createDetector(kind, kinds[kind]);
  await train(detector, roles, { device, ...(onProgress && { onProgress }) });
  return { detector, calibration: await calibrate(detector, roles.calibration, 'meanPlusSigma', { device }) };
}
