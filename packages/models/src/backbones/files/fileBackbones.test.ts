import { readFileSync } from 'node:fs';
import { checkDetector, plantDefect, tinyParts } from '@adlib/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { createDetector } from '../../detectors.js';
import { PaDiM } from '../../padim/padim.js';
import { PatchCore } from '../../patchCore/patchCore.js';
import { assertOnnxAgrees } from '../../testing/onnxAgrees.js';
import type { GraphBackbone } from './graphBackbone.js';
import { onnxBackbone } from './onnxBackbone.js';

beforeAll(() => tf.setBackend('cpu'));

const golden = JSON.parse(
  readFileSync(new URL('../../../../../fixtures/onnx_backbones.json', import.meta.url), 'utf8'),
) as { models: Record<'new' | 'old', { layers: string[]; file: string }> };
const open = (key: 'new' | 'old') =>
  onnxBackbone(new Uint8Array(Buffer.from(golden.models[key].file, 'base64')), {
    layers: golden.models[key].layers,
    size: [32, 48],
  });

describe.each(['new', 'old'] as const)('detectors on a network that PyTorch exported (%s exporter)', (key) => {
  let backbone: GraphBackbone;
  beforeAll(async () => {
    backbone = await open(key);
  });
  const good = tinyParts({ count: 9, seed: 1, height: 32, width: 48 });
  const probes = [...tinyParts({ count: 2, seed: 5, height: 32, width: 48 }), plantDefect(good[1]!, 2).image];

  test.each([
    ['padim', { features: 10 }],
    ['patchcore', { coresetRatio: 0.5 }],
    ['patchcore', { variant: 'amazon', dimension: 16 }],
    ['simplenet', { metaEpochs: 2, ganEpochs: 1, hidden: 16 }],
    ['spade', { neighbors: 2 }],
  ] as const)(
    '%s %o: fits, scores, is saved and loaded alone, and exported',
    { timeout: 60_000 },
    async (kind, more) => {
      const before = tf.memory().numTensors;
      const detector = createDetector(kind, { backbone, sigma: 1, ...more });
      expect(detector.options).toMatchObject({ size: [32, 48], layers: golden.models[key].layers, weights: null });
      await detector.fit(good, { seed: 1 });
      const scores = await detector.score(probes);
      expect(scores.every(({ score, map }) => Number.isFinite(score) && map!.shape.join() === '32,48')).toBe(true);
      const state = detector.save();
      // What a bundle keeps is JSON and tensors.
      const options = JSON.parse(JSON.stringify(state.options)) as Record<string, unknown>;
      const again = createDetector(kind, options);
      again.load(state);
      expect(await again.score(probes)).toEqual(scores);
      await expect(again.fit(good)).rejects.toThrow('Open the file again, with onnxBackbone or tfjsBackbone.');
      await assertOnnxAgrees(await again.toOnnx({ threshold: 0.5 }), probes, scores);
      await expect(detector.score(probes, { device: 'tfjs' })).rejects.toMatchObject({
        name: 'UnsupportedDeviceError',
      });
      detector.dispose();
      again.dispose();
      expect(tf.memory().numTensors).toBe(before);
    },
  );
});

test('PaDiM on a file keeps the contract of every detector', { timeout: 300_000 }, async () => {
  const backbone = await open('new');
  const passed = await checkDetector(() => new PaDiM({ backbone, sigma: 1, features: 12 }), {
    numTensors: () => tf.memory().numTensors,
    checkOnnx: assertOnnxAgrees,
  });
  expect(passed.length).toBeGreaterThan(15);
});

test('options that do not fit the file, and states of another', async () => {
  const backbone = await open('new');
  expect(() => new PatchCore({ backbone, size: [64, 64] })).toThrow(
    'PatchCore: size must be [32, 48], for which model.onnx was opened, got [64, 64].',
  );
  expect(() => new PatchCore({ backbone, layers: ['layer2'] })).toThrow(/layers must be 'node_leaky_relu' or/);
  const [fine, coarse] = golden.models.new.layers as [string, string];
  expect(() => new PatchCore({ backbone, layers: [coarse, fine] })).toThrow(/the finest first/);
  expect(() => new PatchCore({ backbone: 'model.onnx' })).toThrow(/Open a file with onnxBackbone or tfjsBackbone/);
  expect(() => new PatchCore({ backbone: 3 as never })).toThrow(/what onnxBackbone or tfjsBackbone gave, got 3/);
  const detector = await new PatchCore({ backbone }).fit(tinyParts({ count: 3, seed: 1 }));
  const state = detector.save();
  expect(() => new PatchCore({ backbone: 'filter-bank', size: [32, 48] }).load(state)).toThrow(
    /state\.options\.backbone/,
  );
  const { data } = state.tensors['backbone.graph']!;
  const graph = { data: data.slice(0, 100), shape: [100] };
  expect(() => detector.load({ ...state, tensors: { ...state.tensors, 'backbone.graph': graph } })).toThrow(
    /tensors\.backbone\.graph must be the graph of model\.onnx, it is damaged/,
  );
  detector.dispose();
});
