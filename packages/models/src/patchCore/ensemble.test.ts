import { readFileSync } from 'node:fs';
import { checkDetector, plantDefect, tinyParts } from '@adlib/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { onnxBackbone } from '../backbones/files/onnxBackbone.js';
import { createDetector } from '../detectors.js';
import { assertOnnxAgrees } from '../testing/onnxAgrees.js';
import type { BackboneMember, PatchCoreOptions } from './options.js';
import { PatchCore } from './patchCore.js';

beforeAll(() => tf.setBackend('cpu'));

const shared: PatchCoreOptions = { size: [32, 48], sigma: 1, coresetRatio: 0.3 };
const bank: BackboneMember = { backbone: 'filter-bank', layers: ['layer1', 'layer2'] };
const coarse: BackboneMember = { backbone: 'filter-bank', layers: ['layer3'] };
const good = tinyParts({ count: 9, seed: 1, height: 32, width: 48 });
const probes = [...tinyParts({ count: 2, seed: 5, height: 32, width: 48 }), plantDefect(good[1]!, 2).image];

/** A network from a file that takes pictures in another normalisation. */
async function fromFile(): Promise<BackboneMember> {
  const { models } = JSON.parse(
    readFileSync(new URL('../../../../fixtures/onnx_backbones.json', import.meta.url), 'utf8'),
  ) as { models: { new: { layers: string[]; file: string } } };
  const { layers, file } = models.new;
  const half = [0.5, 0.4, 0.3];
  const bytes = new Uint8Array(Buffer.from(file, 'base64'));
  return { backbone: await onnxBackbone(bytes, { layers, size: [32, 48], mean: half, std: half }) };
}

test.each([
  ['anomalib', {}],
  ['amazon', { variant: 'amazon', dimension: 16 }],
] as const)(
  '%s: scores and maps are means of those of each, in units of its bank; saved, loaded and exported',
  { timeout: 60_000 },
  async (_name, more) => {
    const before = tf.memory().numTensors;
    const backbones = [bank, await fromFile()];
    const detector = await new PatchCore({ ...shared, ...more, backbones }).fit(good, { seed: 3 });
    const scores = await detector.score(probes);
    const expected = probes.map(() => ({ score: 0, map: new Float64Array(32 * 48) }));
    let patches = 0;
    for (const member of backbones) {
      const single = await new PatchCore({ ...shared, ...more, ...member }).fit(good, { seed: 3 });
      const { data, shape } = single.save().tensors['bank']!;
      const square = data.reduce((sum, v) => sum + v * v, 0) / shape[0]!;
      const scale = 2 * ('variant' in more ? square : Math.sqrt(square));
      (await single.score(probes)).forEach(({ score, map }, i) => {
        expected[i]!.score += score / scale;
        map!.data.forEach((v, at) => (expected[i]!.map[at]! += v / scale));
      });
      patches += single.facts!['patches'] as number;
      single.dispose();
    }
    expected.forEach(({ score, map }, i) => {
      expect(scores[i]!.score / score).toBeCloseTo(1, 3);
      const apart = Math.max(...scores[i]!.map!.data.map((v, at) => Math.abs(v - map[at]!)));
      expect(apart / Math.max(...map)).toBeLessThan(2e-3);
    });
    expect(detector.facts).toMatchObject({ images: 9, patches, seed: 3, members: [{ images: 9 }, { images: 9 }] });
    const state = detector.save();
    const again = createDetector('patchcore', JSON.parse(JSON.stringify(state.options)) as Record<string, unknown>);
    again.load(state);
    expect(await again.score(probes)).toEqual(scores);
    await assertOnnxAgrees(await again.toOnnx({ threshold: 0.5 }), probes, scores);
    detector.dispose();
    again.dispose();
    expect(tf.memory().numTensors).toBe(before);
  },
);

test('pictures are added to and removed from every bank', async () => {
  const detector = await new PatchCore({ ...shared, backbones: [bank, coarse] }).fit(good.slice(0, 6));
  const [before] = await detector.score([good[7]!]);
  const banks = () => (detector.facts!['members'] as { bank: number }[]).map((facts) => facts.bank);
  const first = banks();
  await detector.add(good.slice(6));
  expect(detector.facts).toMatchObject({ images: 9, members: [{ images: 9 }, { images: 9 }] });
  expect((await detector.score([good[7]!]))[0]!.score).toBeLessThan(before!.score);
  detector.remove([6, 7, 8]);
  expect(banks()).toEqual(first);
  expect(await detector.score([good[7]!])).toEqual([before]);
  expect(() => detector.remove([9])).toThrow(RangeError);
  detector.dispose();
});

test('keeps the contract of every detector', { timeout: 300_000 }, async () => {
  const passed = await checkDetector(() => new PatchCore({ ...shared, backbones: [bank, coarse] }), {
    numTensors: () => tf.memory().numTensors,
    checkOnnx: assertOnnxAgrees,
  });
  expect(passed.length).toBeGreaterThan(15);
});

test('options and states that do not fit are refused', async () => {
  const make = (more: object) => () => new PatchCore({ ...shared, ...more });
  expect(make({ backbones: [] })).toThrow(/backbones must be a list of one or more/);
  expect(make({ backbones: 'resnet18' })).toThrow(/backbones must be a list of one or more/);
  expect(make({ backbones: [bank, { backbone: 'resnet19' }] })).toThrow(/PatchCore\.backbones\[1\]: backbone must be/);
  expect(make({ backbones: [{ ...bank, size: [32, 32] }] })).toThrow(/PatchCore\.backbones\[0\]: .*got size/);
  expect(make({ backbone: 'resnet18', backbones: [bank] })).toThrow(/backbone must be left out with backbones/);
  const file = await fromFile();
  expect(make({ size: [64, 64], backbones: [bank, file] })).toThrow(/for which model\.onnx was opened/);
  expect(new PatchCore({ backbones: [bank, file] }).options.size).toEqual([32, 48]);
  const two = await new PatchCore({ ...shared, backbones: [bank, coarse] }).fit(good.slice(0, 3));
  const state = two.save();
  expect(() => new PatchCore({ ...shared, backbones: [bank] }).load(state)).toThrow(/state\.options\.backbones/);
  expect(() => new PatchCore({ ...shared, backbones: [coarse, bank] }).load(state)).toThrow(/state\.options\.layers/);
  expect(() => new PatchCore({ ...shared, ...bank }).load(state)).toThrow(/no such tensor/);
  two.dispose();
});
