import type { Detection, Detector, Device } from '@adlib/core';
import { plantDefect, tinyParts } from '@adlib/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { ConvAutoencoder } from '../convAutoencoder/convAutoencoder.js';
import { PaDiM } from '../padim/padim.js';
import { PatchCore } from '../patchCore/patchCore.js';
import { SimpleNet } from '../simpleNet/simpleNet.js';
import { SPADE } from '../spade/spade.js';

beforeAll(() => tf.setBackend('cpu'));

const options = { backbone: 'filter-bank', size: [32, 48], sigma: 1 } as const;
const training = { metaEpochs: 2, ganEpochs: 1, batchSize: 4, hidden: 16 };
const good = tinyParts({ count: 9, seed: 1 });
const probes = [good[0]!, ...tinyParts({ count: 1, seed: 5, channels: 1 }), plantDefect(good[1]!, 2).image];

const makers: Record<string, () => Detector> = {
  ConvAutoencoder: () => new ConvAutoencoder({ size: [32, 48], widths: [8, 8], epochs: 2, batchSize: 4, sigma: 1 }),
  PaDiM: () => new PaDiM({ ...options, features: 8 }),
  PatchCore: () => new PatchCore({ ...options, coresetRatio: 0.2, neighbors: 3 }),
  "PatchCore, Amazon's": () => new PatchCore({ ...options, variant: 'amazon', dimension: 20, neighbors: 2 }),
  SPADE: () => new SPADE({ ...options, neighbors: 2 }),
  SimpleNet: () => new SimpleNet({ ...options, ...training, dimension: 32 }),
};

/** Scores relative to their own size, or a tenth of the largest: a learned picture's distance is 0 but for rounding. */
function expectSame(a: readonly Detection[], b: readonly Detection[], tolerance: number): void {
  const scale = Math.max(...a.map(({ score }) => Math.abs(score)));
  const largest = Math.max(...a.flatMap(({ map }) => Array.from(map!.data, Math.abs)));
  a.forEach(({ score, map }, i) => {
    expect(Math.abs(b[i]!.score - score) / Math.max(Math.abs(score), 0.1 * scale)).toBeLessThan(tolerance);
    // Square roots of small differences of products have few digits.
    const apart = Math.max(...map!.data.map((value, at) => Math.abs(value - b[i]!.map!.data[at]!)));
    expect(apart / largest).toBeLessThan(20 * tolerance);
  });
}

const devices: Device[] = process.env['VK_DRIVER_FILES'] === undefined ? ['wasm', 'tfjs'] : ['wasm', 'tfjs', 'webgpu'];
const cases = devices.flatMap((device) => Object.keys(makers).map((name) => ({ name, device })));

test.each(cases)('$name: the same scored, and fitted, with $device', { timeout: 60_000 }, async ({ name, device }) => {
  const make = makers[name]!;
  const before = tf.memory().numTensors;
  const detector = await make().fit(good, { device: 'cpu', seed: 2 });
  const scores = await detector.score(probes, { device: 'cpu' });
  expectSame(scores, await detector.score(probes, { device }), 1e-4);
  const other = await make().fit(good, { device, seed: 2 });
  // Training adds up roundings.
  const trained = name === 'SimpleNet' || name === 'ConvAutoencoder';
  expectSame(scores, await other.score(probes, { device }), trained ? 1e-3 : 1e-4);
  detector.dispose();
  other.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
